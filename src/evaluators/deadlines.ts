import { realClock } from "../system/clock.ts";

interface Due {
  /** On the scale of `performance.now()`. */
  readonly at: number;
  readonly act: () => void;
}

/** Milliseconds after which an alarm has come late. */
const LATE = 50;

/**
 * The time limits of all attempts of one evaluator under one timer: an attempt that keeps its limit, as nearly all do,
 * costs an entry in a set. Close it, or its timer keeps the process alive until the last limit.
 */
export class Deadlines {
  readonly #due = new Set<Due>();
  #wake = Infinity;
  #sleep: AbortController | undefined = undefined;

  /** Calls `act` after `ms` milliseconds, unless what it returns is called before. */
  add(ms: number, act: () => void): () => void {
    const due = { at: performance.now() + ms, act };
    this.#due.add(due);
    if (due.at < this.#wake) void this.#arm(due.at);
    return () => this.#due.delete(due);
  }

  /** Forgets all limits. */
  close(): void {
    this.#due.clear();
    this.#sleep?.abort();
  }

  async #arm(wake: number): Promise<void> {
    this.#sleep?.abort();
    const sleep = (this.#sleep = new AbortController());
    this.#wake = wake;
    await realClock.sleep(Math.max(1, Math.ceil(wake - performance.now())), sleep.signal);
    if (sleep.signal.aborted) return;
    // this process was suspended or busy: what ended in time may wait to be read
    if (performance.now() - wake > LATE) await realClock.sleep(1);
    this.#wake = Infinity;
    const now = performance.now();
    const over = [...this.#due].filter(({ at }) => at <= now);
    for (const due of over) this.#due.delete(due);
    for (const { act } of over) act();
    const next = Math.min(...[...this.#due].map(({ at }) => at));
    if (next < this.#wake) void this.#arm(next);
  }
}
