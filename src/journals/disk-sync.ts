import type { Clock } from "../core/clock.ts";

/** Syncs a file to the disk in groups: some time after it was first written to, for all that was written until then. */
export class DiskSync {
  readonly #sync: () => Promise<void>;
  readonly #clock: Clock;
  readonly #every: number;
  readonly #closing = new AbortController();
  #dirty = false;
  #waiting = false;
  #running: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** `every`: milliseconds from a write to the sync that covers it. */
  constructor(sync: () => Promise<void>, clock: Clock, every: number) {
    this.#sync = sync;
    this.#clock = clock;
    this.#every = every;
  }

  /** The file was written to. */
  written(): void {
    this.#dirty = true;
    if (this.#waiting) return;
    this.#waiting = true;
    void this.#clock.sleep(this.#every, this.#closing.signal).then(() => {
      this.#waiting = false;
      this.flush().catch(() => {}); // kept for the next `check`
    });
  }

  /** Resolves once all that was written is on the disk; rejects if a sync has ever failed. */
  async flush(): Promise<void> {
    await this.#running;
    while (this.#dirty) await (this.#running ??= this.#run());
    this.check();
  }

  /** Throws what a sync failed with: what was written before may not be on the disk. */
  check(): void {
    if (this.#failure) throw this.#failure.error;
  }

  /** Flushes, and waits for nothing more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.flush();
  }

  async #run(): Promise<void> {
    this.#dirty = false;
    try {
      await this.#sync();
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      this.#running = undefined;
    }
  }
}
