import { AttuneError } from "../core/errors.ts";
import type { FailureKind, Measured } from "../core/outcome.ts";
import type { FinishedTrial, TrialReport } from "../core/trial.ts";
import { csvRecord, readCsv } from "./csv.ts";
import { instanceCells, instanceColumns, instanceReports } from "./instance-cells.ts";

/** One line of a table of trials; what a program writes by hand needs `params` and `values` only. */
export interface TrialRow<P = unknown> {
  readonly number?: number;
  readonly state?: FinishedTrial["state"];
  readonly params: P;
  readonly values?: Readonly<Record<string, number>>;
  readonly stderr?: Readonly<Record<string, number>>;
  /** Values relative to the baseline's; rows are compared by them where they are given. */
  readonly normalized?: Readonly<Record<string, number>> | undefined;
  readonly source?: FinishedTrial["source"];
  readonly generation?: number;
  readonly duration?: number;
  /** It was cut off, and its values are bounds. */
  readonly atLeast?: true | undefined;
  /** What was measured on each instance, of an objective with instances. */
  readonly reports?: readonly TrialReport[];
  readonly failure?: { readonly kind: FailureKind; readonly message: string };
}

const FIXED = ["number", "state", "source", "generation", "duration"] as const;

/**
 * Trials as CSV: `number, state, source, generation, duration`, then `params.<path>`, `values.<name>`,
 * `stderr.<name>`, `normalized.<name>`, `instances.<name>.<instance>` and `failure`; `atLeast` is true of trials that were cut off, where there are any: their
 * values are bounds. Failed values and absent parameters are empty fields. A parameter that is text stands
 * bare, unless it could be read as something else: then it stands in JSON quotes; everything else is JSON.
 */
export function trialsToCsv(trials: readonly TrialRow[]): string {
  const rows = trials.map(trialCells);
  const columns = tableColumns(rows);
  return [csvRecord(columns), ...rows.map((cells) => tableRecord(columns, cells)), ""].join("\n");
}

/** The fields of one row by column. */
export type Cells = ReadonlyMap<string, string>;

/** A trial as a row of {@link trialsToCsv}; what it lacks is left out. */
export function trialCells(trial: TrialRow): Cells {
  const cells = new Map<string, string>(FIXED.map((key) => [key, fieldOf(trial[key])]));
  for (const [path, text] of flatten(trial.params)) cells.set(`params${path}`, text);
  for (const [name, value] of Object.entries(trial.values ?? {})) cells.set(`values.${name}`, String(value));
  for (const [name, error] of Object.entries(trial.stderr ?? {})) cells.set(`stderr.${name}`, String(error));
  for (const [name, value] of Object.entries(trial.normalized ?? {})) cells.set(`normalized.${name}`, String(value));
  for (const [column, value] of instanceCells(trial.reports)) cells.set(column, String(value));
  cells.set("failure", trial.failure ? `${trial.failure.kind}: ${trial.failure.message}` : "");
  return trial.atLeast ? cells.set("atLeast", "true") : cells;
}

/** What is not known, such as the duration of a trial that came from a table, is an empty field. */
function fieldOf(value: string | number | undefined): string {
  return value === undefined || Number.isNaN(value) ? "" : String(value);
}

/** The columns of some rows, in the order of {@link trialsToCsv}. */
export function tableColumns(rows: readonly Cells[]): string[] {
  const all = union([FIXED, ...rows.map((cells) => cells.keys())]);
  const groups = [
    /^(?!params|values\.|stderr\.|normalized\.|instances\.|failure$|atLeast$)/,
    /^params/,
    /^values\./,
    /^stderr\./,
    /^normalized\./,
    /^instances\./,
  ];
  return [
    ...groups.flatMap((group) => all.filter((name) => group.test(name))),
    "failure",
    ...all.filter((name) => name === "atLeast"),
  ];
}

/** A row as a CSV record, without its line end. */
export function tableRecord(columns: readonly string[], cells: Cells): string {
  return csvRecord(columns.map((name) => cells.get(name) ?? ""));
}

/** Reads what {@link trialsToCsv} writes. Columns are known by their exact names, in any order; others are ignored. */
export function trialsFromCsv(text: string): TrialRow[] {
  const [head = [], ...records] = readCsv(text);
  const columns = (prefix: string): [number, string][] =>
    head.flatMap((h, i): [number, string][] => (h.startsWith(prefix) ? [[i, h.slice(prefix.length)]] : []));
  const values = columns("values.");
  const params = head.flatMap((h, i): [number, string][] => (/^params(?=$|[.[])/.test(h) ? [[i, h.slice(6)]] : []));
  if (values.length === 0 || params.length === 0) {
    throw new AttuneError(
      "usage",
      `Expected a CSV with columns \`params.…\` and \`values.…\`, got ${head.map((h) => `\`${h}\``).join(", ") || "an empty file"}`,
    );
  }
  const onInstances = instanceColumns(
    head,
    values.map(([, name]) => name),
  );
  const column = (name: string): number => head.indexOf(name);
  return records.map((record, line) => {
    const numbers = (prefix: [number, string][]): Record<string, number> =>
      Object.fromEntries(
        prefix.flatMap(([i, name]) =>
          record[i] === "" || record[i] === undefined ? [] : [[name, toNumber(record[i], name, line + 2)]],
        ),
      );
    const at = (name: string): string | undefined => record[column(name)] || undefined;
    const measured = numbers(values);
    const normalized = numbers(columns("normalized."));
    const reports = instanceReports(
      onInstances
        .filter(({ at }) => record[at])
        .map(({ at: i, ...of }) => ({ ...of, value: toNumber(record[i]!, head[i]!, line + 2) })),
    );
    const failure = /^(\w+): (.*)$/s.exec(at("failure") ?? "");
    const optional = (name: "number" | "generation" | "duration"): object =>
      at(name) === undefined ? {} : { [name]: toNumber(at(name)!, name, line + 2) };
    return {
      state: (at("state") as FinishedTrial["state"]) ?? (Object.keys(measured).length > 0 ? "complete" : "failed"),
      params: unflatten(params.map(([i, path]) => [path, record[i] ?? ""])),
      values: measured,
      stderr: numbers(columns("stderr.")),
      ...(Object.keys(normalized).length === 0 ? {} : { normalized }),
      ...optional("number"),
      ...optional("generation"),
      ...optional("duration"),
      ...(at("source") ? { source: at("source") as FinishedTrial["source"] } : {}),
      ...(reports.length === 0 ? {} : { reports }),
      ...(at("atLeast") === "true" ? { atLeast: true as const } : {}),
      ...(failure ? { failure: { kind: failure[1] as FailureKind, message: failure[2]! } } : {}),
    };
  });
}

/** The measurements behind a row's values. */
export function measuredOf({ values = {}, stderr = {}, normalized = {} }: TrialRow): Record<string, Measured> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      {
        value,
        ...(stderr[name] === undefined ? {} : { stderr: stderr[name] }),
        ...(normalized[name] === undefined ? {} : { normalized: { value: normalized[name] } }),
      },
    ]),
  );
}

function toNumber(text: string, name: string, line: number): number {
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw new AttuneError(
    "usage",
    `Expected \`${name}\` in line ${line} of the CSV to be a number, got ${JSON.stringify(text)}`,
  );
}

/** Every leaf of a configuration by path: `.schedule.chunk`, `[0].tile`, `."a.b"`. */
export function flatten(value: unknown, path = ""): Map<string, string> {
  const out = new Map<string, string>();
  const nested = typeof value === "object" && value !== null && (path === "" || !Array.isArray(value));
  if (!nested || Object.keys(value).length === 0) return out.set(path, cell(value));
  const step = (key: string): string =>
    Array.isArray(value) ? `[${key}]` : /^[^."'[\]]+$/.test(key) ? `.${key}` : `.${JSON.stringify(key)}`;
  for (const [key, child] of Object.entries(value))
    for (const [at, text] of flatten(child, path + step(key))) out.set(at, text);
  return out;
}

function cell(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value) ?? "";
  return value === "" || isJsonText(value) ? JSON.stringify(value) : value;
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function unflatten(cells: readonly (readonly [string, string])[]): unknown {
  const root: { of?: unknown } = {};
  for (const [path, text] of cells) {
    if (text === "") continue;
    const steps = Array.from(path.matchAll(/\.("(?:[^"\\]|\\.)*")|\.([^.[]+)|\[(\d+)\]/g), (m) =>
      m[1] ? (JSON.parse(m[1]) as string) : (m[2] ?? Number(m[3])),
    );
    let holder: Record<string | number, unknown> = root;
    let key: string | number = "of";
    for (const step of steps) {
      holder[key] ??= typeof step === "number" ? [] : {};
      holder = holder[key] as never;
      key = step;
    }
    holder[key] = isJsonText(text) ? (JSON.parse(text) as unknown) : text;
  }
  return root.of ?? {};
}

function union(lists: readonly Iterable<string>[]): string[] {
  const all = new Set<string>();
  for (const list of lists) for (const item of list) all.add(item);
  return [...all];
}
