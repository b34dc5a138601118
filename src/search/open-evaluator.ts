import { usage } from "../core/errors.ts";
import { type BareTask, cannotKeep, type Evaluator, type EvaluatorFactory, type Workload } from "../core/evaluator.ts";
import { absoluteOf, type Timeout } from "../core/timeout.ts";
import { checkPlaceholders, isCommand } from "../evaluators/command.ts";
import { instancePlaceholders, instancesOf } from "../evaluators/instances.ts";
import { measuring } from "../evaluators/measuring.ts";
import { overInstances } from "../evaluators/over-instances.ts";
import { provide } from "../evaluators/provision.ts";
import { stepLimits } from "../evaluators/step-limits.ts";
import { Throttle } from "../evaluators/throttle.ts";
import type { Space } from "../space/space.ts";

/** Throws a usage error where a command has a placeholder that neither the space, `more` nor a resource stands behind. */
export function checkTemplates(
  objective: unknown,
  space: Space,
  { policy: { resources } }: EvaluatorFactory,
  more: readonly string[] = [],
): void {
  if (!isCommand(objective)) return;
  const plan = instancesOf(objective);
  if (plan !== undefined && space.axes.some(({ name }) => /^instance\b/.test(name)))
    throw usage("Expected no parameter called `instance` beside `instances`: `{instance}` is what is to be measured");
  const names = [
    ...space.axes.map(({ name }) => name),
    ...more,
    ...(plan === undefined ? [] : instancePlaceholders(plan.over.map(({ value }) => value))),
  ];
  checkPlaceholders(objective.templates, names, space.toJSON(), Object.keys(resources));
}

/**
 * Starts an evaluator and provides for its attempts; `baseline` gives the parameters by which `normalize` measures. Throws
 * a usage error when it cannot keep a `timeout` that is asked for, where there can be no scratch directories, or where
 * values are to be normalised and there is no baseline.
 */
export async function openEvaluator<P>(
  chosen: EvaluatorFactory,
  workload: Workload<P>,
  timeout: Timeout | undefined,
  baseline?: () => P,
): Promise<Evaluator<P, BareTask<P>>> {
  if (chosen.policy.normalize !== undefined && baseline === undefined)
    throw usage(
      "Expected a baseline to normalise by: give the search a `baseline`, or every parameter a `default`; a queue has none",
    );
  if (timeout !== undefined && !chosen.info.limits.includes("timeout")) throw cannotKeep(chosen.info, "timeout");
  const evaluator = await chosen.open<P>(workload);
  try {
    const log: Workload["log"] = (line, trial) => workload.log(line, trial);
    const { names } = workload;
    const nothing = (): never => {
      throw usage("Expected a baseline, got none");
    };
    const measured = measuring(stepLimits(evaluator, chosen.policy, workload), {
      policy: chosen.policy,
      names,
      log,
      timeout: absoluteOf(timeout),
      baseline: baseline ?? nothing,
    });
    const whole = overInstances(measured, instancesOf(workload.objective), names);
    return new Throttle(provide(whole, chosen.policy, log), log);
  } catch (error) {
    await evaluator[Symbol.asyncDispose]();
    throw error;
  }
}
