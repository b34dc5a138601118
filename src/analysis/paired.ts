import { type Direction, lossOf } from "../core/objective.ts";
import { studentQuantile } from "../math/student.ts";
import { meanOf } from "../math/welch.ts";

/** How one value stands to the baseline's where both were measured in turn, round by round. */
export interface PairedGain {
  readonly name: string;
  /** The mean of the rounds, and that of the baseline's. */
  readonly value: number;
  readonly baseline: number;
  /** value − baseline, with the interval that the test is about. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** The difference as a share of |baseline|; NaN where that is 0. */
  readonly relative: number;
  /** Which is shown to be better; "none": no difference is shown, which does not mean that there is none. */
  readonly better: "trial" | "baseline" | "none";
}

/**
 * The interval of the mean difference of pairs by Student's t, two-sided with an error of `error`. What both of a pair have
 * in common, such as a machine that grows slower, cancels. The smallest step between different values counts as the resolution
 * of the measurement, whose rounding adds a variance of step²/12 to each value (W. F. Sheppard, Proc. London Math. Soc. 29, 1898):
 * so that a coarse clock which says the same a few times is not taken for free of noise.
 */
export function pairedGain(
  name: string,
  pairs: readonly { readonly trial: number; readonly baseline: number }[],
  { direction, error }: { readonly direction: Direction; readonly error: number },
): PairedGain {
  const { value: difference, stderr: spread, n } = meanOf(pairs.map(({ trial, baseline }) => trial - baseline));
  const stderr = Math.hypot(
    spread,
    stepOf(pairs.flatMap(({ trial, baseline }) => [trial, baseline])) / Math.sqrt(6 * n),
  );
  const baseline = meanOf(pairs.map((pair) => pair.baseline)).value;
  const reach = n < 2 ? Infinity : studentQuantile(1 - error / 2, n - 1) * stderr;
  const shown = Math.abs(difference) > reach;
  return {
    name,
    value: meanOf(pairs.map(({ trial }) => trial)).value,
    baseline,
    difference,
    low: difference - reach,
    high: difference + reach,
    relative: baseline === 0 ? NaN : difference / Math.abs(baseline),
    better: !shown ? "none" : lossOf(difference, direction) < 0 ? "trial" : "baseline",
  };
}

/** The smallest difference of two values that are not equal; 0 where all are. */
function stepOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  let step = Infinity;
  for (let i = 1; i < sorted.length; i++) {
    const gap = sorted[i]! - sorted[i - 1]!;
    if (gap > 0 && gap < step) step = gap;
  }
  return step === Infinity ? 0 : step;
}
