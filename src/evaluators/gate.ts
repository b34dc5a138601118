import { whenAborted } from "./when-aborted.ts";

interface Waiting {
  readonly alone: boolean;
  readonly enter: () => void;
}

/** Lets many in together, or one alone, in the order in which they came. */
export class Gate {
  readonly #waiting: Waiting[] = [];
  #inside = 0;
  #alone = false;

  /** Resolves with how to leave, once one may enter; with undefined if the signal aborts before. */
  enter(signal: AbortSignal, { alone = false }: { readonly alone?: boolean } = {}): Promise<(() => void) | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const waiting: Waiting = {
        alone,
        enter: () => {
          release();
          this.#inside++;
          this.#alone = alone;
          resolve(() => this.#leave());
        },
      };
      const release = whenAborted(signal, () => {
        release();
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        this.#admit();
        resolve(undefined);
      });
      this.#waiting.push(waiting);
      this.#admit();
    });
  }

  #leave(): void {
    this.#inside--;
    this.#alone = false;
    this.#admit();
  }

  #admit(): void {
    for (;;) {
      const [next] = this.#waiting;
      if (next === undefined || this.#alone || (next.alone && this.#inside > 0)) return;
      this.#waiting.shift();
      next.enter();
    }
  }
}
