import type { FinishedTrial } from "../core/trial.ts";
import { changeText, durationText, numberText } from "../formats/quantity.ts";
import type { SearchResult } from "../search/result.ts";
import { flat } from "./flat.ts";
import { plural, table } from "./table.ts";

/** Trials as a table: number, values with their change, parameters. */
export function trialsText(trials: readonly FinishedTrial[], { objectives, baseline }: SearchResult): string {
  const names = [...new Set(trials.flatMap(({ params }) => Object.keys(flat(params))))];
  const rows = trials.map((trial) => [
    String(trial.number),
    trial.failure?.kind ?? (trial.twin === undefined ? trial.state : `twin of ${trial.twin}`),
    ...objectives.flatMap(({ name }) => {
      const value = trial.values[name];
      if (value === undefined) return baseline ? ["", ""] : [""];
      return baseline ? [numberText(value), changeText(value, baseline.values[name]!)] : [numberText(value)];
    }),
    ...names.map((name) => flat(trial.params)[name] ?? ""),
  ]);
  return table(
    ["trial", "state", ...objectives.flatMap(({ name }) => (baseline ? [name, "change"] : [name])), ...names],
    rows,
    "",
  );
}

/** How many trials failed, by kind, and the first failure. */
export function failureSummary(trials: readonly FinishedTrial[]): string {
  const own = trials.filter((t) => t.twin === undefined);
  const failed = own.filter((t) => t.state === "failed");
  if (failed.length === 0) return "";
  const kinds = new Map<string, number>();
  for (const { failure } of failed) kinds.set(failure?.kind ?? "error", (kinds.get(failure?.kind ?? "error") ?? 0) + 1);
  const [first] = failed;
  const stderr = first!.failure?.stderr?.trim().split("\n").slice(-3).join("\n    ");
  const tally = [...kinds].map(([kind, n]) => `${n} ${kind}`).join(", ");
  return (
    `${failed.length} of ${plural(own.length, "trial")} failed: ${tally}. The first, trial ${first!.number}: ${first!.failure?.message ?? ""}` +
    (stderr ? `\n    ${stderr}` : "")
  );
}

/** One line on how a search went. */
export function endLine(result: SearchResult, elapsed: number): string {
  const trials = result.trials.filter((t) => t.twin === undefined && t.source !== "baseline");
  const parts = ["complete", "pruned", "failed"].flatMap((state) => {
    const n = trials.filter((t) => t.state === state).length;
    return n > 0 ? [`${n} ${state}`] : [];
  });
  const baseline = result.trials.some(({ source }) => source === "baseline") ? ", and the baseline," : "";
  return `${parts.join(", ") || "no trials"}${baseline} in ${durationText(elapsed)}`;
}
