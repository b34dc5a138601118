import type { AttemptPolicy } from "../core/attempt-policy.ts";
import type { Evaluator, Task, Workload } from "../core/evaluator.ts";
import { judged } from "../core/measure.ts";
import type { Outcome } from "../core/outcome.ts";
import type { Verdict } from "../core/pruner.ts";

/**
 * Lets every run of the objective go on until it has reported `minSteps`, whatever the pruner says, and ends it at `maxSteps`,
 * complete with what it reported there. An evaluator of which neither is asked is returned as it is.
 */
export function stepLimits<P>(
  evaluator: Evaluator<P>,
  { minSteps = 0, maxSteps = Infinity }: Pick<AttemptPolicy, "minSteps" | "maxSteps">,
  { names, limited }: Pick<Workload, "names" | "limited">,
): Evaluator<P> {
  if (minSteps === 0 && maxSteps === Infinity) return evaluator;
  const evaluate = async (task: Task<P>): Promise<Outcome> => {
    let reached: Outcome | undefined;
    const limit = (step: number, values: Readonly<Record<string, number>>, verdict: Verdict): Verdict => {
      if (step >= maxSteps) reached ??= judged(values, names, limited);
      return reached !== undefined ? "prune" : step < minSteps ? "continue" : verdict;
    };
    const outcome = await evaluator.evaluate({
      ...task,
      report: async (step, values) => limit(step, values, await task.report(step, values)),
      reportSync: (step, values) => limit(step, values, task.reportSync(step, values)),
    });
    return outcome.state === "pruned" && reached !== undefined ? reached : outcome;
  };
  return {
    get concurrency() {
      return evaluator.concurrency;
    },
    evaluate,
    watch: (changed) => evaluator.watch?.(changed),
    [Symbol.asyncDispose]: () => evaluator[Symbol.asyncDispose](),
  };
}
