import { type InstancesDefinition, reduceInstances, reducerOf } from "../core/instance.ts";
import { excess, type Limits, lossOf, type Objective } from "../core/objective.ts";
import type { FinishedTrial, TrialReport } from "../core/trial.ts";

/** The best trial on one instance. */
export interface InstanceBest<T = FinishedTrial> {
  readonly instance: string;
  readonly trial: T;
  /** The value of the objective there, as measured. */
  readonly value: number;
  readonly stderr?: number;
  /** The same relative to the baseline's there, where values are normalised: trials are compared by it. */
  readonly normalized?: number;
}

/** A few trials that serve all instances together. */
export interface Portfolio<T = FinishedTrial> {
  /** Each serves some instance. */
  readonly trials: readonly T[];
  /** What the value of the objective comes to when each instance is served by the best of them; normalised where values are. */
  readonly value: number;
  /** The number of the trial that serves each instance. */
  readonly serves: Readonly<Record<string, number>>;
}

/** As much of a trial as this looks at. */
type Candidate = Pick<FinishedTrial, "number" | "state" | "twin" | "atLeast" | "reports">;

/** What the trials were after, and on which instances. */
interface Terms {
  readonly objective: Objective;
  readonly constraints: Limits;
  readonly instances: InstancesDefinition;
}

/** What a trial measured on one of its instances; undefined where it came to none of that name. */
export function reportOn(trial: Pick<FinishedTrial, "reports">, instance: string): TrialReport | undefined {
  return trial.reports.find((report) => report.instance === instance);
}

/** The number of a report by which trials are compared. */
function comparedOn({ values, normalized }: TrialReport, name: string): number | undefined {
  return normalized?.[name] ?? values[name];
}

/**
 * The best trial on each instance by what it measured there, the first of equals; it keeps all limits there. Trials that were
 * pruned later take part: they were measured on the instances before. An instance that no trial was measured on is left out.
 */
export function bestPerInstance<T extends Candidate>(trials: readonly T[], terms: Terms): InstanceBest<T>[] {
  const { objective, constraints, instances } = terms;
  const { name, direction } = objective;
  const able = trials.filter(
    (t) => (t.state === "complete" || t.state === "pruned") && t.twin === undefined && !t.atLeast,
  );
  return instances.names.flatMap((instance) => {
    let best: { trial: T; report: TrialReport; loss: number } | undefined;
    for (const trial of able) {
      const report = reportOn(trial, instance);
      const value = report && comparedOn(report, name);
      if (report === undefined || value === undefined) continue;
      if (!excess(constraints, (limited) => report.values[limited]).every((beyond) => beyond <= 0)) continue;
      const loss = lossOf(value, direction);
      if (best === undefined || loss < best.loss) best = { trial, report, loss };
    }
    if (best === undefined) return [];
    const { trial, report } = best;
    const [stderr, normalized] = [report.stderr?.[name], report.normalized?.[name]];
    return {
      instance,
      trial,
      value: report.values[name]!,
      ...(stderr === undefined ? {} : { stderr }),
      ...(normalized === undefined ? {} : { normalized }),
    };
  });
}

/** A trial's number, and what it is compared by on each instance. */
interface Row<T> {
  readonly trial: T;
  readonly values: readonly number[];
}

/** Some rows, and what they are worth together. */
interface Choice<T> {
  readonly chosen: readonly Row<T>[];
  readonly value: number;
}

/**
 * At most `k` of the trials that together make the most of all instances, each of which the best of them serves. They are
 * taken one by one, each for what it adds, and then exchanged one for one as long as that makes more of it (M. B. Teitz and
 * P. Bart, Operations Research 16, 1968): no single exchange improves the result, several at once may. Fewer where no further
 * one adds anything. Undefined where no trial was measured on every instance.
 */
export function portfolio<T extends Candidate>(
  trials: readonly T[],
  k: number,
  { objective: { name, direction }, instances }: Terms,
): Portfolio<T> | undefined {
  const reports = trials.map((trial) => instances.names.map((instance) => reportOn(trial, instance)));
  const rows = trials.flatMap((trial, i): Row<T>[] => {
    const values = reports[i]!.map((report) => report && comparedOn(report, name));
    return values.every((value) => value !== undefined) ? [{ trial, values }] : [];
  });
  if (rows.length === 0) return undefined;
  const normalized = reports.flat().some((report) => report?.normalized !== undefined);
  const how = reducerOf(name, { reduce: instances.reduce, objectives: [name], normalized });
  const better = (a: number, b: number): boolean => lossOf(a, direction) < lossOf(b, direction);
  const serving = (chosen: readonly Row<T>[], i: number): Row<T> =>
    chosen.reduce((best, row) => (better(row.values[i]!, best.values[i]!) ? row : best));
  const worth = (chosen: readonly Row<T>[]): number =>
    reduceInstances(
      instances.names.map((_, i) => ({ value: serving(chosen, i).values[i]! })),
      how,
    ).value;
  /** What the best row to add makes of some. */
  const extended = (some: readonly Row<T>[]): Choice<T> => {
    let best: Choice<T> | undefined;
    for (const row of rows) {
      const value = worth([...some, row]);
      if (best === undefined || better(value, best.value)) best = { chosen: [...some, row], value };
    }
    return best!;
  };

  let now = extended([]);
  for (let next: Choice<T> | undefined = now; next !== undefined; now = next ?? now) {
    const improves = (choice: Choice<T>): boolean => better(choice.value, now.value);
    const more = now.chosen.length < k ? [extended(now.chosen)].filter(improves) : [];
    const exchanged = (_: unknown, i: number): Choice<T> => extended(now.chosen.filter((__, j) => j !== i));
    next = more[0] ?? now.chosen.map(exchanged).find(improves);
  }
  const { chosen, value } = now;
  const serves = instances.names.map((instance, i) => [instance, serving(chosen, i).trial.number] as const);
  const used = chosen.filter(({ trial }) => serves.some(([, number]) => number === trial.number));
  return { trials: used.map(({ trial }) => trial), value, serves: Object.fromEntries(serves) };
}
