import { SOBOL_DIRECTIONS } from "./sobol-directions.ts";

const BITS = 32;

/** The number of coordinates that {@link sobol} has. */
export const SOBOL_DIMENSIONS = 128;

let table: readonly Uint32Array[] | undefined;

/**
 * Coordinate `dimension` (from 0) of point `index` (from 0, below 2³²) of the Sobol sequence, as a 32-bit integer: divide
 * by 2³². In the order of Antonov and Saleev (USSR Comput. Math. 19, 1979), by the Gray code of the index, as most
 * libraries have it; the first 2^k points are the same set in any order.
 */
export function sobol(index: number, dimension: number): number {
  table ??= SOBOL_DIRECTIONS.split(";").reduce((all, row) => [...all, directions(row)], [vanDerCorput()]);
  const v = table[dimension]!;
  let gray = (index ^ (index >>> 1)) >>> 0;
  let x = 0;
  for (let k = 0; gray !== 0; k++, gray >>>= 1) if ((gray & 1) === 1) x ^= v[k]!;
  return x >>> 0;
}

function vanDerCorput(): Uint32Array {
  return Uint32Array.from({ length: BITS }, (_, k) => 2 ** (BITS - 1 - k));
}

/** The direction numbers of one coordinate from its polynomial and m₁ … m_s (Joe & Kuo 2008, equation 2). */
function directions(row: string): Uint32Array {
  const [polynomial = 0, ...m] = row.trim().split(" ").map(Number);
  const s = m.length;
  const v = new Uint32Array(BITS);
  for (let k = 0; k < BITS; k++) {
    if (k < s) {
      v[k] = m[k]! * 2 ** (BITS - 1 - k);
      continue;
    }
    let next = v[k - s]! ^ (v[k - s]! >>> s);
    for (let i = 1; i < s; i++) if (((polynomial >>> (s - i)) & 1) === 1) next ^= v[k - i]!;
    v[k] = next;
  }
  return v;
}

/**
 * Owen's nested uniform scrambling of a 32-bit fraction by a seed: each bit is flipped or not by a hash of the bits
 * above it (Burley, "Practical hash-based Owen scrambling", JCGT 9(4), 2020, listings 1 to 3).
 */
export function owenScramble(x: number, seed: number): number {
  let y = reverseBits(x);
  y = (y + seed) | 0;
  y ^= Math.imul(y, 0x6c50b47c);
  y ^= Math.imul(y, 0xb82f1e52);
  y ^= Math.imul(y, 0xc7afe638);
  y ^= Math.imul(y, 0x8d22f6e6);
  return reverseBits(y);
}

function reverseBits(x: number): number {
  x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1);
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2);
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
  x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8);
  return ((x >>> 16) | (x << 16)) >>> 0;
}
