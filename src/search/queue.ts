import { resolve } from "node:path";
import type { AttemptPolicy } from "../core/attempt-policy.ts";
import { AttuneError, expectNumber, messageOf, refuseUnknown, show, usage } from "../core/errors.ts";
import type { BareTask, Evaluator } from "../core/evaluator.ts";
import type { Random } from "../core/random.ts";
import type { Values } from "../core/trial.ts";
import type { Space } from "../space/space.ts";
import { realClock } from "../system/clock.ts";
import { Dispatch } from "./queue-dispatch.ts";
import { cellsOf, type DumpOptions, ResultsFile } from "./queue-dump.ts";
import { asFinished, type FinishedJob, type Job, type JobRecord } from "./queue-job.ts";
import { Listening, type QueueListeners } from "./queue-listeners.ts";
import { copyConfigurations, plainCopy } from "./queue-params.ts";

/** What a queue is made of. */
export interface QueueParts<P, V> {
  /** The queue disposes it. */
  readonly evaluator: Evaluator<P, BareTask<P>>;
  readonly retry: AttemptPolicy["retry"];
  readonly space: Space<P> | undefined;
  /** What every objective call is handed beside its configuration. */
  readonly fixed: object | undefined;
  readonly random: Random;
  readonly timeout: number | undefined;
  readonly timeLimit: number | undefined;
  readonly on: QueueListeners<P, V>;
  readonly warn: (message: string) => void;
}

/** How many jobs are where, and how many can run at a time. */
export interface QueueStatus {
  readonly submitted: number;
  readonly queued: number;
  readonly running: number;
  /** Ended, in whatever way. */
  readonly finished: number;
  /** Handed out by `gather` or `close`. */
  readonly gathered: number;
  readonly workers: number;
}

/** A `gather` that waits. */
interface Waiter<P, V> {
  readonly ready: () => boolean;
  readonly note: (job: JobRecord<P>) => void;
  readonly resolve: (jobs: FinishedJob<P, V>[]) => void;
}

/**
 * Submit and gather: runs configurations of your choice on any evaluator, in the background. Made by `openQueue`.
 * However a job fails, it comes back as data; whatever happens, each job ends in one record.
 */
export class Queue<P = unknown, V = Values> implements AsyncDisposable {
  readonly #parts: QueueParts<P, V>;
  readonly #dispatch: Dispatch<P>;
  readonly #listening: Listening<P, V>;
  readonly #files = new Map<string, ResultsFile>();
  readonly #waiters = new Set<Waiter<P, V>>();
  readonly #over = new AbortController();
  /** In the order in which they ended. */
  readonly #ended: JobRecord<P>[] = [];
  /** Of these, those that nobody has gathered, and those that `close` cancelled. */
  #done: JobRecord<P>[] = [];
  readonly #cancelled: JobRecord<P>[] = [];
  #gathered = 0;
  /** Why it takes no more jobs. */
  #refusal: AttuneError | undefined = undefined;
  #closing: Promise<FinishedJob<P, V>[]> | undefined = undefined;

  /** Use `openQueue`. */
  constructor(parts: QueueParts<P, V>) {
    const { evaluator, retry, timeout, random, fixed } = parts;
    this.#parts = parts;
    this.#listening = new Listening(parts.on, parts.warn);
    this.#dispatch = new Dispatch<P>({
      evaluator,
      retry,
      timeout,
      random,
      handed: (params) => plainCopy(fixed === undefined ? params : { ...fixed, ...params }, "the configuration"),
      launched: (job) => this.#listening.launch(job),
      reported: (job, report) => this.#listening.report(job, report),
      finished: (job) => this.#finished(job),
      broken: (error) => this.#broken(error),
    });
    if (parts.timeLimit !== undefined) void this.#limit(parts.timeLimit);
  }

  /** Every job, by number. */
  get jobs(): readonly Job<P>[] {
    return this.#dispatch.jobs;
  }

  get status(): QueueStatus {
    const { jobs, queued, running } = this.#dispatch;
    return {
      submitted: jobs.length,
      queued,
      running,
      finished: this.#ended.length,
      gathered: this.#gathered,
      workers: this.#parts.evaluator.concurrency,
    };
  }

  /**
   * Queues configurations and returns their jobs at once. All are checked first: a usage error means that none was
   * taken. Throws when the queue is closed, its time limit is over or its evaluator is broken.
   */
  submit(configs: readonly P[]): Job<P>[] {
    if (this.#refusal !== undefined) throw this.#refusal;
    return this.#dispatch.add(copyConfigurations(configs, this.#parts));
  }

  /**
   * Jobs that have ended and were not gathered before, in the order in which they ended. `"all"` waits for every job
   * submitted so far; `"batch"` until there are at least `size`, and gives all there are. A batch that is larger than
   * what is pending waits for that, and warns; when nothing is pending or ungathered the answer is [].
   */
  async gather(mode: "all"): Promise<FinishedJob<P, V>[]>;
  async gather(mode: "batch", size?: number): Promise<FinishedJob<P, V>[]>;
  async gather(mode: "all" | "batch", size = 1): Promise<FinishedJob<P, V>[]> {
    if (mode !== "all" && mode !== "batch")
      throw usage(`Expected \`mode\` of gather() to be "all" or "batch", got ${show(mode)}`);
    expectNumber("size", size, { integer: true, low: 1 });
    if (mode === "all") {
      const before = this.#dispatch.jobs.length;
      let left = this.#pending;
      return this.#until(
        () => left === 0,
        ({ number }) => {
          if (number < before) left--;
        },
      );
    }
    const there = this.#pending + this.#done.length;
    if (size > there && there > 0)
      this.#parts.warn(
        `gather("batch", ${size}) asks for more jobs than the ${there} that are there: it waits for these`,
      );
    return this.#until(() => this.#done.length >= size || this.#pending === 0);
  }

  /**
   * Writes the jobs that have ended to `results.csv` in a directory, which is made if it is missing; later calls append
   * those that ended since. Resolves with the path of the file, or with undefined while no job has ended: then nothing
   * is written. A file of somebody else is kept under another name. Columns that come up later widen the whole file.
   */
  async dump(directory: string, options: DumpOptions<P, V> = {}): Promise<string | undefined> {
    refuseUnknown("dump", options, ["columns"]);
    const cells = cellsOf<P, V>(options.columns, this.#parts.space);
    const path = resolve(directory, "results.csv");
    if (this.#ended.length === 0) return undefined;
    const file = this.#files.get(path) ?? new ResultsFile(path, this.#parts.warn);
    this.#files.set(path, file);
    await file.add(asFinished<P, V>(this.#ended), cells);
    return path;
  }

  /**
   * Cancels what waits and what runs, and resolves with these jobs once nothing of them is left. What had ended before
   * can still be gathered and dumped. May be called again, with the same answer.
   */
  close(): Promise<FinishedJob<P, V>[]> {
    return (this.#closing ??= this.#close());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<FinishedJob<P, V>[]> {
    this.#refusal = usage("Cannot submit: the queue is closed");
    this.#over.abort();
    this.#dispatch.halt();
    await Promise.resolve(); // a listener may close the queue again: `#closing` is set now
    await this.#dispatch.stop("the queue is closed");
    this.#handOut(this.#cancelled);
    const cancelled = asFinished<P, V>(this.#cancelled);
    try {
      await this.#parts.evaluator[Symbol.asyncDispose]();
    } finally {
      await this.#listening.close(cancelled);
    }
    return cancelled;
  }

  /** How many have not ended. */
  get #pending(): number {
    return this.#dispatch.jobs.length - this.#ended.length;
  }

  #finished(job: JobRecord<P>): void {
    this.#ended.push(job);
    const closed = this.#closing !== undefined && job.state === "cancelled";
    (closed ? this.#cancelled : this.#done).push(job);
    for (const waiter of this.#waiters) waiter.note(job);
    this.#listening.done(job as unknown as FinishedJob<P, V>);
    this.#wake();
  }

  async #until(ready: () => boolean, note: Waiter<P, V>["note"] = () => {}): Promise<FinishedJob<P, V>[]> {
    return ready() ? this.#take() : new Promise((resolve) => this.#waiters.add({ ready, note, resolve }));
  }

  #wake(): void {
    for (const waiter of this.#waiters) {
      if (!waiter.ready()) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(this.#take());
    }
  }

  #take(): FinishedJob<P, V>[] {
    const taken = this.#done;
    this.#done = [];
    this.#handOut(taken);
    const jobs = asFinished<P, V>(taken);
    if (jobs.length > 0) this.#listening.gather(jobs);
    return jobs;
  }

  #handOut(jobs: readonly JobRecord<P>[]): void {
    const now = realClock.now();
    for (const job of jobs) job.gatheredAt = now;
    this.#gathered += jobs.length;
  }

  async #limit(ms: number): Promise<void> {
    await realClock.sleep(ms, this.#over.signal);
    if (this.#over.signal.aborted) return;
    const reason = `the time limit of ${ms} ms is over`;
    this.#refusal ??= usage(`Cannot submit: ${reason} of this queue`);
    await this.#dispatch.stop(reason);
  }

  #broken(error: unknown): void {
    if (this.#refusal !== undefined) return;
    const reason = `the evaluator is broken: ${messageOf(error)}`;
    this.#refusal = new AttuneError("evaluator", `Cannot submit: ${reason}`, { cause: error });
    this.#parts.warn(`${reason}; the queue cancels its jobs and takes no more`);
    void this.#dispatch.stop(reason);
  }
}
