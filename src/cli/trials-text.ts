import { besideBaseline } from "../core/compared.ts";
import type { FinishedTrial } from "../core/trial.ts";
import { printable } from "../formats/printable.ts";
import { changeText, durationText, numberText, valueOrBound } from "../formats/quantity.ts";
import type { SearchResult } from "../search/result.ts";
import { flat } from "./flat.ts";
import { plural, table } from "./table.ts";

/** How many lines of stderr, and how many characters of a line, are shown of a failure. */
const LAST = 3;
const WIDTH = 200;
/** How many lines of a message are shown. */
const LINES = 20;

/** The change of an objective against the baseline's; normalised values are compared where there are any. */
export function changeOf(trial: FinishedTrial, baseline: FinishedTrial, name: string): string {
  const reference = baseline.measured[name]!;
  return changeText(besideBaseline(trial.measured[name]!, reference).value, reference.value);
}

/** Trials as a table: number, values with their change, parameters. */
export function trialsText(trials: readonly FinishedTrial[], { objectives, baseline }: SearchResult): string {
  const names = [...new Set(trials.flatMap(({ params }) => Object.keys(flat(params))))];
  const relative = trials.some(({ normalized }) => normalized !== undefined);
  const rows = trials.map((trial) => [
    String(trial.number),
    trial.failure?.kind ?? (trial.twin === undefined ? stateText(trial) : `twin of ${trial.twin}`),
    ...objectives.flatMap(({ name, direction }) => {
      const value = trial.values[name];
      const normalized = trial.normalized?.[name];
      return [
        value === undefined ? "" : valueOrBound(value, trial, direction),
        ...(relative ? [normalized === undefined ? "" : numberText(normalized)] : []),
        ...(baseline ? [value === undefined || trial.atLeast ? "" : changeOf(trial, baseline, name)] : []),
      ];
    }),
    ...names.map((name) => flat(trial.params)[name] ?? ""),
  ]);
  return table(
    [
      "trial",
      "state",
      ...objectives.flatMap(({ name }) => [name, ...(relative ? ["normalised"] : []), ...(baseline ? ["change"] : [])]),
      ...names,
    ],
    rows,
    "",
  );
}

function stateText({ state, atLeast }: FinishedTrial): string {
  return atLeast ? "cut off" : state;
}

/** How many trials failed, by kind, and of each kind the first one with the end of its stderr. */
export function failureSummary({ failures: groups, trials }: SearchResult): string {
  if (groups.length === 0) return "";
  const failed = groups.reduce((sum, { count }) => sum + count, 0);
  const tally = groups.map(({ kind, count }) => `${count} ${kind}`).join(", ");
  return [
    `${failed} of ${plural(trials.filter((t) => t.twin === undefined).length, "trial")} failed: ${tally}`,
    ...groups.map(({ kind, count, first }) => {
      const which = count === 1 ? `trial ${first.number}` : `first in trial ${first.number}`;
      return `  ${kind}, ${which}: ${indented(printable(first.failure?.message ?? ""), "    ")}${lastWords(first)}`;
    }),
  ].join("\n");
}

/** The last lines that a failed trial wrote to stderr, where its message does not say them already. */
function lastWords({ failure }: FinishedTrial): string {
  const lines = printable(failure?.stderr ?? "")
    .trim()
    .split("\n")
    .slice(-LAST);
  const told = lines.length === 1 && printable(failure!.message).endsWith(lines[0]!.trim().slice(0, WIDTH));
  return told ? "" : `\n    ${lines.map((line) => cut(line, WIDTH)).join("\n    ")}`;
}

/** The failed trials, one per line: number, kind, message. */
export function failuresText(trials: readonly FinishedTrial[]): string {
  const failed = trials.filter(({ state, twin }) => state === "failed" && twin === undefined);
  if (failed.length === 0) return "";
  const rows = failed.map(({ number, failure }) => [
    String(number),
    failure?.kind ?? "error",
    cut(printable(failure?.message ?? "").split("\n", 1)[0]!, WIDTH),
  ]);
  return table(["trial", "failure", "message"], rows, "");
}

/** A message of several lines: the first ones, each as wide as can be read. */
function indented(text: string, indent: string): string {
  const lines = text.trimEnd().split("\n");
  const more = lines.length > LINES ? [`… and ${lines.length - LINES} more lines`] : [];
  return [...lines.slice(0, LINES).map((line) => cut(line, 2 * WIDTH)), ...more].join(`\n${indent}`);
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** One line on how a search went. */
export function endLine(result: SearchResult, elapsed: number): string {
  const trials = result.trials.filter((t) => t.twin === undefined && t.source !== "baseline");
  const parts = ["complete", "cut off", "pruned", "failed"].flatMap((state) => {
    const n = trials.filter((t) => stateText(t) === state).length;
    return n > 0 ? [`${n} ${state}`] : [];
  });
  const baseline = result.trials.some(({ source }) => source === "baseline") ? ", and the baseline," : "";
  return `${parts.join(", ") || "no trials"}${baseline} in ${durationText(elapsed)}`;
}
