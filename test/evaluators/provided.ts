import { mkdirSync } from "node:fs";
import { type AttemptOptions, attemptPolicy } from "../../src/core/attempt-policy.ts";
import type { BareTask, Evaluator, Task } from "../../src/core/evaluator.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import { provide } from "../../src/evaluators/provision.ts";

/** An attempt to be evaluated. */
export function bareTask(number: number, given: Partial<BareTask> = {}): BareTask {
  return {
    number,
    attempt: 1,
    params: {},
    baseline: false,
    seed: 0,
    signal: new AbortController().signal,
    placed: () => {},
    report: () => "continue",
    reportSync: () => "continue",
    ...given,
  };
}

/** An evaluator that does that, provided for; with what was logged. */
export function provided(
  options: AttemptOptions,
  evaluate: (task: Task) => Promise<Outcome>,
  concurrency = 8,
): { evaluator: Evaluator<unknown, BareTask>; logged: string[] } {
  const logged: string[] = [];
  const inner: Evaluator = { concurrency, evaluate, [Symbol.asyncDispose]: async () => {} };
  return { evaluator: provide(inner, attemptPolicy(options), (line) => logged.push(line)), logged };
}

/** Makes the scratch directory, as an objective's first look does. */
export function look({ dir }: Task): string {
  mkdirSync(dir, { recursive: true });
  return dir;
}
