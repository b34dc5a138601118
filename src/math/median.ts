import { normalQuantile } from "./normal.ts";

/** The most values for which the binomial distribution is used as it is: beyond, 2^−n is no longer a number. */
const EXACT = 1000;

/** The median of sorted values; of an even number the mean of the middle two. */
export function medianOf(sorted: ArrayLike<number>): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/**
 * A confidence interval for the median of whatever distribution the sorted values are independent draws of. It lies
 * between order statistics, whose coverage is binomial, interpolated to `level` (T. P. Hettmansperger and S. J. Sheather,
 * "Confidence intervals based on interpolated order statistics", Statistics & Probability Letters 4, 1986); of more than a
 * thousand values by the normal approximation of the binomial. From too few values for the level, as five for 0.95, it is
 * their range, whose coverage is 1 − 2^(1 − n). `inflation` is that of {@link blockInflation}, for values that depend on one
 * another.
 */
export function medianInterval(sorted: ArrayLike<number>, level: number, inflation = 1): [low: number, high: number] {
  const n = sorted.length;
  const inward = n > EXACT || inflation > 1 ? approximateDepth(n, level, inflation) : exactDepth(n, level);
  const depth = Math.floor(inward);
  const at = (from: number, to: number): number => from + (inward - depth) * (to - from);
  const [low, high] = [sorted[depth - 1]!, sorted[n - depth]!];
  return [at(low, sorted[depth] ?? low), at(high, sorted[n - depth - 1] ?? high)];
}

/** How many values the interval counts from either end, from 1; a fraction lies between two. */
function exactDepth(n: number, level: number): number {
  let depth = 1;
  let term = n * 0.5 ** n; // the probability that exactly `depth` of the values lie below the median
  let outer = 1 - 2 * 0.5 ** n; // the coverage at this depth
  let inner = outer - 2 * term; // and at the next
  while (inner >= level && 2 * (depth + 1) <= n) {
    depth++;
    term *= (n - depth + 1) / depth;
    [outer, inner] = [inner, inner - 2 * term];
  }
  if (outer <= level || 2 * depth >= n) return depth;
  const share = (outer - level) / (outer - inner);
  return depth + ((n - depth) * share) / (depth + (n - 2 * depth) * share);
}

function approximateDepth(n: number, level: number, inflation: number): number {
  return Math.max(1, (n + 1 - normalQuantile((1 + level) / 2) * Math.sqrt(n * inflation)) / 2);
}

/** The blocks that a series is cut into, and the fewest values for that. */
const [BLOCKS, LONG] = [10, 20];
/** The variance between blocks, over what independent values have, beyond which they are not: χ²(9) at 0.95, over 9. */
const DEPENDENT = 1.88;

/**
 * By how much values that followed one another vary more, in how many lie below their median, than independent ones would:
 * 1 unless the means of ten blocks differ too much for that. (Batch means: B. Schmeiser, "Batch size effects in the analysis
 * of simulation output", Operations Research 30, 1982.) What lasts longer than a tenth of the series is seen in part, what
 * lasts longer than all of it not at all.
 */
export function blockInflation(series: ArrayLike<number>, median: number): number {
  const n = series.length;
  if (n < LONG) return 1;
  const below = new Float64Array(BLOCKS);
  for (let block = 0; block < BLOCKS; block++) {
    const [from, to] = [Math.round((block * n) / BLOCKS), Math.round(((block + 1) * n) / BLOCKS)];
    for (let i = from; i < to; i++)
      below[block]! += (series[i]! < median ? 1 : series[i] === median ? 0.5 : 0) / (to - from);
  }
  const mean = below.reduce((sum, share) => sum + share, 0) / BLOCKS;
  const variance = below.reduce((sum, share) => sum + (share - mean) ** 2, 0) / (BLOCKS - 1);
  const inflation = (4 * variance * n) / BLOCKS;
  return inflation > DEPENDENT ? inflation : 1;
}
