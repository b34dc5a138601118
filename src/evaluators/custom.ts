import { usage } from "../core/errors.ts";
import type { Task, Workload } from "../core/evaluator.ts";
import type { Awaitable } from "../core/json.ts";
import type { Outcome } from "../core/outcome.ts";
import { Attempt } from "./attempt.ts";
import { cancelled, reasonOf } from "./supervision.ts";
import { whenAborted } from "./when-aborted.ts";

/**
 * Runs one attempt of a workload's objective in this process, for evaluators of your own: makes the `trial` that the
 * objective is handed, and an outcome of whatever it does. Never rejects. The outcome comes at once when the objective
 * is synchronous. When the task's signal aborts, so does `trial.signal`, and the attempt counts as cut short once the
 * objective has settled; nothing forces it to. `task.timeout` is yours to keep. `worker` is the number of your worker
 * that runs it, from 0; you call `task.placed` yourself. Throws a usage error if there is no objective in this process.
 * @example evaluate: async (task) => (task.placed("here"), attempt(task, workload))
 */
export function attempt<P>(
  task: Task<P>,
  workload: Workload<P>,
  { worker = 0 }: { readonly worker?: number } = {},
): Awaitable<Outcome> {
  const { objective } = workload;
  if (typeof objective !== "function") throw usage("Expected the workload to hold an objective function, got none");
  const { signal, number } = task;
  if (signal.aborted) return cancelled(signal.reason);
  const log = (line: string): void => workload.log(line, number);
  const running = new Attempt({ ...task, worker, log }, workload);
  const release = whenAborted(signal, () =>
    running.abort(new DOMException(reasonOf(cancelled(signal.reason)), "AbortError")),
  );
  const end = (outcome: Outcome): Outcome => {
    release();
    return signal.aborted ? cancelled(signal.reason) : outcome;
  };
  const outcome = running.run(objective, task.params);
  return outcome instanceof Promise ? outcome.then(end) : end(outcome);
}
