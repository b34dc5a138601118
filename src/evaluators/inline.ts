import { AttuneError, expectNumber, refuseUnknown, usage } from "../core/errors.ts";
import {
  defineEvaluator,
  type Evaluator,
  type EvaluatorDefinition,
  type ObjectiveFunction,
  type Task,
  type Workload,
} from "../core/evaluator.ts";
import type { Outcome } from "../core/outcome.ts";
import { realClock } from "../system/clock.ts";
import { Attempt } from "./attempt.ts";
import { Deadlines } from "./deadlines.ts";
import { cancelled, Supervision, tookTooLong } from "./supervision.ts";

/** Options of {@link inline}. */
export interface InlineOptions {
  /** How many trials run at a time: useful for objectives that wait. @default 1 */
  readonly workers?: number;
}

/** Milliseconds that an objective has to end once its signal aborts. */
const GRACE = 100;
/** Milliseconds to wait for a worker when objectives that ignore their signals hold all of them. */
const PATIENCE = 10_000;

/**
 * Runs objectives in this process: closures, and no cost per trial to speak of. Nothing is isolated. An objective that
 * goes on after its time or its search is over holds its worker until it settles; one that never waits cannot be cut
 * short, its result is then a failure of kind `timeout`.
 */
export const inline: EvaluatorDefinition<InlineOptions> = defineEvaluator<InlineOptions>(
  {
    name: "inline",
    summary: "In this process; takes closures, isolates nothing",
    closures: true,
    isolates: false,
    limits: ["workers", "timeout"],
  },
  (options) => {
    refuseUnknown("inline", options, ["workers"]);
    const workers = expectNumber("workers", options.workers ?? 1, { low: 1, integer: true });
    return async (workload) => new Inline(workload, workload.workers ?? workers);
  },
);

class Inline<P> implements Evaluator<P> {
  readonly #objective: ObjectiveFunction<P>;
  readonly #workload: Workload<P>;
  readonly #workers: number;
  readonly #changed: (() => void)[] = [];
  readonly #under = new Set<Supervision>();
  readonly #deadlines = new Deadlines();
  readonly #place = { pid: process.pid };
  /** Workers held by objectives whose outcomes are known already, and those who wait for one. */
  #held = 0;
  #freed: (() => void)[] = [];
  #closed = false;

  constructor(workload: Workload<P>, workers: number) {
    if (typeof workload.objective !== "function")
      throw usage("Expected inline() to be given an objective function, got none");
    this.#objective = workload.objective;
    this.#workload = workload;
    this.#workers = workers;
  }

  /** At least 1: when all workers are held, the next trial waits for one, and not for ever. */
  get concurrency(): number {
    return Math.max(1, this.#workers - this.#held);
  }

  watch(changed: () => void): void {
    this.#changed.push(changed);
  }

  async evaluate(task: Task<P>): Promise<Outcome> {
    if (this.#closed) throw new AttuneError("evaluator", `Cannot run trial ${task.number}: the evaluator is closed`);
    if (this.#held >= this.#workers) await this.#wait(task);
    const { signal, timeout } = task;
    if (signal.aborted) return cancelled(signal.reason);
    task.placed(this.#place);
    const began = timeout === undefined ? 0 : performance.now();
    const attempt = new Attempt(task, this.#workload);
    const running = attempt.run(this.#objective, task.params);
    if (timeout !== undefined && performance.now() - began > timeout) return tookTooLong(timeout);
    return running instanceof Promise ? this.#supervise(task, attempt, running) : running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const under = [...this.#under];
    for (const one of under) one.cut({ state: "cancelled", reason: "the evaluator is closed" });
    await Promise.all(under.map(({ outcome }) => outcome));
    this.#deadlines.close();
  }

  #supervise(task: Task<P>, attempt: Attempt, running: Promise<Outcome>): Promise<Outcome> {
    const supervision = new Supervision(task, running, {
      grace: GRACE,
      deadlines: this.#deadlines,
      interrupt: (reason) => attempt.abort(new DOMException(reason, "AbortError")),
      abandon: () => this.#hold(task.number, running),
      over: () => this.#under.delete(supervision),
    });
    this.#under.add(supervision);
    return supervision.outcome;
  }

  #hold(number: number, running: Promise<Outcome>): void {
    this.#held++;
    this.#workload.log(`trial ${number} goes on after its signal aborted; its worker is held until it ends`, number);
    this.#tell();
    void running.then(() => {
      this.#held--;
      const waiting = this.#freed;
      this.#freed = [];
      for (const wake of waiting) wake();
      this.#tell();
    });
  }

  #tell(): void {
    for (const changed of this.#changed) changed();
  }

  async #wait({ signal }: Task<P>): Promise<void> {
    const ended = new AbortController();
    this.#freed.push(() => ended.abort());
    await realClock.sleep(PATIENCE, AbortSignal.any([ended.signal, signal]));
    if (this.#held < this.#workers || signal.aborted) return;
    throw new AttuneError(
      "evaluator",
      `Every worker of inline() is held by an objective that went on for ${PATIENCE} ms after its signal aborted. ` +
        "Let it listen to `trial.signal`, or use processes(), which ends it",
    );
  }
}
