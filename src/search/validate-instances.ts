import type { Round } from "../analysis/validation.ts";
import { show, usage } from "../core/errors.ts";
import { type Instance, type InstanceReducers, reduceInstances, reducerOf } from "../core/instance.ts";
import { normalize } from "../core/normalize.ts";
import type { Objective } from "../core/objective.ts";
import type { TrialReport } from "../core/trial.ts";
import { instancesOf, measuredOn } from "../evaluators/instances.ts";
import type { Prepared } from "./prepare.ts";
import type { RunOnce } from "./repeated-trial.ts";

/** Which instances of an objective are measured again: those that trials saw, those that none saw, or all. */
export type ValidateOn = "over" | "holdout" | "all";

/** What a candidate and the baseline measured on one instance, on average over the rounds. */
export interface InstanceChange {
  readonly instance: string;
  /** The objective. */
  readonly name: string;
  readonly value: number;
  readonly baseline: number;
  /** The difference as a share of |baseline|; NaN where that is 0. */
  readonly relative: number;
}

/** What both reported in one round. */
export interface InstanceRound {
  readonly trial: readonly TrialReport[];
  readonly baseline: readonly TrialReport[];
}

/** What a validation measures on. */
export interface InstancesToValidate {
  readonly on: ValidateOn;
  readonly instances: readonly Instance[];
  readonly reduce: InstanceReducers | undefined;
}

/** The instances to validate on; undefined for an objective without any. Throws a usage error where there are none such. */
export function instancesToValidate(
  objective: unknown,
  given: ValidateOn | undefined,
): InstancesToValidate | undefined {
  const plan = instancesOf(objective);
  if (given !== undefined && !["over", "holdout", "all"].includes(given))
    throw usage(`Expected \`on\` to be "over", "holdout" or "all", got ${show(given)}`);
  if (plan === undefined) {
    if (given === undefined) return undefined;
    throw usage(`Expected an objective with instances to validate on ${show(given)}, got one without`);
  }
  const { over, holdout, reduce } = plan;
  if (given === "holdout" && holdout.length === 0)
    throw usage("Expected instances() to be given a `holdout` to validate on, got none");
  const on = given ?? (holdout.length > 0 ? "holdout" : "over");
  return { on, instances: { over, holdout, all: [...over, ...holdout] }[on], reduce };
}

/** The same search, measured on these instances. */
export function preparedOn<P>(prepared: Prepared<P>, instances: readonly Instance[] | undefined): Prepared<P> {
  const { workload } = prepared;
  const { objective } = workload;
  if (instances === undefined || objective === undefined) return prepared;
  return { ...prepared, workload: { ...workload, objective: measuredOn(objective, instances) } };
}

/**
 * The values of a run by the baseline's in the same round, instance by instance, where the search compares by normalised
 * values: its objectives are reduced as it does.
 */
export function relativeTo(
  { values, reports }: Pick<RunOnce, "values" | "reports">,
  baseline: readonly TrialReport[],
  { names, reduce }: { readonly names: readonly string[]; readonly reduce: InstanceReducers | undefined },
): Round["trial"] {
  const relative = names.map((name) => {
    const ratios = reports.map((report) => ({
      value: normalize(report.values[name]!, on(baseline, report.instance!, name)),
    }));
    const normalized = reduceInstances(ratios, reducerOf(name, { reduce, objectives: names, normalized: true }));
    return [name, { ...values[name]!, normalized }] as const;
  });
  return { ...values, ...Object.fromEntries(relative) };
}

function on(reports: readonly TrialReport[], instance: string, name: string): number {
  return reports.find((report) => report.instance === instance)!.values[name]!;
}

/** How a candidate stands to the baseline on each instance and in each objective. */
export function instanceChanges(
  rounds: readonly InstanceRound[],
  instances: readonly Instance[],
  objectives: readonly Objective[],
): InstanceChange[] {
  return instances.flatMap(({ name: instance }) =>
    objectives.map(({ name }) => {
      const value = mean(rounds.map(({ trial }) => on(trial, instance, name)));
      const baseline = mean(rounds.map((round) => on(round.baseline, instance, name)));
      return {
        instance,
        name,
        value,
        baseline,
        relative: baseline === 0 ? NaN : (value - baseline) / Math.abs(baseline),
      };
    }),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
