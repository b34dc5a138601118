// The shapes of fronts: Huband et al. 2006, table VII. `x` holds the m − 1 positions, `j` counts losses from 1 to m.

/** A shape: loss j of m at positions. */
export type Shape = (x: readonly number[], j: number, m: number) => number;

/** Σ h = 1. */
export const linear: Shape = (x, j, m) =>
  fold(
    x,
    j,
    m,
    (p) => p,
    (p) => 1 - p,
  );

/** Bulging towards the origin. */
export const convex: Shape = (x, j, m) =>
  fold(
    x,
    j,
    m,
    (p) => 1 - Math.cos((p * Math.PI) / 2),
    (p) => 1 - Math.sin((p * Math.PI) / 2),
  );

/** Σ h² = 1. */
export const concave: Shape = (x, j, m) =>
  fold(
    x,
    j,
    m,
    (p) => Math.sin((p * Math.PI) / 2),
    (p) => Math.cos((p * Math.PI) / 2),
  );

/** Waves along the first position, α = 1, A = 5: of the last loss. */
export function mixed(x: readonly number[]): number {
  const turns = 10 * Math.PI;
  return 1 - x[0]! - Math.cos(turns * x[0]! + Math.PI / 2) / turns;
}

/** Separate pieces along the first position, α = β = 1, A = 5: of the last loss. */
export function disconnected(x: readonly number[]): number {
  return 1 - x[0]! * Math.cos(5 * Math.PI * x[0]!) ** 2;
}

function fold(
  x: readonly number[],
  j: number,
  m: number,
  inner: (p: number) => number,
  outer: (p: number) => number,
): number {
  let product = j === 1 ? 1 : outer(x[m - j]!);
  for (let i = 0; i < m - j; i++) product *= inner(x[i]!);
  return product;
}
