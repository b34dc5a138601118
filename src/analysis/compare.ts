import { usage } from "../core/errors.ts";
import { type Direction, lossOf } from "../core/objective.ts";
import { createRandom } from "../core/random.ts";
import { bootstrapDifference } from "../math/bootstrap.ts";
import { type Estimate, meanOf, welch, type Welch } from "../math/welch.ts";

/** What the evidence says about two sets of samples of one value. */
export interface Comparison {
  readonly a: Estimate;
  readonly b: Estimate;
  /** a − b. */
  readonly difference: number;
  /** The same as a share of |b|; NaN where b is 0. */
  readonly relative: number;
  readonly welch: Welch;
  /** The bootstrap interval of the difference, where single samples are known. */
  readonly bootstrap?: { readonly low: number; readonly high: number };
  /**
   * How large the difference is against the spread of single samples: Hedges' g (L. V. Hedges, "Distribution theory for
   * Glass's estimator of effect size", J. Educ. Stat. 6, 1981). 0.2 is small, 0.8 large.
   */
  readonly effect: number;
  /** Which is better; "none": no difference is shown, which does not mean that there is none. */
  readonly better: "a" | "b" | "none";
}

export interface CompareOptions {
  /** Which way is better. @default "minimize" */
  readonly direction?: Direction;
  /** @default 0.95 */
  readonly confidence?: number;
}

/**
 * Compares samples of two things. One is better only if Welch's interval and the bootstrap's both exclude 0. Throws a
 * usage error with fewer than two samples of either: a single one tells nothing of the noise.
 */
export function compareSamples(a: readonly number[], b: readonly number[], options: CompareOptions = {}): Comparison {
  for (const [name, samples] of [["a", a] as const, ["b", b] as const])
    if (samples.length < 2 || !samples.every(Number.isFinite))
      throw usage(`Expected at least two finite samples of \`${name}\`, got ${samples.length}`);
  const { confidence = 0.95 } = options;
  const random = createRandom("compare");
  const bootstrap = bootstrapDifference(a, b, () => random.uniform(), { confidence });
  return { ...compareEstimates(meanOf(a), meanOf(b), options, bootstrap), bootstrap };
}

/** Compares two values of which only the standard error and the number of samples are known. */
export function compareEstimates(
  a: Estimate,
  b: Estimate,
  { direction = "minimize", confidence = 0.95 }: CompareOptions = {},
  also: { readonly low: number; readonly high: number } = { low: -Infinity, high: Infinity },
): Comparison {
  const test = welch(a, b, confidence);
  const difference = a.value - b.value;
  const excludesZero = (interval: { readonly low: number; readonly high: number }): boolean =>
    interval.low > 0 || interval.high < 0;
  const shown = excludesZero(test) && (also.low === -Infinity || excludesZero(also));
  return {
    a,
    b,
    difference,
    relative: b.value === 0 ? NaN : difference / Math.abs(b.value),
    welch: test,
    effect: hedges(a, b),
    better: !shown ? "none" : lossOf(difference, direction) < 0 ? "a" : "b",
  };
}

function hedges(a: Estimate, b: Estimate): number {
  const df = a.n + b.n - 2;
  const variance = ((a.n - 1) * a.n * a.stderr ** 2 + (b.n - 1) * b.n * b.stderr ** 2) / df;
  if (variance === 0) return a.value === b.value ? 0 : Math.sign(a.value - b.value) * Infinity;
  return ((a.value - b.value) / Math.sqrt(variance)) * (1 - 3 / (4 * df - 1));
}
