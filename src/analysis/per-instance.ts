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
  /** In the order in which they were taken: each makes the most of those before it. */
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

/**
 * At most `k` of the trials that together make the most of all instances, each of which the best of them serves: taken one
 * by one, each for what it adds (for the mean of losses the greedy choice reaches at least 1 − 1/e of the possible gain over
 * the first: G. L. Nemhauser, L. A. Wolsey and M. L. Fisher, Math. Programming 14, 1978). Fewer where no further one adds
 * anything. Undefined where no trial was measured on every instance.
 */
export function portfolio<T extends Candidate>(
  trials: readonly T[],
  k: number,
  terms: Terms,
): Portfolio<T> | undefined {
  const { objective, instances } = terms;
  const { name, direction } = objective;
  const table = trials.flatMap((trial) => {
    const reports = instances.names.map((instance) => reportOn(trial, instance));
    const values = reports.map((report) => (report === undefined ? undefined : comparedOn(report, name)));
    return values.every((value) => value !== undefined)
      ? [{ trial, values, normalized: reports[0]?.normalized !== undefined }]
      : [];
  });
  if (table.length === 0) return undefined;
  const how = reducerOf(name, { reduce: instances.reduce, objectives: [name], normalized: table[0]!.normalized });
  const better = (a: number, b: number): boolean => lossOf(a, direction) < lossOf(b, direction);
  const taken: T[] = [];
  let served: { readonly value: number; readonly by: number }[] = [];
  let reached: number | undefined;
  while (taken.length < k) {
    let next: { trial: T; served: typeof served; value: number } | undefined;
    for (const { trial, values } of table) {
      const with_ = values.map((value, i) =>
        served[i] && !better(value, served[i].value) ? served[i] : { value, by: trial.number },
      );
      const { value } = reduceInstances(with_, how);
      if (next === undefined || better(value, next.value)) next = { trial, served: with_, value };
    }
    if (reached !== undefined && !better(next!.value, reached)) break;
    taken.push(next!.trial);
    served = next!.served;
    reached = next!.value;
  }
  const serves = Object.fromEntries(instances.names.map((instance, i) => [instance, served[i]!.by]));
  return { trials: taken, value: reached!, serves };
}
