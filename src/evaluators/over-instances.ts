import { held } from "../core/clock.ts";
import type { Evaluator, Task } from "../core/evaluator.ts";
import { type Instance, instanceOrder, reducedNames, reduceInstances, reducerOf } from "../core/instance.ts";
import { failed, type Measured, type Outcome } from "../core/outcome.ts";
import type { ReportDetails } from "../core/trial.ts";
import { realClock } from "../system/clock.ts";
import type { InstancesPlan } from "./instances.ts";
import { costOf } from "./repeated.ts";
import { type Complete, Runs } from "./runs.ts";

/** What an objective measured on one instance. */
interface OnInstance {
  readonly instance: Instance;
  readonly outcome: Complete;
}

/**
 * Makes of every attempt one run for each instance, in the same order for all trials: each is a report of the trial, after
 * which it may be pruned, and all together are reduced to its outcome. An evaluator without instances is returned as it is.
 */
export function overInstances<P>(
  evaluator: Evaluator<P>,
  plan: InstancesPlan | undefined,
  names: readonly string[],
): Evaluator<P> {
  if (plan === undefined) return evaluator;
  const inOrder = instanceOrder(plan.over.length, plan.order).map((place) => plan.over[place]!);
  return {
    get concurrency() {
      return evaluator.concurrency;
    },
    clock: evaluator.clock,
    async evaluate(task) {
      const runs = new Runs(evaluator, task);
      const done: OnInstance[] = [];
      for (const instance of inOrder) {
        const outcome = await runs.on(instance);
        if (outcome.state !== "complete") return named(outcome, instance);
        done.push({ instance, outcome });
        const verdict = await held(evaluator.clock ?? realClock, async () => report(task, done));
        if (verdict === "prune" && done.length < inOrder.length) return { state: "pruned" };
      }
      return reduced(done, plan, names);
    },
    watch: (changed) => evaluator.watch?.(changed),
    [Symbol.asyncDispose]: () => evaluator[Symbol.asyncDispose](),
  };
}

/** Tells what the last instance measured; of the cost, what all have cost so far. */
function report<P>(task: Task<P>, done: readonly OnInstance[]): ReturnType<Task["report"]> {
  const { instance, outcome } = done.at(-1)!;
  const measured = Object.entries(outcome.values);
  const { cost } = costOf(done.map((each) => each.outcome));
  const of = (part: (measured: Measured) => number | undefined): Readonly<Record<string, number>> | undefined => {
    const known = measured.flatMap(([name, each]) => {
      const value = part(each);
      return value === undefined ? [] : [[name, value] as const];
    });
    return known.length === 0 ? undefined : Object.fromEntries(known);
  };
  const [stderr, normalized] = [of((each) => each.stderr), of((each) => each.normalized?.value)];
  const details: ReportDetails = {
    instance: instance.name,
    ...(stderr === undefined ? {} : { stderr }),
    ...(normalized === undefined ? {} : { normalized }),
  };
  return task.report(done.length, { ...of(({ value }) => value), ...(cost === undefined ? {} : { cost }) }, details);
}

/** A failure says on which instance it was. */
function named(outcome: Outcome, { name }: Instance): Outcome {
  if (outcome.state !== "failed") return outcome;
  const { failure } = outcome;
  return { ...outcome, failure: { ...failure, message: `on instance ${name}: ${failure.message}` } };
}

/** One outcome of all instances: each name over those that gave it. */
function reduced(done: readonly OnInstance[], { reduce }: InstancesPlan, objectives: readonly string[]): Outcome {
  const values: Record<string, Measured> = {};
  const given = new Set([...done.flatMap(({ outcome }) => Object.keys(outcome.values)), ...reducedNames(reduce)]);
  for (const name of given) {
    const on = done.filter(({ outcome }) => Object.hasOwn(outcome.values, name));
    if (on.length === 0)
      return failed("invalid", `Expected the objective to return \`${name}\`, which \`instances.reduce\` names`);
    const raw = on.map(({ outcome }) => outcome.values[name]!);
    const relative = raw.flatMap(({ normalized }) => normalized ?? []);
    const one = reduceNamed(name, on, raw, reducerOf(name, { reduce, objectives, normalized: false }));
    if ("state" in one) return one;
    values[name] = one;
    if (relative.length === 0) continue;
    const normalized = reduceNamed(name, on, relative, reducerOf(name, { reduce, objectives, normalized: true }));
    if ("state" in normalized) return normalized;
    values[name] = { ...one, normalized };
  }
  const cut = done.some(({ outcome }) => outcome.atLeast);
  return {
    state: "complete",
    values,
    ...(cut ? { atLeast: true } : {}),
    ...costOf(done.map(({ outcome }) => outcome)),
    ...normalizedBy(done, reduce, objectives),
  };
}

function reduceNamed(
  name: string,
  on: readonly OnInstance[],
  values: Parameters<typeof reduceInstances>[0],
  how: ReturnType<typeof reducerOf>,
): ReturnType<typeof reduceInstances> | Extract<Outcome, { state: "failed" }> {
  const wrong = how === "geometricMean" ? values.findIndex(({ value }) => value <= 0) : -1;
  if (wrong < 0) return reduceInstances(values, how);
  return failed(
    "invalid",
    `Expected \`${name}\` to be > 0 for the geometric mean, got ${values[wrong]!.value} on instance ${on[wrong]!.instance.name}: ` +
      'give instances() `reduce: "mean"` or a quantile',
  );
}

/** The baseline by which they were normalised, its values reduced as the trial's are. */
function normalizedBy(
  done: readonly OnInstance[],
  reduce: InstancesPlan["reduce"],
  objectives: readonly string[],
): Pick<Complete, "normalizedBy"> {
  const baselines = done.flatMap(({ outcome }) => outcome.normalizedBy ?? []);
  if (baselines.length === 0) return {};
  const values = objectives.map((name) => {
    const how = reducerOf(name, { reduce, objectives, normalized: false });
    return [
      name,
      reduceInstances(
        baselines.map((each) => ({ value: each.values[name]! })),
        how,
      ).value,
    ] as const;
  });
  return { normalizedBy: { place: baselines[0]!.place, values: Object.fromEntries(values) } };
}
