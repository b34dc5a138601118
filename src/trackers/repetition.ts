import { realClock } from "../system/clock.ts";

/** Something that is done every so many milliseconds until it is ended. What it throws ends it too, and is thrown at the end. */
export class Repetition {
  readonly #over = new AbortController();
  readonly #done: Promise<void>;
  #failure: { readonly error: unknown } | undefined = undefined;

  constructor(every: number, work: () => void | Promise<void>) {
    const repeat = async (): Promise<void> => {
      for (;;) {
        await realClock.sleep(every, this.#over.signal);
        if (this.#over.signal.aborted) return;
        await work();
      }
    };
    this.#done = repeat().catch((error: unknown) => {
      this.#failure = { error };
    });
  }

  async end(): Promise<void> {
    this.#over.abort();
    await this.#done;
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
