/** A seeded source of randomness. Every draw in the library comes from one of these. */
export interface Random {
  /** A uniform number in [0, 1), 53 bits. */
  uniform(): number;
  /** A standard normal deviate. */
  normal(): number;
  /** A uniform integer from 0 to `n` − 1. */
  integer(n: number): number;
  /** An independent stream named by `key`; the same key always gives the same stream, whatever was drawn before. */
  fork(key: number | string): Random;
}

/** A generator with 128 bits of state, seeded by a number (any finite one) or a text. */
export function createRandom(seed: number | string): Random {
  return new Xoshiro(absorb(absorb([0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef], 0x5eed), seed));
}

type Words = [number, number, number, number];

/** xoshiro128** 1.1 (Blackman & Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47, 2021). */
class Xoshiro implements Random {
  readonly #key: Words;
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(key: Words) {
    this.#key = key;
    [this.#a, this.#b, this.#c, this.#d] = key;
    if ((this.#a | this.#b | this.#c | this.#d) === 0) this.#a = 1;
  }

  #next(): number {
    const b = this.#b;
    const x = Math.imul(b, 5);
    const result = Math.imul((x << 7) | (x >>> 25), 9);
    this.#c ^= this.#a;
    this.#d ^= b;
    this.#b = b ^ this.#c;
    this.#a ^= this.#d;
    this.#c ^= b << 9;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result >>> 0;
  }

  uniform(): number {
    return ((this.#next() >>> 5) * 0x4000000 + (this.#next() >>> 6)) / 0x20000000000000;
  }

  /** Box & Muller 1958, one of the pair. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  integer(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  fork(key: number | string): Random {
    return new Xoshiro(absorb(this.#key, key));
  }
}

/** Mixes a key into four words, each with its own multiplier (the finaliser of MurmurHash3, Appleby 2011). */
function absorb(words: Words, key: number | string): Words {
  let [a, b, c, d] = words;
  const word = (k: number): void => {
    a = mix(a ^ k, 0x85ebca6b);
    b = mix(b ^ a, 0xc2b2ae35);
    c = mix(c ^ b, 0x27d4eb2f);
    d = mix(d ^ c, 0x165667b1);
    a = (a + d) | 0;
  };
  if (typeof key === "number") {
    word(key | 0);
    word(Math.floor(key / 0x100000000) | 0);
    if (!Number.isInteger(key)) for (const ch of String(key)) word(ch.codePointAt(0)!);
  } else {
    for (let i = 0; i < key.length; i++) word(key.charCodeAt(i));
    word(0x7ffffff ^ key.length);
  }
  word(0x2545f491);
  return [a, b, c, d];
}

function mix(h: number, multiplier: number): number {
  h = Math.imul(h ^ (h >>> 16), multiplier);
  h = Math.imul(h ^ (h >>> 13), 0x9e3779b1);
  return h ^ (h >>> 16);
}

/** Shuffles in place (Fisher & Yates) and returns the list. */
export function shuffle<T>(list: T[], random: Random): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}
