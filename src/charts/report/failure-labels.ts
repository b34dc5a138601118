import type { Trial } from "../../core/trial.ts";
import { printable } from "../../formats/printable.ts";

/** The most ways to fail that are told apart; the rest go by their kind alone. */
const MOST = 10;
/** The most characters of a message's beginning. */
const LONGEST = 40;

/**
 * How each trial failed, in a few words: the kind, and the signal, the exit code or the beginning of the message. A
 * message is cut where it may differ between trials that failed alike: at a digit or a quote. Undefined for those that did not fail.
 */
export function failureLabels(trials: readonly Trial[]): (string | undefined)[] {
  const full = trials.map(labelOf);
  const counts = new Map<string, number>();
  for (const label of full) if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  const shown = new Set(
    [...counts]
      .sort(([, a], [, b]) => b - a)
      .map(([label]) => label)
      .slice(0, MOST),
  );
  return full.map((label, i) =>
    label === undefined || shown.has(label) ? label : `${trials[i]!.failure!.kind}: other`,
  );
}

function labelOf({ failure }: Trial): string | undefined {
  if (failure === undefined) return undefined;
  const { kind, signal, exitCode, message } = failure;
  const detail = signal ?? (exitCode === undefined ? beginningOf(message) : `exit code ${exitCode}`);
  return detail === "" ? kind : `${kind}: ${detail}`;
}

/** Whole words as far as they fit. */
function beginningOf(message: string): string {
  const [line = ""] = printable(message).trim().split("\n");
  const [same = ""] = /^[^\d"'`“‘]*/.exec(line)!;
  const text = same.length < line.length && /[^\s([{]$/.test(same) ? same.replace(/\S+$/, "") : same;
  const fitting = text.length <= LONGEST ? text : text.slice(0, LONGEST + 1).replace(/\s*\S*$/, "");
  const words = (fitting || text.slice(0, LONGEST)).trim();
  return words === "" || words.length === line.length ? words : `${words.replace(/[\s:,;([{]+$/, "")} …`;
}
