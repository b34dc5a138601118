import type { Clock } from "../core/clock.ts";
import { expectNumber } from "../core/errors.ts";

/** How often a runner is asked. */
export interface RhythmOptions {
  /** Milliseconds until the first poll, and between polls while something happens. @default 1000 */
  readonly every?: number;
  /** By how much each poll that shows nothing new puts off the next one. @default 1.5 */
  readonly factor?: number;
  /** The most milliseconds between polls. @default 60 000 */
  readonly longest?: number;
}

/** When to poll next: exponential back-off while nothing happens, and soon again once something has. */
export class Rhythm {
  readonly #clock: Clock;
  readonly #every: number;
  readonly #factor: number;
  readonly #longest: number;
  #pause: number;
  #next = Infinity;
  #bell = new AbortController();
  #stopped = false;

  constructor(clock: Clock, { every = 1_000, factor = 1.5, longest = 60_000 }: RhythmOptions) {
    this.#clock = clock;
    this.#every = every;
    this.#factor = factor;
    this.#longest = Math.max(every, longest);
    this.#pause = every;
  }

  /** Throws a usage error for what cannot be. */
  static check({ every, factor, longest }: RhythmOptions): void {
    if (every !== undefined) expectNumber("every", every, { above: 0 });
    if (factor !== undefined) expectNumber("factor", factor, { low: 1 });
    if (longest !== undefined) expectNumber("longest", longest, { above: 0 });
  }

  /** Resolves when it is time to poll. */
  async beat(): Promise<void> {
    this.#next = this.#clock.now() + this.#pause;
    this.#pause = Math.min(this.#pause * this.#factor, this.#longest);
    for (let left = this.#left; left > 0; left = this.#left) {
      this.#bell = new AbortController();
      await this.#clock.sleep(left, this.#bell.signal);
    }
  }

  /** Something has happened: more may follow. */
  hurry(): void {
    this.#pause = this.#every;
    const soon = this.#clock.now() + this.#every;
    if (soon >= this.#next) return;
    this.#next = soon;
    this.#bell.abort();
  }

  /** Nothing is waited for any more. */
  stop(): void {
    this.#stopped = true;
    this.#bell.abort();
  }

  get #left(): number {
    return this.#stopped ? 0 : this.#next - this.#clock.now();
  }
}
