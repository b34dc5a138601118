import { logGamma } from "./student.ts";

/**
 * Fisher's exact test of the table [[a, b], [c, d]], one-sided: the probability, given the margins, of an upper left cell
 * of `a` or more (R. A. Fisher, "On the interpretation of χ² from contingency tables", J. R. Stat. Soc. 85, 1922).
 */
export function fisherExact(a: number, b: number, c: number, d: number): number {
  const [row, column, n] = [a + b, a + c, a + b + c + d];
  let p = 0;
  for (let k = a; k <= Math.min(row, column); k++)
    p += Math.exp(logTable(k, row - k, column - k, n - row - column + k));
  return Math.min(1, p);
}

function logTable(a: number, b: number, c: number, d: number): number {
  const [f, n] = [(x: number) => logGamma(x + 1), a + b + c + d];
  return f(a + b) + f(c + d) + f(a + c) + f(b + d) - f(a) - f(b) - f(c) - f(d) - f(n);
}
