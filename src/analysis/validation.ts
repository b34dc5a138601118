import { excess, type Limits, type Objective } from "../core/objective.ts";
import { compared, type MeasuredByName } from "../core/compared.ts";
import { medianOf } from "../math/median.ts";
import { pairedGain, type PairedGain } from "./paired.ts";

/** What a candidate and the baseline measured in one round. */
export interface Round {
  readonly trial: MeasuredByName;
  readonly baseline: MeasuredByName;
}

/** Why a candidate is kept, "gain", or rejected. */
export type ValidationReason = "gain" | "no-gain" | "worse" | "limit" | "failed";

/** What some rounds say about a candidate. */
export interface Judgement {
  readonly reason: Exclude<ValidationReason, "failed">;
  /** How each objective stands to the baseline's. */
  readonly gains: readonly PairedGain[];
  /** The limits that the medians break, by name, with the median. */
  readonly broken: Readonly<Record<string, number>>;
  /** Further rounds are not needed. */
  readonly clear: boolean;
}

/** When the rounds are looked at, and with which share of the error. */
export interface Look {
  readonly rounds: number;
  readonly share: number;
}

/** The rounds before the first look, and the share of the error that all looks but the last have together. */
const [FIRST, EARLY] = [5, 0.1];

/**
 * The looks of at most so many rounds: after 5, 10, 20, … and after the last. The early ones share a tenth of the error, so
 * that the last loses little and all together have no more than it (J. L. Haybittle, "Repeated assessment of results in
 * clinical trials of cancer treatment", Brit. J. Radiology 44, 1971; here by Bonferroni's inequality).
 */
export function looks(rounds: number): Look[] {
  const early: number[] = [];
  for (let at = FIRST; at < rounds; at *= 2) early.push(at);
  if (early.length === 0) return [{ rounds, share: 1 }];
  return [...early.map((at) => ({ rounds: at, share: EARLY / early.length })), { rounds, share: 1 - EARLY }];
}

/**
 * Judges a candidate by its rounds. It is kept for a gain that is shown in some objective, unless the median of its values
 * breaks a limit. `error` is that of the two-sided interval of one objective of one candidate at one look.
 */
export function judge(
  rounds: readonly Round[],
  {
    objectives,
    constraints,
    error,
  }: { readonly objectives: readonly Objective[]; readonly constraints: Limits; readonly error: number },
): Judgement {
  const gains = objectives.map(({ name, direction }) =>
    pairedGain(
      name,
      rounds.map(({ trial, baseline }) => ({
        trial: compared(trial[name]!).value,
        baseline: compared(baseline[name]!).value,
      })),
      { direction, error },
    ),
  );
  const broken: Record<string, number> = {};
  for (const name of Object.keys(constraints)) {
    const median = medianOf(Float64Array.from(rounds, ({ trial }) => trial[name]!.value).sort());
    if (isBroken(constraints, name, median)) broken[name] = median;
  }
  const always = Object.keys(broken).some((name) =>
    rounds.every(({ trial }) => isBroken(constraints, name, trial[name]!.value)),
  );
  const gained = gains.some(({ better }) => better === "trial");
  const lost = gains.some(({ better }) => better === "baseline");
  if (Object.keys(broken).length > 0) return { reason: "limit", gains, broken, clear: always };
  const clear = gained || gains.every(({ better }) => better === "baseline");
  return { reason: gained ? "gain" : lost ? "worse" : "no-gain", gains, broken, clear };
}

function isBroken(limits: Limits, name: string, value: number): boolean {
  return excess({ [name]: limits[name]! }, () => value).some((beyond) => beyond > 0);
}
