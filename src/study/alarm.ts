import type { Clock } from "../core/clock.ts";

/** Rings at a time of a clock. Once set it stays so while earlier reasons for it come and go: setting it again is cheap. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  /** When it rings next, in milliseconds since 1970. */
  #at = Infinity;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at a time, unless it rings before anyway. Nothing rings once the signal has aborted. */
  set(at: number, signal: AbortSignal): void {
    if (at < this.#at) void this.#wait(at, signal);
  }

  async #wait(at: number, signal: AbortSignal): Promise<void> {
    this.#at = at;
    await this.#clock.sleep(at - this.#clock.now(), signal);
    if (this.#at === at) this.#at = Infinity;
    this.#ring();
  }
}
