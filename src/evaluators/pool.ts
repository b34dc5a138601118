import { AttuneError } from "../core/errors.ts";
import type { Evaluator, Task } from "../core/evaluator.ts";
import type { Outcome } from "../core/outcome.ts";
import { cancelled } from "./supervision.ts";

/** One worker of a pool. It runs one trial at a time. */
export interface PoolWorker<P> {
  /** Whether it can run another trial. */
  readonly usable: boolean;
  /** Rejects only if the worker cannot be started; whatever the objective does is an outcome. */
  run(task: Task<P>): Promise<Outcome>;
  /** Ends it and everything that it started. What it runs is cancelled. May be called twice. */
  end(): Promise<void>;
}

/** Runs trials on at most so many workers, which are started when they are needed and replaced when they are gone. */
export class Pool<P> implements Evaluator<P> {
  readonly concurrency: number;
  readonly #start: (index: number) => PoolWorker<P>;
  readonly #close: () => void;
  /** The worker of each place; none where it was not needed yet, or is gone. */
  readonly #workers: (PoolWorker<P> | undefined)[];
  /** Free places, the last one used on top: its worker is warm. */
  readonly #free: number[];
  readonly #waiting: ((place: number) => void)[] = [];
  readonly #ending = new Set<Promise<void>>();
  #closed = false;

  /** `start` is called with the worker's place, from 0, and `close` when all workers have ended. */
  constructor(workers: number, start: (index: number) => PoolWorker<P>, close: () => void) {
    this.concurrency = workers;
    this.#start = start;
    this.#close = close;
    this.#workers = Array.from({ length: workers }, () => undefined);
    this.#free = Array.from({ length: workers }, (_, i) => workers - 1 - i);
  }

  async evaluate(task: Task<P>): Promise<Outcome> {
    if (this.#closed) throw new AttuneError("evaluator", `Cannot run trial ${task.number}: the evaluator is closed`);
    const place = this.#free.pop() ?? (await new Promise<number>((take) => this.#waiting.push(take)));
    try {
      if (this.#closed) return { state: "cancelled", reason: "the evaluator is closed" };
      if (task.signal.aborted) return cancelled(task.signal.reason);
      let worker = this.#workers[place];
      if (!worker?.usable) {
        this.#drop(place);
        worker = this.#workers[place] = this.#start(place);
      }
      return await worker.run(task);
    } finally {
      if (this.#workers[place]?.usable === false) this.#drop(place);
      const next = this.#waiting.shift();
      if (next) next(place);
      else this.#free.push(place);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (let place = 0; place < this.#workers.length; place++) this.#drop(place);
    await Promise.all(this.#ending);
    this.#close();
  }

  #drop(place: number): void {
    const worker = this.#workers[place];
    if (worker === undefined) return;
    this.#workers[place] = undefined;
    const ended = worker.end().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }
}
