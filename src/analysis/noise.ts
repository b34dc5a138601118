import type { Measured } from "../core/outcome.ts";
import { medianOf } from "../math/median.ts";
import { normalQuantile } from "../math/normal.ts";

/** How a value scatters when one configuration is run again and again. */
export interface Noise {
  /** The median of the runs. */
  readonly value: number;
  /** The standard deviation between runs. */
  readonly deviation: number;
  /** The same as a share of |value|; undefined when that is 0. */
  readonly relative?: number;
  /** The standard error that each run gives of itself, as the root of their mean square; undefined where one gives none. */
  readonly stderr?: number;
  /** The centres of two clusters, where the runs fall into two. */
  readonly modes?: readonly [number, number];
}

/** How few runs in a cluster, and how many of their deviations apart, make two clusters of ten runs or more. */
const [FEW, APART, RUNS] = [3, 6, 8];

/** The noise of one name, from at least two runs. */
export function noiseOf(runs: readonly Measured[]): Noise {
  const values = Float64Array.from(runs, ({ value }) => value).sort();
  const value = medianOf(values);
  const deviation = deviationOf(values);
  const errors = runs.map(({ stderr }) => stderr).filter((error) => error !== undefined);
  const modes = modesOf(values);
  return {
    value,
    deviation,
    ...(value === 0 ? {} : { relative: deviation / Math.abs(value) }),
    ...(errors.length < runs.length ? {} : { stderr: Math.hypot(...errors) / Math.sqrt(errors.length) }),
    ...(modes === undefined ? {} : { modes }),
  };
}

/** What a search is to show. */
export interface GainQuestion {
  /** The standard deviation of a trial's value between runs, and the standard error that a trial gives of itself. */
  readonly noise: Pick<Noise, "deviation" | "stderr">;
  /** How many trials are compared. */
  readonly trials: number;
  /** How many runs a trial's value is the mean of. @default 1 */
  readonly runs?: number;
}

/** The probability that a gain of that size is shown. */
const POWER = 0.8;

/**
 * The smallest true difference between one configuration and the baseline that a search of so many trials shows with a
 * probability of 80 %, while all of them together claim one that is not there with at most 5 %:
 *
 *   √2 · (z(1 − 0.025/trials) · e + z(0.8) · s)
 *
 * with s the standard deviation of a trial's value, e the standard error by which the search judges it (s, where that is
 * larger), and √2 because the baseline is a trial too. It is the usual size of a two-sample test (J. Cohen, "Statistical
 * Power Analysis for the Behavioral Sciences", 2nd ed. 1988, section 2.4) with the threshold of {@link verdict}.
 */
export function smallestGain({ noise, trials, runs = 1 }: GainQuestion): number {
  const share = Math.SQRT1_2 * Math.sqrt(runs);
  const known = Math.max(noise.deviation, noise.stderr ?? 0);
  return (normalQuantile(1 - 0.025 / Math.max(1, trials)) * known + normalQuantile(POWER) * noise.deviation) / share;
}

function deviationOf(values: Float64Array): number {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / Math.max(1, values.length - 1));
}

/**
 * Two clusters, if the gap that separates sorted values best lies far from both (D = √2·|a − b|/√(s² + t²), K. M. Ashman,
 * C. M. Bird and S. E. Zepf, Astronomical Journal 108, 1994, eq. 4; here beyond 6 where 2 would do for many values).
 */
function modesOf(sorted: Float64Array): [number, number] | undefined {
  if (sorted.length < RUNS) return undefined;
  let [best, modes] = [APART, undefined as [number, number] | undefined];
  for (let cut = FEW; cut <= sorted.length - FEW; cut++) {
    const [left, right] = [sorted.subarray(0, cut), sorted.subarray(cut)];
    const [a, b] = [medianOf(left), medianOf(right)];
    const apart = a === b ? 0 : (Math.SQRT2 * (b - a)) / Math.hypot(deviationOf(left), deviationOf(right));
    if (apart > best) [best, modes] = [apart, [a, b]];
  }
  return modes;
}
