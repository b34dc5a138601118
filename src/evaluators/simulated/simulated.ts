import { AttuneError, expectNumber, refuseUnknown, usage } from "../../core/errors.ts";
import {
  defineEvaluator,
  type Evaluator,
  type EvaluatorDefinition,
  type ObjectiveFunction,
  type Task,
  type Workload,
} from "../../core/evaluator.ts";
import type { Outcome } from "../../core/outcome.ts";
import { realClock } from "../../system/clock.ts";
import { VirtualClock } from "../../system/virtual-clock.ts";
import { Deadlines } from "../deadlines.ts";
import { isForeign } from "../foreign-objective.ts";
import { Slots } from "../slots.ts";
import { cancelled, CLOSED } from "../supervision.ts";
import { Plan, SIMULATED_TIMES, type SimulatedTimes } from "./plan.ts";
import { SimulatedAttempt } from "./simulated-attempt.ts";

/** Options of {@link simulated}. */
export interface SimulatedOptions extends SimulatedTimes {
  /** How many trials run at a time. @default 1 */
  readonly workers?: number;
}

/**
 * Runs trials in virtual time: a discrete-event simulation of a search, in which hours pass in microseconds. The
 * objective, a function of this process, only computes a trial's value, or looks it up; the time that the trial takes is
 * what `duration` and `step` say. All times of the search are virtual: time limits, timeouts, durations, what the journal
 * holds. Time stands still while anything works for real, and the same seed gives the same simulation.
 * @example simulated({ workers: 8, duration: ({ random }) => 3_600_000 * (1 + random.uniform()), failure: 0.02 })
 */
export const simulated: EvaluatorDefinition<SimulatedOptions> = defineEvaluator<SimulatedOptions>(
  {
    name: "simulated",
    summary: "In this process and in virtual time: hours pass in microseconds",
    closures: true,
    programs: false,
    isolates: "nothing",
    limits: ["workers", "timeout"],
  },
  (options) => {
    refuseUnknown("simulated", options, ["workers", ...SIMULATED_TIMES]);
    const { workers = 1, ...times } = options;
    expectNumber("workers", workers, { low: 1, integer: true });
    const plan = new Plan(times);
    return async (workload) => new Simulated(workload, workload.workers ?? workers, plan);
  },
);

/** How long closing waits for what still works for real, in milliseconds. */
const GRACE = 5_000;

class Simulated<P> implements Evaluator<P> {
  readonly clock: VirtualClock = new VirtualClock();
  readonly concurrency: number;
  readonly #workload: Workload<P>;
  readonly #objective: ObjectiveFunction<P>;
  readonly #plan: Plan;
  readonly #slots: Slots;
  readonly #running = new Set<SimulatedAttempt<P>>();
  readonly #deadlines = new Deadlines();
  /** What works for real. */
  readonly #working = new Set<Promise<unknown>>();
  #closed = false;

  constructor(workload: Workload<P>, workers: number, plan: Plan) {
    const { objective } = workload;
    if (typeof objective !== "function" || isForeign(objective))
      throw usage("Expected the objective for simulated() to be a function of this process, or a command");
    this.#objective = objective;
    this.#workload = workload;
    this.#plan = plan;
    this.concurrency = workers;
    this.#slots = new Slots(workers);
  }

  async evaluate(task: Task<P>): Promise<Outcome> {
    if (this.#closed) throw new AttuneError("evaluator", `Cannot run trial ${task.number}: the evaluator is closed`);
    const taken = this.#slots.take(task.signal);
    const worker = typeof taken === "number" ? taken : await taken;
    if (worker === undefined) return this.#closed ? CLOSED : cancelled(task.signal.reason);
    try {
      if (this.#closed) return CLOSED;
      if (task.signal.aborted) return cancelled(task.signal.reason);
      return await this.#run(task, worker);
    } finally {
      this.#slots.release(worker);
    }
  }

  async #run(task: Task<P>, worker: number): Promise<Outcome> {
    const attempt = new SimulatedAttempt(task, {
      clock: this.clock,
      plan: this.#plan,
      worker,
      objective: this.#objective,
      workload: this.#workload,
      deadlines: this.#deadlines,
      works: (work) => {
        this.#working.add(work);
        void work.then(() => this.#working.delete(work));
      },
    });
    this.#running.add(attempt);
    try {
      return await attempt.outcome;
    } finally {
      this.#running.delete(attempt);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#slots.dismiss();
    for (const attempt of this.#running) attempt.end(CLOSED);
    // commands that were ended need a moment for it; a function may never settle
    const patience = new AbortController();
    await Promise.race([Promise.all(this.#working), realClock.sleep(GRACE, patience.signal)]);
    patience.abort();
    this.#deadlines.close();
  }
}
