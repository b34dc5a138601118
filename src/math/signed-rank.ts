import { erfc } from "./erfc.ts";

/** Up to so many differences the distribution is exact; with ties or zeros among them, up to so many (as SciPy 1.17 has it). */
const [EXACT, TIED] = [50, 13];

/**
 * The one-sided signed-rank test of F. Wilcoxon ("Individual comparisons by ranking methods", Biometrics Bulletin 1, 1945):
 * the probability of a sum of positive ranks at least as large where differences are symmetric about zero. Ties have their mean rank, and the
 * rank of a zero counts half for either side ("zsplit"). Exact by counting sign patterns, for many differences by the normal
 * approximation with the correction for ties. NaN without differences.
 */
export function signedRankTest(differences: readonly number[]): number {
  const n = differences.length;
  if (n === 0) return NaN;
  const { ranks, tied, correction } = doubledRanks(differences.map(Math.abs));
  let positive = 0;
  const free: number[] = [];
  differences.forEach((d, i) => {
    if (d > 0) positive += ranks[i]!;
    else if (d === 0) positive += ranks[i]! / 2;
    if (d !== 0) free.push(ranks[i]!);
  });
  const split = (n * (n + 1) - free.reduce((sum, rank) => sum + rank, 0)) / 2;
  if (n <= (tied || free.length < n ? TIED : EXACT)) return tail(free, positive - split);
  const mean = (n * (n + 1)) / 2;
  const deviation = 2 * Math.sqrt((n * (n + 1) * (2 * n + 1) - correction / 2) / 24);
  return erfc((positive - mean) / deviation / Math.SQRT2) / 2;
}

/** Twice the mean ranks, which are integers; `correction` is the sum of t³ − t over the sizes of ties. */
function doubledRanks(sizes: readonly number[]): { ranks: Float64Array; tied: boolean; correction: number } {
  const order = sizes.map((_, i) => i).sort((a, b) => sizes[a]! - sizes[b]!);
  const ranks = new Float64Array(sizes.length);
  let correction = 0;
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && sizes[order[to]!] === sizes[order[from]!]) to++;
    for (let i = from; i < to; i++) ranks[order[i]!] = from + 1 + to;
    correction += (to - from) ** 3 - (to - from);
  }
  return { ranks, tied: correction > 0, correction };
}

/** The share of the sign patterns of these ranks whose positive ones sum to at least `least`. */
function tail(ranks: readonly number[], least: number): number {
  const ways = new Float64Array(ranks.reduce((sum, rank) => sum + rank, 0) + 1);
  ways[0] = 1;
  let top = 0;
  for (const rank of ranks) {
    top += rank;
    for (let sum = top; sum >= rank; sum--) ways[sum]! += ways[sum - rank]!;
  }
  let count = 0;
  for (let sum = Math.max(0, Math.ceil(least)); sum < ways.length; sum++) count += ways[sum]!;
  return count / 2 ** ranks.length;
}
