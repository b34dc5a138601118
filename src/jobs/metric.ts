import { refuseUnknown, show, usage } from "../core/errors.ts";
import { isRecord } from "../core/json.ts";
import type { Measurement } from "../core/measure.ts";
import type { Direction } from "../core/objective.ts";
import type { TrialReport } from "../core/trial.ts";

/** Which of the reported values is the objective's. */
export type Over = "last" | "min" | "max";

/** An objective that is read from what a job reports: a direction, or with `over` which of the values of all steps counts. */
export type JobObjective = Direction | { readonly direction: Direction; readonly over?: Over };

/** By name; `"loss/validation"` is the series `validation` of the title `loss`. */
export type JobObjectives = Readonly<Record<string, JobObjective>>;

/** What a job has reported under one name so far. */
export interface Metric {
  readonly last: number;
  readonly min: number;
  readonly max: number;
  /** The step of the last report. */
  readonly step: number;
}

/** A measured name as [title, series]; one without a slash is both. */
export type TitleAndSeries = readonly [title: string, series: string];

const OVER: readonly Over[] = ["last", "min", "max"];

/** The directions of objectives, and how each is read from reports. */
export function readObjectives(given: JobObjectives): {
  readonly directions: Readonly<Record<string, Direction>>;
  readonly over: ReadonlyMap<string, Over>;
} {
  if (!isRecord(given)) return { directions: given, over: new Map() }; // the search says what is wrong
  const over = new Map<string, Over>();
  const entries = Object.entries(given).map(([name, objective]) => {
    if (typeof objective === "string") return [name, objective] as const;
    if (!isRecord(objective))
      throw usage(`Expected \`objectives.${name}\` to be a direction or { direction, over }, got ${show(objective)}`);
    refuseUnknown(`the objective ${name}`, objective, ["direction", "over"]);
    const { direction, over: which = "last" } = objective;
    if (!OVER.includes(which))
      throw usage(`Expected \`objectives.${name}.over\` to be "last", "min" or "max", got ${show(which)}`);
    over.set(name, which);
    return [name, direction] as const;
  });
  return { directions: Object.fromEntries(entries), over };
}

/** `"loss/validation"` as ["loss", "validation"]. */
export function titleAndSeries(name: string): TitleAndSeries {
  const slash = name.indexOf("/");
  return slash < 0 ? [name, name] : [name.slice(0, slash), name.slice(slash + 1)];
}

/** The name of a title and series, or of a name. */
export function nameOf(metric: string | TitleAndSeries): string {
  if (typeof metric === "string") return metric;
  const [title, series] = metric;
  return title === series ? title : `${title}/${series}`;
}

/** What was reported under a name; undefined where nothing was. */
export function metricOf(name: string, reports: readonly TrialReport[]): Metric | undefined {
  let found: Metric | undefined;
  for (const { step, values } of reports) {
    const value = values[name];
    if (value === undefined) continue;
    found = { last: value, min: Math.min(value, found?.min ?? value), max: Math.max(value, found?.max ?? value), step };
  }
  return found;
}

/**
 * What a job returned, with the objectives that are read from its reports: what it returned is its last word of each. A
 * name that was neither returned nor reported stays missing.
 */
export function withReported(
  returned: unknown,
  reports: readonly TrialReport[],
  { names, over }: { readonly names: readonly string[]; readonly over: ReadonlyMap<string, Over> },
): unknown {
  if (reports.length === 0) return returned;
  const alone = names.length === 1 && returned !== undefined && returned !== null && !isNamed(returned);
  const record = (alone ? { [names[0]!]: returned } : (returned ?? {})) as Record<string, Measurement>;
  if (!isRecord(record)) return returned;
  const out: Record<string, Measurement> = { ...record };
  for (const name of names) {
    const metric = metricOf(name, reports);
    if (metric === undefined) continue;
    const which = over.get(name) ?? "last";
    const own = out[name];
    if (own === undefined) out[name] = metric[which];
    else if (which !== "last" && typeof own === "number") out[name] = Math[which](own, metric[which]);
  }
  return out;
}

/** Whether something that was returned is an object of names, and no { value, stderr }. */
function isNamed(returned: unknown): boolean {
  return (
    isRecord(returned) && !("value" in returned && Object.keys(returned).every((key) => /^(value|stderr)$/.test(key)))
  );
}
