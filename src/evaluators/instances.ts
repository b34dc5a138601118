import { show, usage, refuseUnknown } from "../core/errors.ts";
import type { TrialContext } from "../core/evaluator.ts";
import {
  checkReducers,
  type Instance,
  type InstanceOrder,
  type InstanceReducers,
  type InstancesDefinition,
} from "../core/instance.ts";
import { isJson, isRecord } from "../core/json.ts";
import { type CommandObjective, isCommand } from "./command.ts";
import { type ForeignObjective, isForeign } from "./foreign-objective.ts";

/** Marks the objectives that {@link instances} makes, also those of another copy of attune. */
export const instancesBrand: unique symbol = Symbol.for("attune.instances") as never;

/** What an objective is measured on. `I` is the type of one instance. */
export interface InstancesOptions<I> {
  /** Every trial is measured on these, as long as it is not pruned. Anything that JSON can say; at least one. */
  readonly over: readonly I[];
  /** Further instances, which trials never see: `validate` measures the winners on them. @default none */
  readonly holdout?: readonly NoInfer<I>[];
  /**
   * What the values of a trial on its instances come to: one for all objectives, or one by measured name. Other names are
   * averaged. @default "mean"; where values are normalised, the geometric mean of the normalised ones
   */
  readonly reduce?: InstanceReducers;
  /**
   * The order in which a trial is measured on its instances, the same for all trials: "shuffled", so that the first few stand
   * for all of them also where the list is sorted, or as "given". @default "shuffled"
   */
  readonly order?: InstanceOrder;
  /** What an instance is called. @default a text itself, the field `name` of an object, else its JSON */
  readonly name?: (instance: I) => string;
}

/** {@link InstancesOptions}, checked and with their names. */
export interface InstancesPlan {
  readonly over: readonly Instance[];
  readonly holdout: readonly Instance[];
  readonly order: InstanceOrder;
  readonly reduce?: InstanceReducers;
  /** What measures one of them. */
  readonly objective: unknown;
}

/** An objective that is measured on several instances. A call measures it on the one in `trial.instance`. */
export interface InstancesObjective<P = unknown, R = unknown> {
  (params: P, trial: TrialContext): R;
  readonly [instancesBrand]: InstancesPlan;
}

/**
 * An objective that is measured on several instances: shapes, traces, prompts, folds. Every trial calls it once for each, in
 * the same order, and comes to their mean, geometric mean or quantile. The values on each stay in the journal as the trial's
 * reports, so that a pruner that compares trials report by report, `wilcoxon()`, ends weak ones after few instances. An
 * instance on which the objective fails fails the trial. `timeout` limits all of a trial's instances together, and `trial.dir`
 * is theirs together; `repeats` and `normalize` hold on each instance. The objective reports nothing itself. A command
 * finds the instance as `{instance}` (`{instance.field}`), a Python function as `trial.instance`, a worker program in `run`.
 * @example
 * objective: instances({ over: ["a.txt", "b.txt"], holdout: ["c.txt"] }, (p, file) => pack(file, p.level))
 * objective: instances({ over: ["a.txt", "b.txt"] }, command(["./pack", "-{level}", "{instance}"]))
 */
export function instances<T extends CommandObjective | ForeignObjective>(
  options: InstancesOptions<unknown>,
  objective: T,
): T & { readonly [instancesBrand]: InstancesPlan };
export function instances<I, P, R>(
  options: InstancesOptions<I>,
  objective: (params: P, instance: I, trial: TrialContext) => R,
): InstancesObjective<P, R>;
export function instances<I, P>(
  options: InstancesOptions<I>,
  objective: (params: P, given: never, trial: TrialContext) => unknown,
): InstancesObjective<P> {
  const plan = planOf(options);
  if (typeof objective !== "function")
    throw usage(`Expected instances() to be given an objective, a function or a command(), got ${show(objective)}`);
  if (instancesBrand in objective) throw usage("Expected instances() to be given an objective without instances");
  const isProgram = isCommand(objective) || isForeign(objective);
  const measure = (params: P, trial: TrialContext): unknown => {
    if (isProgram) return (objective as CommandObjective)(params, trial);
    if (trial.instance === undefined)
      throw new Error("Expected the evaluator to hand over the `instance` of its task, got none");
    return objective(params, trial.instance as never, trial);
  };
  return Object.assign(measure, objective, { [instancesBrand]: { ...plan, objective } });
}

/** The instances of an objective, if it has any. */
export function instancesOf(objective: unknown): InstancesPlan | undefined {
  if (typeof objective !== "function" || !(instancesBrand in objective)) return undefined;
  return objective[instancesBrand] as InstancesPlan;
}

/** What a command can use of such instances: `instance`, and the fields of those that are objects. */
export function instancePlaceholders(instances: readonly unknown[]): string[] {
  const fields = instances.flatMap((value) => (isRecord(value) ? Object.keys(value) : []));
  return ["instance", ...new Set(fields.map((field) => `instance.${field}`))];
}

/** The same objective, to be measured on some of its instances. */
export function measuredOn<F>(objective: F, over: readonly Instance[]): F {
  const inner = objective as F & ((params: unknown, trial: TrialContext) => unknown);
  const plan: InstancesPlan = { ...instancesOf(objective)!, over };
  return Object.assign((params: unknown, trial: TrialContext) => inner(params, trial), inner, {
    [instancesBrand]: plan,
  });
}

/** What a study records of them. */
export function instancesDefinition({ over, order, reduce }: InstancesPlan): InstancesDefinition {
  return { names: over.map(({ name }) => name), order, ...(reduce === undefined ? {} : { reduce }) };
}

function planOf<I>(options: InstancesOptions<I>): Omit<InstancesPlan, "objective"> {
  if (!isRecord(options)) throw usage(`Expected instances() to be given { over, … }, got ${show(options)}`);
  refuseUnknown("instances", options, ["over", "holdout", "reduce", "order", "name"]);
  const { over, holdout = [], reduce, order = "shuffled", name } = options;
  if (name !== undefined && typeof name !== "function")
    throw usage(`Expected \`instances.name\` to be a function, got ${show(name)}`);
  if (order !== "shuffled" && order !== "given")
    throw usage(`Expected \`instances.order\` to be "shuffled" or "given", got ${show(order)}`);
  if (reduce !== undefined) checkReducers(reduce, "instances.reduce");
  if (!Array.isArray(over) || over.length === 0)
    throw usage(`Expected \`instances.over\` to be a list of at least one instance, got ${show(over)}`);
  if (!Array.isArray(holdout))
    throw usage(`Expected \`instances.holdout\` to be a list of instances, got ${show(holdout)}`);
  const names = new Map<string, string>();
  const listed = (list: readonly I[], key: string): Instance[] =>
    list.map((value: I, i) => {
      const where = `instances.${key}[${i}]`;
      if (!isJson(value)) throw usage(`Expected \`${where}\` to be something that JSON can say, got ${show(value)}`);
      const called = name === undefined ? nameOf(value) : name(value);
      if (typeof called !== "string" || called === "")
        throw usage(`Expected the name of \`${where}\` to be a text, got ${show(called)}`);
      const other = names.get(called);
      if (other !== undefined)
        throw usage(`Expected instances to have different names, got ${show(called)} of \`${other}\` and \`${where}\``);
      names.set(called, where);
      return { name: called, value };
    });
  return {
    over: listed(over, "over"),
    holdout: listed(holdout, "holdout"),
    order,
    ...(reduce === undefined ? {} : { reduce }),
  };
}

function nameOf(value: Instance["value"]): string {
  if (typeof value === "string") return value;
  if (isRecord(value) && typeof value["name"] === "string") return value["name"];
  return JSON.stringify(value);
}
