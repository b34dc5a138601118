/** The digits of a fraction in a base, first digit first, as a permutation of them may change them: place and digit. */
export type Digits = (digit: number, place: number) => number;

/**
 * The radical inverse of `index` in `base` (Halton, Numer. Math. 2, 1960, equation 1). With `scramble` every digit to the
 * precision of a double goes through it, the zeros behind the last one too (Owen, "A randomized Halton algorithm in R",
 * arXiv:1706.02808).
 */
export function radicalInverse(index: number, base: number, scramble?: Digits): number {
  let x = 0;
  let unit = 1 / base;
  for (let n = index, place = 0; scramble === undefined ? n > 0 : unit > 2 ** -53; place++) {
    const digit = n % base;
    x += unit * (scramble === undefined ? digit : scramble(digit, place));
    n = Math.floor(n / base);
    unit /= base;
  }
  return Math.min(x, 1 - 2 ** -53);
}

/** The first `count` primes. */
export function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((p) => n % p !== 0)) found.push(n);
  return found;
}
