import type { AttemptPolicy } from "../core/attempt-policy.ts";
import { messageOf } from "../core/errors.ts";
import type { BareTask, Evaluator } from "../core/evaluator.ts";
import type { Json } from "../core/json.ts";
import { failed, type FailureKind, type FinalOutcome, type Outcome } from "../core/outcome.ts";
import { workerOf } from "../core/place.ts";
import type { Verdict } from "../core/pruner.ts";
import type { Random } from "../core/random.ts";
import type { ReportDetails, TrialReport } from "../core/trial.ts";
import { realClock } from "../system/clock.ts";
import { JobRecord } from "./queue-job.ts";

/** How long objectives that never wait may keep timers and signals from their turn, in milliseconds. */
const TURN = 20;

interface DispatchOptions<P> {
  readonly evaluator: Evaluator<P, BareTask<P>>;
  readonly retry: AttemptPolicy["retry"];
  /** Milliseconds for one attempt. */
  readonly timeout: number | undefined;
  /** Where the seeds of the jobs come from. */
  readonly random: Random;
  /** What the objective is handed for a configuration. */
  readonly handed: (params: P) => P;
  readonly launched: (job: JobRecord<P>) => void;
  readonly reported: (job: JobRecord<P>, report: TrialReport) => Verdict;
  readonly finished: (job: JobRecord<P>) => void;
  /** The evaluator rejected a task: it can run nothing any more. */
  readonly broken: (error: unknown) => void;
}

/**
 * Keeps an evaluator busy with jobs, in their order, whatever the caller does meanwhile: the end of one starts the next.
 * Jobs that wait are entries of a list and nothing else.
 */
export class Dispatch<P> {
  readonly jobs: JobRecord<P>[] = [];
  readonly #options: DispatchOptions<P>;
  readonly #running = new Map<JobRecord<P>, AbortController>();
  /** Controllers of jobs that are over, for the next ones: making one costs as much as all else about a job. */
  readonly #spare: AbortController[] = [];
  /** The number of the next job to start. */
  #next = 0;
  #stopped = false;
  #idle: (() => void)[] = [];
  /** When jobs began to start without timers having had their turn; undefined after they had it. */
  #since: number | undefined = undefined;
  #starved = false;

  constructor(options: DispatchOptions<P>) {
    this.#options = options;
    options.evaluator.watch?.(() => this.#fill());
  }

  /** How many run. */
  get running(): number {
    return this.#running.size;
  }

  /** How many have not begun. */
  get queued(): number {
    return this.jobs.length - this.#next;
  }

  /** Takes further configurations; what runs first does so after the caller's present turn. */
  add(configs: readonly P[]): JobRecord<P>[] {
    const now = realClock.now();
    const added = configs.map((params, i) => new JobRecord(this.jobs.length + i, params, now));
    for (const job of added) this.jobs.push(job);
    queueMicrotask(() => this.#fill());
    return added;
  }

  /** Starts nothing more. */
  halt(): void {
    this.#stopped = true;
  }

  /** Cancels what waits and what runs, and starts nothing more. Resolves when nothing runs. */
  stop(reason: string): Promise<void> {
    this.halt();
    for (const [job, controller] of this.#running) {
      job.state = "stopping";
      controller.abort(reason);
    }
    while (this.#next < this.jobs.length) this.#finish(this.jobs[this.#next++]!, { state: "cancelled", reason });
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #fill(): void {
    const { evaluator } = this.#options;
    while (!this.#stopped && this.#next < this.jobs.length && this.#running.size < evaluator.concurrency) {
      if (this.#mustYield()) return;
      void this.#run(this.jobs[this.#next++]!);
    }
  }

  /** Objectives that never wait settle without a turn of the event loop; so now and then the next one waits for it. */
  #mustYield(): boolean {
    if (this.#since === undefined) {
      this.#since = performance.now();
      void realClock.sleep(0).then(() => {
        this.#since = undefined;
        const starved = this.#starved;
        this.#starved = false;
        if (starved) this.#fill();
      });
    }
    return (this.#starved ||= performance.now() - this.#since > TURN);
  }

  async #run(job: JobRecord<P>): Promise<void> {
    const controller = this.#spare.pop() ?? new AbortController();
    const { signal } = controller;
    this.#running.set(job, controller);
    let broken: { readonly error: unknown } | undefined;
    const outcome = await this.#attempts(job, signal).catch((error: unknown): FinalOutcome => {
      if (signal.aborted) return { state: "cancelled", reason: messageOf(signal.reason) };
      broken = { error };
      return failed("lost", `the evaluator is broken: ${messageOf(error)}`);
    });
    this.#running.delete(job);
    if (!signal.aborted) this.#spare.push(controller);
    this.#finish(job, outcome);
    if (broken !== undefined) this.#options.broken(broken.error);
    if (this.#running.size === 0) for (const idle of this.#idle.splice(0)) idle();
    this.#fill();
  }

  /** Runs the job until an attempt has an outcome that is not to be tried again. */
  async #attempts(job: JobRecord<P>, signal: AbortSignal): Promise<FinalOutcome> {
    const { evaluator, retry } = this.#options;
    const again: Partial<Record<FailureKind, number>> = {};
    for (;;) {
      job.begin();
      const task = new JobTask(job, signal, this.#options);
      const outcome = await evaluator.evaluate(task.bare);
      task.over(outcome);
      if (outcome.state === "later" && !signal.aborted) {
        await realClock.sleep(outcome.after, signal);
        if (!signal.aborted) continue;
      }
      if (outcome.state === "later") return { state: "cancelled", reason: messageOf(signal.reason) };
      if (outcome.state !== "failed" || signal.aborted) return outcome;
      const { kind } = outcome.failure;
      const used = again[kind] ?? 0;
      if (used >= retry[kind]) return outcome;
      again[kind] = used + 1;
    }
  }

  #finish(job: JobRecord<P>, outcome: FinalOutcome): void {
    this.#options.evaluator.over?.({ number: job.number, state: outcome.state });
    job.end(outcome, realClock.now());
    this.#options.finished(job);
  }
}

/** One attempt of a job, and its clock. */
class JobTask<P> {
  readonly bare: BareTask<P>;
  readonly #job: JobRecord<P>;
  readonly #launched: (job: JobRecord<P>) => void;
  #began = performance.now();
  #placed = false;

  constructor(job: JobRecord<P>, signal: AbortSignal, options: DispatchOptions<P>) {
    const { number, attempt } = job;
    const { timeout, random, handed } = options;
    const report = (step: number, values: TrialReport["values"], details?: ReportDetails): Verdict => {
      const given = { step, values, ...details };
      job.report(given);
      return options.reported(job, given);
    };
    this.#job = job;
    this.#launched = options.launched;
    this.bare = {
      number,
      attempt,
      params: handed(job.params),
      baseline: false,
      seed: (random.fork(number).uniform() * 0x100000000) >>> 0,
      signal,
      ...(timeout === undefined ? {} : { timeout }),
      placed: (where) => this.#place(where),
      report,
      reportSync: report,
    };
  }

  /** The attempt is over. It did run, also where the evaluator did not say so, unless it was cancelled. */
  over({ state }: Outcome): void {
    if (state !== "cancelled") this.#place(null);
    if (this.#placed) this.#job.duration = Math.round(1e3 * (performance.now() - this.#began)) / 1e3;
  }

  #place(where: Json): void {
    if (this.#placed) return;
    this.#placed = true;
    const job = this.#job;
    if (where !== null) this.#began = performance.now();
    job.worker = workerOf(where);
    if (job.state === "queued") job.state = "running";
    if (job.startedAt !== undefined) return;
    job.startedAt = realClock.now();
    this.#launched(job);
  }
}
