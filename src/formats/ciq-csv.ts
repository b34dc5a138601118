import { AttuneError } from "../core/errors.ts";
import type { Objective } from "../core/objective.ts";
import type { FinishedTrial } from "../core/trial.ts";
import { csvRecord, readCsv } from "./csv.ts";
import type { TrialRow } from "./trial-table.ts";

/** What stands for a failed value. */
const FAILED = "*";

/**
 * Trials in the columns of CompileIQ's results (`metadata, generation, score_1 … score_N, params`): scores in the order of the
 * objectives, `*` where a trial failed; `metadata` and `params` as JSON, the baseline's parameters as `{}`.
 */
export function trialsToCiqCsv(trials: readonly FinishedTrial[], objectives: readonly Objective[]): string {
  const scores = objectives.map((_, i) => `score_${i + 1}`);
  const records = trials.map((trial) => {
    const { number, state, source, generation, duration, params, values, failure } = trial;
    const metadata = {
      number,
      state,
      source,
      duration,
      ...(failure === undefined ? {} : { failure: failure.message }),
    };
    const complete = objectives.every(({ name }) => values[name] !== undefined);
    return csvRecord([
      JSON.stringify(metadata),
      String(generation ?? 0),
      ...objectives.map(({ name }) => (complete ? String(values[name]) : FAILED)),
      JSON.stringify(source === "baseline" ? {} : params),
    ]);
  });
  return [csvRecord(["metadata", "generation", ...scores, "params"]), ...records, ""].join("\n");
}

/** Whether a table has the columns of CompileIQ's results. */
export function isCiqCsv(text: string): boolean {
  const head = readCsv(text.slice(0, text.search(/\r?\n|$/)))[0] ?? [];
  return head.includes("params") && scoresOf(head).length > 0;
}

/**
 * Reads a table of CompileIQ's results. `names` are those of the scores; a lone `score` column is `score_1`; `*` and empty
 * fields are failed values, and any makes the trial a failed one; parameters that are not JSON are taken as text.
 * @param names default: `score_1`, `score_2`, …
 */
export function trialsFromCiqCsv(text: string, names?: readonly string[]): TrialRow[] {
  const [head = [], ...records] = readCsv(text);
  const scores = scoresOf(head);
  const params = head.indexOf("params");
  if (scores.length === 0 || params < 0)
    throw new AttuneError(
      "usage",
      `Expected a CSV with columns \`score_1\` … and \`params\`, got ${head.map((h) => `\`${h}\``).join(", ") || "an empty file"}`,
    );
  if (names !== undefined && names.length !== scores.length)
    throw new AttuneError("usage", `Expected ${scores.length} names, one per score, got ${names.length}`);
  const generation = head.indexOf("generation");
  return records.map((record, line) => {
    const fields = scores.map((at) => record[at] ?? "");
    const failed = fields.some((field) => field === FAILED || field === "");
    const values = fields.map((field, i) => [names?.[i] ?? `score_${i + 1}`, numberOf(field, line + 2)] as const);
    const given = fromJson(record[params] ?? "");
    return {
      number: line,
      state: failed ? "failed" : "complete",
      params: given,
      values: failed ? {} : Object.fromEntries(values),
      ...(isEmpty(given) ? { source: "baseline" as const } : {}),
      ...(record[generation] ? { generation: Number(record[generation]) } : {}),
    };
  });
}

/** Where `score_1`, `score_2`, … stand, or a lone `score`. */
function scoresOf(head: readonly string[]): number[] {
  const lone = head.indexOf("score");
  const numbered: number[] = [];
  for (let at = head.indexOf("score_1"); at >= 0; at = head.indexOf(`score_${numbered.length + 1}`)) numbered.push(at);
  return numbered.length > 0 ? numbered : lone >= 0 ? [lone] : [];
}

function numberOf(field: string, line: number): number {
  if (field === FAILED || field === "") return NaN;
  const value = Number(field);
  if (Number.isFinite(value)) return value;
  throw new AttuneError(
    "usage",
    `Expected the scores in line ${line} of the CSV to be numbers or *, got ${JSON.stringify(field)}`,
  );
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
