import { isAttemptFailed } from "../core/attempt-failed.ts";
import { AttuneError, messageOf } from "../core/errors.ts";
import type { Evaluator, Task } from "../core/evaluator.ts";
import type { Awaitable } from "../core/json.ts";
import { failed, type Outcome } from "../core/outcome.ts";
import { Slots } from "./slots.ts";
import { cancelled, CLOSED } from "./supervision.ts";
import { whenAborted } from "./when-aborted.ts";

/** One worker of a pool. It runs one trial at a time. */
export interface PoolWorker<P> {
  /** Until it can run trials: resolves when it can, and rejects if it never will. */
  readonly starting: Promise<void> | undefined;
  /** Whether it can run another trial. */
  readonly usable: boolean;
  /** Never rejects: whatever the objective does is an outcome. */
  run(task: Task<P>): Promise<Outcome>;
  /** Ends it and everything that it started. What it runs is cancelled. May be called twice. */
  end(): Promise<void>;
}

/** Runs trials on at most so many workers, which are started when they are needed and replaced when they are gone. */
export class Pool<P> implements Evaluator<P> {
  readonly concurrency: number;
  readonly #start: (index: number) => PoolWorker<P>;
  readonly #close: () => void;
  readonly #slots: Slots;
  /** The worker of each place; none where it was not needed yet, or is gone. */
  readonly #workers: (PoolWorker<P> | undefined)[];
  readonly #ending = new Set<Promise<void>>();
  /** Whether any worker was ever ready: the module and the Node are right, then. */
  #proven = false;
  #closed = false;

  /** `start` is called with the worker's place, from 0, and `close` when all workers have ended. */
  constructor(workers: number, start: (index: number) => PoolWorker<P>, close: () => void) {
    this.concurrency = workers;
    this.#start = start;
    this.#close = close;
    this.#slots = new Slots(workers);
    this.#workers = Array.from({ length: workers }, () => undefined);
  }

  async evaluate(task: Task<P>): Promise<Outcome> {
    if (this.#closed) throw new AttuneError("evaluator", `Cannot run trial ${task.number}: the evaluator is closed`);
    const taken = this.#slots.take(task.signal);
    const place = typeof taken === "number" ? taken : await taken;
    if (place === undefined) return this.#closed ? CLOSED : cancelled(task.signal.reason);
    try {
      return await this.#runAt(place, task);
    } finally {
      if (this.#workers[place]?.usable === false) this.#drop(place);
      this.#slots.release(place);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#slots.dismiss();
    for (let place = 0; place < this.#workers.length; place++) this.#drop(place);
    await Promise.all(this.#ending);
    this.#close();
  }

  #runAt(place: number, task: Task<P>): Awaitable<Outcome> {
    if (this.#closed) return CLOSED;
    if (task.signal.aborted) return cancelled(task.signal.reason);
    const worker = this.#workers[place];
    return worker?.usable && !worker.starting ? worker.run(task) : this.#startAndRun(place, task);
  }

  async #startAndRun(place: number, task: Task<P>): Promise<Outcome> {
    try {
      const worker = this.#workerAt(place);
      if (worker.starting) {
        await readyOrAborted(worker.starting, task.signal);
        if (task.signal.aborted) return cancelled(task.signal.reason);
        this.#proven = true;
      }
      return worker.run(task);
    } catch (error) {
      if (this.#closed) return CLOSED;
      if (isAttemptFailed(error)) return { state: "failed", failure: error["attune.failure"] };
      if (!this.#proven) throw error;
      return failed("lost", messageOf(error)); // others have run: the machine is at fault, for now
    }
  }

  #workerAt(place: number): PoolWorker<P> {
    const worker = this.#workers[place];
    if (worker?.usable) return worker;
    this.#drop(place);
    try {
      return (this.#workers[place] = this.#start(place));
    } catch (error) {
      throw new AttuneError("evaluator", `Cannot start a worker: ${messageOf(error)}`, { cause: error });
    }
  }

  #drop(place: number): void {
    const worker = this.#workers[place];
    if (worker === undefined) return;
    this.#workers[place] = undefined;
    const ended = worker.end().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }
}

/** Waits for a promise, but no longer than until the signal aborts. Rejects as the promise does. */
function readyOrAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const release = whenAborted(signal, resolve);
    promise.then(resolve, reject).finally(release);
  });
}
