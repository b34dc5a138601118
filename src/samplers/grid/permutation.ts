import type { Random } from "../../core/random.ts";

/** Rounds of the network; four make it as good as random for any use but cryptography. */
const ROUNDS = 4;

/**
 * A seeded permutation of 0 … n − 1 in constant memory, n ≤ 2⁵³: a Feistel network (Luby & Rackoff, SIAM J. Comput.
 * 17(2), 1988) over the next even number of bits, walked along its cycle until it falls below n (Black & Rogaway,
 * CT-RSA 2002).
 */
export function permutation(n: number, random: Random): (index: number) => number {
  let bits = 1;
  while (4 ** bits < n) bits++;
  const half = 2 ** bits;
  const keys = Array.from({ length: ROUNDS }, () => random.integer(2 ** 32));
  const step = (x: number): number => {
    let left = Math.floor(x / half);
    let right = x % half;
    for (const key of keys) [left, right] = [right, (left ^ scramble(right, key)) & (half - 1)];
    return left * half + right;
  };
  return (index) => {
    let x = step(index);
    while (x >= n) x = step(x);
    return x;
  };
}

/** The finaliser of MurmurHash3 (Appleby 2011). */
function scramble(x: number, key: number): number {
  let h = Math.imul(x ^ key, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
