import { AttuneError, expectNumber, refuseUnknown, usage } from "../core/errors.ts";
import {
  defineEvaluator,
  type Evaluator,
  type EvaluatorDefinition,
  type ObjectiveFunction,
  type Task,
  type Workload,
} from "../core/evaluator.ts";
import type { Awaitable } from "../core/json.ts";
import type { Outcome } from "../core/outcome.ts";
import { realClock } from "../system/clock.ts";
import { underEither } from "../system/waiting.ts";
import { Attempt } from "./attempt.ts";
import { isForeign } from "./foreign-objective.ts";
import { openForeign } from "./open-foreign.ts";
import { Deadlines } from "./deadlines.ts";
import { Slots } from "./slots.ts";
import { cancelled, CLOSED, Supervision, tookTooLong } from "./supervision.ts";

/** Options of {@link inline}. */
export interface InlineOptions {
  /** How many trials run at a time: useful for objectives that wait. @default 1 */
  readonly workers?: number;
}

/** Milliseconds that an objective has to end once its signal aborts. */
const GRACE = 100;
/** Milliseconds to wait for a worker when objectives that ignore their signals hold all of them. */
const PATIENCE = 10_000;
/** How long an objective may hold a worker before there is a word about it, in milliseconds. */
const NOTICE = 1000;

/**
 * Runs objectives in this process: closures, and no cost per trial to speak of. Nothing is isolated. With a `timeout` the
 * objective's signal aborts when its time is over, and the attempt is a failure of kind `timeout`; an objective that goes
 * on after its time or its search is over holds its worker until it settles. **One that never waits cannot be ended**:
 * nothing else runs until it returns, late, which a line of the log says once. `threads()` and `processes()` end it.
 * Leased tokens are found in `trial.leases` only, since the environment belongs to all trials.
 */
export const inline: EvaluatorDefinition<InlineOptions> = defineEvaluator<InlineOptions>(
  {
    name: "inline",
    summary: "In this process; takes closures, isolates nothing",
    closures: true,
    isolates: "nothing",
    limits: ["workers", "timeout"],
  },
  (options) => {
    refuseUnknown("inline", options, ["workers"]);
    const workers = expectNumber("workers", options.workers ?? 1, { low: 1, integer: true });
    return async (workload) =>
      isForeign(workload.objective)
        ? openForeign(workload, workload.objective, { name: "inline", workers })
        : new Inline(workload, workload.workers ?? workers);
  },
);

class Inline<P> implements Evaluator<P> {
  readonly #objective: ObjectiveFunction<P>;
  readonly #workload: Workload<P>;
  readonly #workers: number;
  readonly #slots: Slots;
  readonly #changed: (() => void)[] = [];
  readonly #under = new Set<Supervision>();
  readonly #deadlines = new Deadlines();
  readonly #places: readonly { readonly worker: number; readonly pid: number }[];
  /** Workers held by objectives whose outcomes are known already. */
  #held = 0;
  #warned = false;
  #closed = false;
  readonly #closing = new AbortController();

  constructor(workload: Workload<P>, workers: number) {
    if (typeof workload.objective !== "function")
      throw usage("Expected inline() to be given an objective function, got none");
    this.#objective = workload.objective;
    this.#workload = workload;
    this.#workers = workers;
    this.#slots = new Slots(workers);
    this.#places = Array.from({ length: workers }, (_, worker) => ({ worker, pid: process.pid }));
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
    const taken = this.#slots.take(task.signal);
    const worker = typeof taken === "number" ? taken : await taken;
    if (worker === undefined) return this.#closed ? CLOSED : cancelled(task.signal.reason);
    if (!task.signal.aborted && !this.#closed) return this.#run(task, worker);
    this.#slots.release(worker);
    return this.#closed ? CLOSED : cancelled(task.signal.reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#slots.dismiss();
    const under = [...this.#under];
    for (const one of under) one.cut(CLOSED);
    await Promise.all(under.map(({ outcome }) => outcome));
    this.#deadlines.close();
    this.#closing.abort();
  }

  /** The worker is free again when the objective has settled, which may be long after its outcome is known. */
  #run(task: Task<P>, worker: number): Awaitable<Outcome> {
    const { number, timeout } = task;
    task.placed(this.#places[worker]!);
    const began = timeout === undefined ? 0 : performance.now();
    const log = (line: string): void => this.#workload.log(line, number);
    const attempt = new Attempt({ ...task, worker, log }, this.#workload);
    const running = attempt.run(this.#objective, task.params);
    const late = timeout !== undefined && performance.now() - began > timeout ? tookTooLong(timeout) : undefined;
    if (late) this.#warn(number, timeout!);
    if (!(running instanceof Promise)) {
      this.#slots.release(worker);
      return late ?? running;
    }
    void running.then(() => this.#slots.release(worker));
    const supervision = new Supervision(task, running, {
      grace: GRACE,
      deadlines: this.#deadlines,
      interrupt: (reason) => attempt.abort(new DOMException(reason, "AbortError")),
      abandon: () => this.#hold(number, running),
      over: () => this.#under.delete(supervision),
    });
    this.#under.add(supervision);
    if (late) supervision.cut(late);
    return supervision.outcome;
  }

  #warn(number: number, timeout: number): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#workload.log(
      `trial ${number} went on beyond its limit of ${timeout} ms without waiting for anything: inline() cannot end such ` +
        "an objective, threads() and processes() can",
      number,
    );
  }

  #hold(number: number, running: Promise<Outcome>): void {
    this.#held++;
    void this.#sayHeld(number, running);
    if (this.#held === this.#workers) void this.#losePatience();
    this.#tell();
    void running.then(() => {
      this.#held--;
      this.#tell();
    });
  }

  /** A command, which is being ended, takes a moment and holds up nobody: of that there is nothing to say. */
  async #sayHeld(number: number, running: Promise<Outcome>): Promise<void> {
    const over = new AbortController();
    void running.then(() => over.abort());
    await underEither([over.signal, this.#closing.signal], (either) => realClock.sleep(NOTICE, either));
    if (over.signal.aborted || this.#closed) return;
    this.#workload.log(`trial ${number} goes on after its signal aborted; its worker is held until it ends`, number);
  }

  #tell(): void {
    for (const changed of this.#changed) changed();
  }

  /** While all workers are held, those that wait for one are refused from time to time. */
  async #losePatience(): Promise<void> {
    await realClock.sleep(PATIENCE, this.#closing.signal);
    if (this.#held < this.#workers || this.#closed) return;
    this.#slots.dismiss(
      new AttuneError(
        "evaluator",
        `Every worker of inline() is held by an objective that went on for ${PATIENCE} ms after its signal aborted. ` +
          "Let it listen to `trial.signal`, or use processes(), which ends it",
      ),
    );
    void this.#losePatience();
  }
}
