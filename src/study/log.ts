import type { StudyEvent } from "../core/event.ts";
import type { Journal } from "../core/journal.ts";

/** Hears of every event once it is part of the study. */
export type Hear<T> = (event: StudyEvent, about: T) => void;

/**
 * The study's end of its journal: what is appended is applied in the journal's order, after whatever other processes
 * wrote before it. Without a journal the events are applied at once.
 */
export class Log<T> {
  readonly #journal: Journal | undefined;
  readonly #apply: (event: StudyEvent, row?: Float64Array) => T;
  readonly #hear: Hear<T>;
  #applied: number;
  #turn: Promise<unknown> = Promise.resolve();
  /** How much work is under way or waits for its turn. */
  #pending = 0;

  /** `applied` events of the journal are part of the study already. */
  constructor(
    journal: Journal | undefined,
    apply: (event: StudyEvent, row?: Float64Array) => T,
    hear: Hear<T>,
    applied: number,
  ) {
    this.#journal = journal;
    this.#applied = applied;
    this.#apply = apply;
    this.#hear = hear;
  }

  /** How many events are part of the study. */
  get length(): number {
    return this.#applied;
  }

  /** Reads what the journal holds beyond what was applied. `silent` keeps it from the listener. */
  async catchUp(silent = false): Promise<void> {
    await this.#alone(() => this.#read(Infinity, silent));
  }

  /** Appends the events as one and applies them; resolves with what the first one is about. `row` belongs to the last. */
  append(events: readonly StudyEvent[], row?: Float64Array): Promise<T> {
    const journal = this.#journal;
    if (journal === undefined && this.#pending === 0) return this.#atOnce(() => this.#takeAll(events, row));
    return this.#alone(async () => {
      if (journal !== undefined) {
        const index = await journal.append(events);
        if (index > this.#applied) await this.#read(index, false);
      }
      return this.#takeAll(events, row);
    });
  }

  #takeAll(events: readonly StudyEvent[], row: Float64Array | undefined): T {
    let first!: T;
    for (let i = 0; i < events.length; i++) {
      const about = this.#take(events[i]!, false, i === events.length - 1 ? row : undefined);
      if (i === 0) first = about;
    }
    return first;
  }

  async #read(until: number, silent: boolean): Promise<void> {
    if (this.#journal === undefined) return;
    for await (const event of this.#journal.read(this.#applied)) {
      if (this.#applied >= until) break;
      this.#take(event, silent);
    }
  }

  #take(event: StudyEvent, silent: boolean, row?: Float64Array): T {
    const about = this.#apply(event, row);
    this.#applied++;
    if (!silent) this.#hear(event, about);
    return about;
  }

  /** Runs one piece of work after the former ones. */
  #alone<R>(work: () => Promise<R>): Promise<R> {
    this.#pending++;
    const run = this.#turn.then(work);
    const over = (): void => {
      this.#pending--;
    };
    this.#turn = run.then(over, over);
    return run;
  }

  /** Runs one piece of work now; what its listeners append waits for its end. */
  async #atOnce<R>(work: () => R): Promise<R> {
    this.#pending++;
    try {
      return work();
    } finally {
      this.#pending--;
    }
  }
}
