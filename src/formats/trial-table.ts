import { AttuneError } from "../core/errors.ts";
import type { FailureKind, Measured } from "../core/outcome.ts";
import type { FinishedTrial } from "../core/trial.ts";
import { csvRecord, readCsv } from "./csv.ts";

/** One line of a table of trials; what a program writes by hand needs `params` and `values` only. */
export interface TrialRow<P = unknown> {
  readonly number?: number;
  readonly state?: FinishedTrial["state"];
  readonly params: P;
  readonly values?: Readonly<Record<string, number>>;
  readonly stderr?: Readonly<Record<string, number>>;
  readonly source?: FinishedTrial["source"];
  readonly generation?: number;
  readonly duration?: number;
  /** It was cut off, and its values are bounds. */
  readonly atLeast?: true | undefined;
  readonly failure?: { readonly kind: FailureKind; readonly message: string };
}

const FIXED = ["number", "state", "source", "generation", "duration"] as const;

/**
 * Trials as CSV: `number, state, source, generation, duration`, then `params.<path>`, `values.<name>`,
 * `stderr.<name>` and `failure`; `atLeast` is true of trials that were cut off, where there are any: their values are
 * bounds. Failed values and absent parameters are empty fields. A parameter that is text stands
 * bare, unless it could be read as something else: then it stands in JSON quotes; everything else is JSON.
 */
export function trialsToCsv(trials: readonly TrialRow[]): string {
  const flat = trials.map(({ params }) => flatten(params));
  const paths = union(flat.map((cells) => cells.keys()));
  const names = union(trials.map((t) => Object.keys(t.values ?? {})));
  const errors = union(trials.map((t) => Object.keys(t.stderr ?? {})));
  const bounds = trials.some(({ atLeast }) => atLeast) ? (["atLeast"] as const) : [];
  const head = [
    ...FIXED,
    ...paths.map((p) => `params${p}`),
    ...names.map((n) => `values.${n}`),
    ...errors.map((n) => `stderr.${n}`),
    "failure",
    ...bounds,
  ];
  const lines = trials.map((trial, i) =>
    csvRecord([
      ...FIXED.map((key) => String(trial[key] ?? "")),
      ...paths.map((path) => flat[i]!.get(path) ?? ""),
      ...names.map((name) => String(trial.values?.[name] ?? "")),
      ...errors.map((name) => String(trial.stderr?.[name] ?? "")),
      trial.failure ? `${trial.failure.kind}: ${trial.failure.message}` : "",
      ...bounds.map((key) => String(trial[key] ?? "")),
    ]),
  );
  return [csvRecord(head), ...lines, ""].join("\n");
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
    const failure = /^(\w+): (.*)$/s.exec(at("failure") ?? "");
    const optional = (name: "number" | "generation" | "duration"): object =>
      at(name) === undefined ? {} : { [name]: toNumber(at(name)!, name, line + 2) };
    return {
      state: (at("state") as FinishedTrial["state"]) ?? (Object.keys(measured).length > 0 ? "complete" : "failed"),
      params: unflatten(params.map(([i, path]) => [path, record[i] ?? ""])),
      values: measured,
      stderr: numbers(columns("stderr.")),
      ...optional("number"),
      ...optional("generation"),
      ...optional("duration"),
      ...(at("source") ? { source: at("source") as FinishedTrial["source"] } : {}),
      ...(at("atLeast") === "true" ? { atLeast: true as const } : {}),
      ...(failure ? { failure: { kind: failure[1] as FailureKind, message: failure[2]! } } : {}),
    };
  });
}

/** The measurements behind a row's values. */
export function measuredOf({ values = {}, stderr = {} }: TrialRow): Record<string, Measured> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      { value, ...(stderr[name] === undefined ? {} : { stderr: stderr[name] }) },
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
