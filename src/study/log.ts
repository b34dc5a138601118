import type { StudyEvent } from "../core/event.ts";
import type { Journal } from "../core/journal.ts";

/** Hears of every event once it is part of the study. */
export type Hear<T> = (event: StudyEvent, about: T) => void;

interface Append<T> {
  readonly events: readonly StudyEvent[];
  readonly row: Float64Array | undefined;
  readonly resolve: (about: T) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The study's end of its journal: what is appended is applied in the journal's order, after whatever other processes
 * wrote before it. Without a journal the events are applied at once. What comes while an append is under way is given
 * to the journal together, which may then write and sync it as one.
 */
export class Log<T> {
  readonly #journal: Journal | undefined;
  readonly #apply: (event: StudyEvent, row?: Float64Array) => T;
  readonly #hear: Hear<T>;
  #applied: number;
  #turn: Promise<unknown> = Promise.resolve();
  /** How much work is under way or waits for its turn. */
  #pending = 0;
  #waiting: Append<T>[] = [];

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
    if (this.#journal === undefined && this.#pending === 0) return this.#atOnce(() => this.#takeAll(events, row));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ events, row, resolve, reject });
      void this.#alone(() => this.#appendAll());
    });
  }

  /** Appends what waits, also for those whose turn comes later. */
  async #appendAll(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    const indices = waiting.map(async ({ events }) => this.#journal?.append(events));
    for (const index of indices) index.catch(() => {}); // rejects its append below, when it is awaited
    for (const [i, { events, row, resolve, reject }] of waiting.entries()) {
      try {
        const index = (await indices[i]) ?? this.#applied;
        if (index > this.#applied) await this.#read(index, false);
        resolve(this.#takeAll(events, row));
      } catch (error) {
        reject(error);
      }
    }
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
