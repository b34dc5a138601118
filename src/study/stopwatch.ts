import type { Clock } from "../core/clock.ts";

/** How long a search works: the time since its start, without its pauses. */
export class Stopwatch {
  readonly #clock: Clock;
  readonly #began: number;
  /** Milliseconds of the pauses that are over. */
  #held = 0;
  #since: number | undefined = undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#began = clock.now();
  }

  /** Milliseconds since the start, pauses included. */
  get #uptime(): number {
    return this.#clock.now() - this.#began;
  }

  /** Milliseconds since the start, without pauses. */
  get elapsed(): number {
    return (this.#since ?? this.#uptime) - this.#held;
  }

  get paused(): boolean {
    return this.#since !== undefined;
  }

  pause(): void {
    this.#since ??= this.#uptime;
  }

  continue(): void {
    if (this.#since === undefined) return;
    this.#held += this.#uptime - this.#since;
    this.#since = undefined;
  }

  /** When this much will have elapsed if nothing pauses it, in milliseconds since 1970; never while it is paused. */
  timeOf(elapsed: number): number {
    return this.paused ? Infinity : this.#began + elapsed + this.#held;
  }
}
