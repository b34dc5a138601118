import { verdict } from "../../analysis/gain.ts";
import { besideBaseline, comparable } from "../../core/compared.ts";
import { isAttuneError, messageOf } from "../../core/errors.ts";
import type { FinishedTrial } from "../../core/trial.ts";
import { changeText, numberText } from "../../formats/quantity.ts";
import { plural } from "../../formats/text-table.ts";
import type { Findings } from "./content.ts";

/** The best trial of one objective, the front of several; none where no trial is feasible. */
export function leadersOf(result: Findings): readonly FinishedTrial[] {
  try {
    return result.leaders;
  } catch (error) {
    if (!isAttuneError(error)) throw error;
    return [];
  }
}

/** What a search found, in sentences; the first is the shortest answer. */
export function foundText(result: Findings, leaders: readonly FinishedTrial[]): string[] {
  if (leaders.length === 0) return noneText(result);
  const { baseline, objectives, feasible } = result;
  return [
    objectives.length === 1 ? bestText(result, leaders[0]!) : `${plural(leaders.length, "trial")} on the Pareto front`,
    ...(objectives.length === 1 ? [] : [rangesText(result, leaders)]),
    ...(baseline === undefined ? [] : [verdictText(verdict(leaders, baseline, objectives, feasible.length), leaders)]),
  ];
}

function noneText(result: Findings): string[] {
  if (result.trials.length === 0) return ["No trial has finished yet"];
  try {
    void result.top(1);
    return [];
  } catch (error) {
    return ["No trial succeeded", messageOf(error)];
  }
}

function bestText({ objectives, baseline }: Findings, best: FinishedTrial): string {
  const { name } = objectives[0]!;
  const error = best.stderr[name];
  const base = best.normalizedBy?.values[name] ?? baseline?.values[name];
  const beside = baseline && besideBaseline(best.measured[name]!, baseline.measured[name]!).value;
  const change =
    beside === undefined || baseline === best
      ? ""
      : `, ${changeText(beside, baseline!.values[name]!)} against the baseline's ${numberText(base!)}`;
  const noise = error === undefined ? "" : ` ± ${numberText(Number(error.toPrecision(2)))}`;
  return `Best ${name} ${numberText(best.values[name]!)}${noise}${change}`;
}

function rangesText({ objectives, baseline }: Findings, leaders: readonly FinishedTrial[]): string {
  const parts = objectives.map(({ name }) => {
    const reference = baseline?.measured[name];
    const values = leaders.map(({ measured }) => comparable(measured[name]!, reference)).sort((a, b) => a - b);
    const base = baseline === undefined ? "" : ` (baseline ${numberText(baseline.values[name]!)})`;
    return `${name} ${numberText(values[0]!)} to ${numberText(values.at(-1)!)}${base}`;
  });
  return `On it: ${parts.join(", ")}.`;
}

function verdictText({ gains, keep, blind }: ReturnType<typeof verdict>, leaders: readonly FinishedTrial[]): string {
  if (keep) return "Keep your current configuration: nothing that was tried is better beyond the noise.";
  const who = leaders.length === 1 ? `Trial ${leaders[0]!.number}` : `${gains.length} of the front`;
  const what = leaders.length === 1 ? "better than the baseline" : "better than the baseline in some objective";
  return blind
    ? `${who} measured ${what}, but each was measured once, so that may be noise.`
    : `${who} ${leaders.length === 1 ? "is" : "are"} ${what}, beyond the noise.`;
}
