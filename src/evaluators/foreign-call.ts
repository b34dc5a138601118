import { AttemptFailed } from "../core/attempt-failed.ts";
import type { Task, TrialContext } from "../core/evaluator.ts";
import type { Json } from "../core/json.ts";
import { isPruned, TrialPruned } from "../core/pruned.ts";
import { RetryLater } from "../core/retry-later.ts";
import { textOf } from "./command-template.ts";
import type { Foreign } from "./foreign.ts";
import { foreignBrand, type ForeignObjective } from "./foreign-objective.ts";
import { openForeign } from "./open-foreign.ts";

/**
 * Makes an objective of a program. attune's evaluators look behind the function and keep the program as their worker;
 * whoever calls it, an evaluator of one's own, gets a fresh process for the call.
 */
export function foreignObjective(foreign: Foreign, json: Json): ForeignObjective {
  const objective: ForeignObjective = Object.assign(
    (params: unknown, trial: TrialContext) => call(objective, params, trial),
    { [foreignBrand]: foreign, toJSON: () => json },
  );
  return objective;
}

async function call(objective: ForeignObjective, params: unknown, trial: TrialContext): Promise<unknown> {
  const { number, attempt, baseline, seed, names, leases, dir, signal, instance: value } = trial;
  const log = (line: string): void => trial.log(line);
  await using pool = openForeign({ objective, names, log }, objective, { name: "objective", workers: 1, once: true });
  const report: Task["report"] = (step, values) =>
    trial.report(step, values).then(
      () => "continue",
      (error: unknown) => {
        if (isPruned(error)) return "prune";
        throw error;
      },
    );
  const reportSync = (): never => {
    throw new Error("a process reports in messages");
  };
  const told = { placed: () => {}, report, reportSync };
  const about = value === undefined ? {} : { instance: { name: textOf(value), value } };
  const outcome = await pool.evaluate({
    number,
    attempt,
    params,
    baseline,
    seed,
    signal,
    dir,
    leases,
    ...about,
    ...told,
  });
  if (outcome.state === "complete") return outcome.values;
  if (outcome.state === "pruned") throw new TrialPruned();
  if (outcome.state === "later") throw new RetryLater(outcome.after, outcome.reason);
  if (outcome.state === "failed") throw new AttemptFailed(outcome.failure);
  throw signal.reason;
}
