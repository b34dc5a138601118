import { type BareTask, cannotKeep, type Evaluator, type EvaluatorFactory, type Workload } from "../core/evaluator.ts";
import type { Timeout } from "../core/timeout.ts";
import { checkPlaceholders, isCommand } from "../evaluators/command.ts";
import { provide } from "../evaluators/provision.ts";
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
  const names = [...space.axes.map(({ name }) => name), ...more];
  checkPlaceholders(objective.templates, names, space.toJSON(), Object.keys(resources));
}

/** Starts an evaluator and provides for its attempts. Throws a usage error when it cannot keep a `timeout` that is asked for, or where there can be no scratch directories. */
export async function openEvaluator<P>(
  chosen: EvaluatorFactory,
  workload: Workload<P>,
  timeout: Timeout | undefined,
): Promise<Evaluator<P, BareTask<P>>> {
  if (timeout !== undefined && !chosen.info.limits.includes("timeout")) throw cannotKeep(chosen.info, "timeout");
  const evaluator = await chosen.open<P>(workload);
  try {
    const provided = provide(evaluator, chosen.policy, (line, trial) => workload.log(line, trial));
    return new Throttle(provided, (line) => workload.log(line));
  } catch (error) {
    await evaluator[Symbol.asyncDispose]();
    throw error;
  }
}
