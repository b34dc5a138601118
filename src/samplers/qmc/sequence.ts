import type { Random } from "../../core/random.ts";
import { primes, radicalInverse } from "../../math/halton.ts";
import { owenScramble, sobol, SOBOL_DIMENSIONS } from "../../math/sobol.ts";

/** How a sequence is made random: see the option of `qmc`. */
export type Scramble = "owen" | "shift" | "none";

/** Coordinate `dimension` of point `index`, in [0, 1). */
export type Sequence = (index: number, dimension: number) => number;

const WORD = 2 ** 32;

/**
 * The Sobol sequence. Coordinates beyond the table are padded: they are those of the table again, of points in another,
 * random order that keeps every block of 2^k points together (Burley 2020, section 5), always scrambled.
 */
export function sobolSequence(scramble: Scramble, random: Random): Sequence {
  const seeds: number[] = [];
  const seed = (key: number): number => (seeds[key] ??= random.fork(key).integer(WORD));
  return (index, dimension) => {
    const page = Math.floor(dimension / SOBOL_DIMENSIONS);
    if (page === 0) return place(sobol(index, dimension), scramble, seed(2 * dimension));
    const shuffled = owenScramble(index, seed(2 * page + 1));
    return place(sobol(shuffled, dimension % SOBOL_DIMENSIONS), "owen", seed(2 * dimension));
  };
}

function place(x: number, scramble: Scramble, seed: number): number {
  if (scramble === "none") return x / WORD;
  const scrambled = scramble === "owen" ? owenScramble(x, seed) : (x ^ seed) >>> 0;
  return (scrambled + 0.5) / WORD;
}

/** The Halton sequence: coordinate j in the base of the j-th prime. */
export function haltonSequence(scramble: Scramble, random: Random): Sequence {
  let bases: number[] = [];
  const permutations = new Map<number, Uint16Array>();
  const permutation = (dimension: number, at: number, base: number): Uint16Array => {
    const key = dimension * 64 + at;
    let order = permutations.get(key);
    if (order === undefined) {
      const chance = random.fork(key);
      order = Uint16Array.from({ length: base }, (_, digit) => digit);
      if (scramble === "shift") {
        const shift = chance.integer(base);
        order = order.map((digit) => (digit + shift) % base);
      } else
        for (let i = base - 1; i > 0; i--) {
          const j = chance.integer(i + 1);
          [order[i], order[j]] = [order[j]!, order[i]!];
        }
      permutations.set(key, order);
    }
    return order;
  };
  return (index, dimension) => {
    if (dimension >= bases.length) bases = primes(2 * dimension + 8);
    const base = bases[dimension]!;
    if (scramble === "none") return radicalInverse(index, base);
    return radicalInverse(index, base, (digit, at) => permutation(dimension, at, base)[digit]!);
  };
}
