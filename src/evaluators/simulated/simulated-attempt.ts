import type { ObjectiveFunction, Task, Workload } from "../../core/evaluator.ts";
import { failed, type Outcome } from "../../core/outcome.ts";
import type { Verdict } from "../../core/pruner.ts";
import type { VirtualClock } from "../../system/virtual-clock.ts";
import { Attempt } from "../attempt.ts";
import type { Deadlines } from "../deadlines.ts";
import { cancelled, reasonOf, tookTooLong } from "../supervision.ts";
import { whenAborted } from "../when-aborted.ts";
import type { Plan } from "./plan.ts";

type Values = Readonly<Record<string, number>>;

/** The least real time, in milliseconds, that an objective with a limit has. */
const PATIENCE = 1_000;

interface Parts<P> {
  readonly clock: VirtualClock;
  readonly plan: Plan;
  readonly worker: number;
  readonly objective: ObjectiveFunction<P>;
  readonly workload: Workload<P>;
  /** Of real time. */
  readonly deadlines: Deadlines;
  /** Told of what works for real until it settles, which may be long after the attempt's end. */
  works(work: Promise<unknown>): void;
}

/**
 * One attempt in virtual time: its duration passes, then the objective is called, and time stands still while that
 * works, except before each report that it awaits. A timeout or an abort ends the attempt at its very moment. Time that
 * stands still never comes to a timeout: so an objective may take no longer for real, either, than its whole limit, or
 * a second where that is more.
 */
export class SimulatedAttempt<P> {
  readonly outcome: Promise<Outcome>;
  readonly #task: Task<P>;
  readonly #parts: Parts<P>;
  readonly #ignore: () => void;
  readonly #stopTimeout: () => void;
  #resolve!: (outcome: Outcome) => void;
  #over = false;
  #pruned = false;
  #stopWaiting: () => void = () => {};
  #forgive: () => void = () => {};
  #release: (() => void) | undefined = undefined;
  #running: Attempt | undefined = undefined;
  #reported: Promise<unknown> = Promise.resolve();

  /** Begins at once. Throws a usage error where the plan cannot be. */
  constructor(task: Task<P>, parts: Parts<P>) {
    const { clock, plan, worker } = parts;
    const { timeout, signal } = task;
    const [duration, failure] = [plan.duration(task), plan.failure(task)];
    this.#task = task;
    this.#parts = parts;
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    task.placed({ worker });
    this.#stopWaiting = clock.after(duration, () =>
      failure === undefined ? this.#run() : this.end(failed(failure, `a simulated failure (${failure})`)),
    );
    // after it: what takes exactly as long as it may is in time
    this.#stopTimeout = timeout === undefined ? () => {} : clock.after(timeout, () => this.end(tookTooLong(timeout)));
    this.#ignore = whenAborted(signal, () => this.end(cancelled(signal.reason)));
  }

  /** Ends it with that outcome, whatever the objective comes to. The first call counts. */
  end(outcome: Outcome): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopWaiting();
    this.#stopTimeout();
    this.#forgive();
    this.#ignore();
    this.#running?.abort(new DOMException(reasonOf(outcome), "AbortError"));
    this.#resolve(outcome);
    this.#release?.();
  }

  #run(): void {
    const { clock, worker, objective, workload, deadlines } = this.#parts;
    const { number, params } = this.#task;
    const attempt = new Attempt(
      {
        ...this.#task,
        worker,
        report: (step, values) => this.#report(step, values),
        log: (line) => workload.log(line, number),
      },
      workload,
    );
    this.#release = clock.hold();
    this.#running = attempt;
    const outcome = attempt.run(objective, params);
    if (!(outcome instanceof Promise)) return this.#finish(outcome);
    this.#parts.works(outcome);
    void outcome.then((value) => this.#finish(value));
    const { timeout } = this.#task;
    if (timeout === undefined) return;
    const patience = Math.max(PATIENCE, timeout);
    this.#forgive = deadlines.add(patience, () => this.end(tookTooLong(timeout)));
  }

  #finish(outcome: Outcome): void {
    this.#running = undefined;
    this.end(outcome);
  }

  /** Whether nobody hears reports any more. */
  get #deaf(): boolean {
    return this.#over || this.#pruned;
  }

  /** One report after the other, also of an objective that awaits none of them. */
  #report(step: number, values: Values): Promise<Verdict> {
    const report = this.#reported.then(async () => {
      const { clock, plan } = this.#parts;
      const ms = plan.step(this.#task, step);
      if (ms > 0 && !this.#deaf) {
        this.#release?.();
        await new Promise<void>((resolve) => {
          const forget = clock.after(ms, resolve);
          this.#stopWaiting = () => {
            forget();
            resolve();
          };
        });
        if (!this.#over) this.#release = clock.hold();
      }
      const verdict = this.#deaf ? "prune" : await this.#task.report(step, values);
      this.#pruned ||= verdict === "prune";
      return verdict;
    });
    this.#reported = report.catch(() => {});
    return report;
  }
}
