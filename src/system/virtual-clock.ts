import type { Clock } from "../core/clock.ts";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * The time of a simulation. It passes only when nothing else happens: while nobody holds it, and once all promises that
 * can settle have, it leaps to the first sleeper's time, wakes that one, and again waits until all is quiet. Those that
 * sleep until the same time wake in the order in which they fell asleep, each after everything that the one before has
 * set off: what happens does not depend on how fast this machine is. Nothing is scheduled while nobody sleeps.
 */
export class VirtualClock implements Clock {
  readonly #began: number;
  /** Milliseconds since it began: sums of these are more exact than those of times since 1970. */
  #elapsed = 0;
  /** By time, the first one last. */
  readonly #sleepers: Sleeper[] = [];
  #holds = 0;
  #leaping = false;

  /** @param began what it shows first, in milliseconds since 1970. */
  constructor(began: number = Date.now()) {
    this.#began = began;
  }

  now(): number {
    return this.#began + this.#elapsed;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const rouse = (): void => {
        forget();
        resolve();
      };
      const forget = this.after(ms, () => {
        signal?.removeEventListener("abort", rouse);
        resolve();
      });
      signal?.addEventListener("abort", rouse, { once: true });
    });
  }

  /** Calls back after `ms` milliseconds, unless what it returns is called before. */
  after(ms: number, wake: () => void): () => void {
    const sleeper = { at: this.#elapsed + Math.max(0, ms), wake };
    this.#sleepers.splice(this.#placeOf(sleeper.at), 0, sleeper);
    this.#leap();
    return () => {
      const at = this.#sleepers.lastIndexOf(sleeper);
      if (at >= 0) this.#sleepers.splice(at, 1);
    };
  }

  hold(): () => void {
    this.#holds++;
    let holding = true;
    return () => {
      if (!holding) return;
      holding = false;
      this.#holds--;
      this.#leap();
    };
  }

  /** Where a sleeper belongs: before all that wake no later than it. */
  #placeOf(at: number): number {
    let [low, high] = [0, this.#sleepers.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sleepers[middle]!.at > at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Wakes the next sleeper once everything that can settle has: a turn of the event loop comes after all of it. */
  #leap(): void {
    if (this.#leaping || this.#holds > 0 || this.#sleepers.length === 0) return;
    this.#leaping = true;
    setImmediate(() => {
      this.#leaping = false;
      if (this.#holds > 0) return;
      const next = this.#sleepers.pop();
      if (next === undefined) return;
      this.#elapsed = Math.max(this.#elapsed, next.at);
      next.wake();
      this.#leap();
    });
  }
}
