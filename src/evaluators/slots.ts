import { whenAborted } from "./when-aborted.ts";

interface Waiting {
  take(slot: number | undefined): void;
  refuse(error: Error): void;
}

/** The places of an evaluator's workers, from 0. Whoever comes when all are taken waits for one, in order. */
export class Slots {
  /** Free ones, the last one used on top: its worker is warm. */
  readonly #free: number[];
  readonly #waiting = new Set<Waiting>();

  constructor(count: number) {
    this.#free = Array.from({ length: count }, (_, i) => count - 1 - i);
  }

  /** A free one at once, or the next that is released; undefined if the signal aborts or all are dismissed before. */
  take(signal: AbortSignal): number | Promise<number | undefined> {
    return this.#free.pop() ?? this.#wait(signal);
  }

  release(slot: number): void {
    for (const first of this.#waiting) return first.take(slot);
    this.#free.push(slot);
  }

  /** Whoever waits does so no longer: gets none, or the error. */
  dismiss(error?: Error): void {
    for (const waiting of this.#waiting) {
      if (error) waiting.refuse(error);
      else waiting.take(undefined);
    }
  }

  #wait(signal: AbortSignal): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#waiting.delete(waiting);
        release();
      };
      const waiting: Waiting = {
        take(slot) {
          end();
          resolve(slot);
        },
        refuse(error) {
          end();
          reject(error);
        },
      };
      const release = whenAborted(signal, () => waiting.take(undefined));
      this.#waiting.add(waiting);
      if (signal.aborted) waiting.take(undefined);
    });
  }
}
