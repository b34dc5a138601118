import { AttuneError } from "../core/errors.ts";
import type { StudyEvent } from "../core/event.ts";
import type { Journal, JournalDefinition, JournalFactory, JournalInfo } from "../core/journal.ts";
import { decodeEvent, encodeEvent, expectHeader } from "../formats/journal.ts";

const info: JournalInfo = { name: "memory", summary: "Lives and ends with its process; each opening is a new one." };

/** A journal in memory. It holds the same lines as a file would, so that what passes here passes there. */
export const memory: JournalDefinition & ((location?: string) => JournalFactory) = Object.assign(
  (location = "memory"): JournalFactory => ({ info, location, open: () => Promise.resolve(new MemoryJournal()) }),
  { info },
);

class MemoryJournal implements Journal {
  readonly #lines: string[] = [];
  #closed = false;

  append(events: readonly StudyEvent[]): Promise<number> {
    return attempt(() => {
      this.#expectOpen();
      const index = this.#lines.length;
      if (index === 0 && events.length > 0) expectHeader(events[0]!, "the journal");
      const lines = events.map(encodeEvent);
      for (const line of lines) this.#lines.push(line);
      return index;
    });
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  async *read(from = 0): AsyncIterable<StudyEvent> {
    this.#expectOpen();
    const end = this.#lines.length;
    for (let i = from; i < end; i++) yield decodeEvent(this.#lines[i]!, i + 1);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  #expectOpen(): void {
    if (this.#closed) throw new AttuneError("journal", "The journal in memory is closed");
  }
}

/** Runs now, and rejects with what it throws. */
function attempt<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => resolve(work()));
}
