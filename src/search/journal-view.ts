import { existsSync } from "node:fs";
import { AttuneError } from "../core/errors.ts";
import type { StudyDefinition, StudyEvent } from "../core/event.ts";
import type { ProcessIdentity, SearchSettings } from "../core/event.ts";
import type { Journal } from "../core/journal.ts";
import { file } from "../journals/index.ts";
import { readSpace } from "../space/read.ts";
import type { Space } from "../space/space.ts";
import { Fold } from "../study/fold.ts";
import { Liveness } from "../study/liveness.ts";
import { realClock } from "../system/clock.ts";
import { thisHost } from "../system/host.ts";

/** One process that worked on a study, or still does. */
export interface SessionView {
  readonly writer: string;
  readonly process: ProcessIdentity;
  /** As it said them last. */
  readonly settings: SearchSettings;
  /** Milliseconds since 1970, by its own clock. */
  readonly since: number;
  /** When it last wrote anything, by its own clock. */
  readonly heard: number;
  /** "away" is on another host, where whether it lives can be seen by its events alone. */
  readonly state: "works" | "away" | "ended" | "died";
  /** How many trials it has finished that count in the budget. */
  readonly finished: number;
  /** Why it ended. */
  readonly reason?: string;
}

interface Times {
  readonly since: number;
  heard: number;
  finished: number;
  reason?: string;
}

/** A study as its journal tells it, followed from outside: nothing is written, and no lock is taken. */
export class JournalView implements AsyncDisposable {
  readonly path: string;
  readonly definition: StudyDefinition;
  readonly space: Space;
  readonly fold: Fold<unknown>;
  readonly #journal: Journal;
  readonly #times = new Map<string, Times>();
  readonly #liveness: Liveness;
  #read = 0;

  private constructor(
    path: string,
    journal: Journal,
    definition: StudyDefinition,
    events: readonly StudyEvent[],
    lease?: number,
  ) {
    this.path = path;
    this.#journal = journal;
    this.definition = definition;
    this.space = readSpace(definition.space);
    this.fold = new Fold(this.space, definition);
    this.#liveness = new Liveness(this.fold.writers, "", {
      host: thisHost(),
      clock: realClock,
      ...(lease === undefined ? {} : { lease }),
    });
    for (const event of events) this.#take(event);
  }

  /** Opens a journal file. Rejects with an `AttuneError` ("journal") where there is none. */
  static async open(path: string, lease?: number): Promise<JournalView> {
    if (!existsSync(path)) throw new AttuneError("journal", `Cannot find the journal ${path}`);
    const journal = await file(path, { readOnly: true }).open();
    try {
      let definition: StudyDefinition | undefined;
      const events: StudyEvent[] = [];
      for await (const event of journal.read()) {
        if (event.type === "study-created" || event.type === "study-adopted") definition = event.study;
        events.push(event);
      }
      if (definition === undefined) throw new AttuneError("journal", `The journal ${path} holds no study yet`);
      return new JournalView(path, journal, definition, events, lease);
    } catch (error) {
      await journal[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Reads what was written since. */
  async refresh(): Promise<void> {
    for await (const event of this.#journal.read(this.#read)) {
      this.#take(event);
      if ("writer" in event) this.#liveness.heard(event.writer);
    }
  }

  /** The processes, in the order in which they began. */
  get sessions(): SessionView[] {
    const { host } = thisHost().identity;
    return [...this.fold.writers].map(([writer, { process, settings, ended }]) => {
      const gone = this.#liveness.gone(writer);
      const state = ended ? "ended" : gone ? "died" : process.host === host ? "works" : "away";
      return { writer, process, settings, state, ...this.#times.get(writer)! };
    });
  }

  /** How many trials a session runs. */
  running(writer: string): number {
    let count = 0;
    for (const number of this.fold.running) if (this.fold.trials[number]!.writer === writer) count++;
    return count;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#journal[Symbol.asyncDispose]() as Promise<void>;
  }

  #take(event: StudyEvent): void {
    this.#read++;
    const before = this.fold.counted;
    this.fold.apply(event);
    if (!("writer" in event)) return;
    const times = this.#times.get(event.writer) ?? { since: event.at, heard: event.at, finished: 0 };
    this.#times.set(event.writer, times);
    times.heard = event.at;
    times.finished += this.fold.counted - before;
    if (event.type === "search-ended") times.reason = event.reason;
  }
}

/** Whether a session is a search that may still work. */
export function mayWork({ state, settings }: SessionView): boolean {
  return (state === "works" || state === "away") && settings.outside === undefined;
}

/** Whether a session is a search, which hears commands; one that asks and tells in its own program hears none. */
export function isSearch({ settings }: SessionView): boolean {
  return settings.evaluator !== undefined;
}
