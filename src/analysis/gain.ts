import { besideBaseline } from "../core/compared.ts";
import { type Direction, lossOf, type Objective } from "../core/objective.ts";
import type { FinishedTrial } from "../core/trial.ts";
import { normalQuantile } from "../math/normal.ts";

/** The change of one value against the baseline's. */
export interface Change {
  readonly name: string;
  /** As if it had been measured where the baseline was, if it is normalised. */
  readonly value: number;
  readonly baseline: number;
  /** (value − baseline) / |baseline|; NaN when the baseline is 0 and the value is not. */
  readonly relative: number;
  /** Whether the value is better than the baseline's, whatever the noise. */
  readonly better: boolean;
  /** Whether the difference exceeds the noise; undefined where no standard error is known. */
  readonly significant?: boolean;
}

/**
 * How a trial's values stand to the baseline's. A difference is significant when it exceeds the two-sided 5 % quantile
 * of its standard error; `among` trials share that 5 % (Bonferroni), because the best of many looks better than it is.
 */
export function changes(
  trial: FinishedTrial,
  baseline: FinishedTrial,
  objectives: readonly Objective[],
  among = 1,
): Change[] {
  const z = normalQuantile(1 - 0.025 / Math.max(1, among));
  return objectives.map(({ name, direction }) => {
    const reference = baseline.measured[name]!;
    const base = reference.value;
    const { value, stderr } = besideBaseline(trial.measured[name]!, reference);
    const errors = [stderr, besideBaseline(reference, reference).stderr].filter((e) => e !== undefined);
    const difference = Math.abs(value - base);
    return {
      name,
      value,
      baseline: base,
      relative: value === base ? 0 : base === 0 ? NaN : (value - base) / Math.abs(base),
      better: isBetter(value, base, direction),
      ...(errors.length > 0 ? { significant: difference > z * Math.hypot(...errors) } : {}),
    };
  });
}

/** Whether a change is an improvement that noise does not explain; without a standard error, any improvement is. */
export function isGain({ better, significant = true }: Change): boolean {
  return better && significant;
}

/** What the evidence says about the untuned configuration. */
export interface Verdict {
  /** Leaders that are better than the baseline beyond the noise in at least one objective (of one: in it). */
  readonly gains: readonly FinishedTrial[];
  /** Nothing is better beyond the noise: keep the current configuration. */
  readonly keep: boolean;
  /** No standard errors were measured, so that the noise is unknown. */
  readonly blind: boolean;
}

/** Compares the leaders of a search with its baseline. `trials` is how many were compared in all. */
export function verdict(
  leaders: readonly FinishedTrial[],
  baseline: FinishedTrial,
  objectives: readonly Objective[],
  trials: number,
): Verdict {
  const all = leaders
    .filter((leader) => leader.number !== baseline.number)
    .map((leader) => ({ leader, to: changes(leader, baseline, objectives, trials) }));
  const gains = all.filter(({ to }) => to.some(isGain)).map(({ leader }) => leader);
  const blind = all.length > 0 && all.every(({ to }) => to.every((change) => change.significant === undefined));
  return { gains, keep: gains.length === 0, blind };
}

function isBetter(value: number, base: number, direction: Direction): boolean {
  return lossOf(value, direction) < lossOf(base, direction);
}
