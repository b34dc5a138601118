import { AttuneError, refuseUnknown, show, usage } from "../core/errors.ts";
import { JOURNAL_VERSION, type StudyEvent } from "../core/event.ts";
import type { Journal, JournalFactory, JournalInfo } from "../core/journal.ts";
import { decodeEvent, encodeBatch, expectHeader, isTornHeader, versionOf } from "../formats/journal.ts";
import { realClock } from "../system/clock.ts";
import { FileLock } from "../system/file-lock.ts";
import { DiskSync } from "./disk-sync.ts";
import { countLines, journalError, LogFile } from "./log-file.ts";
import { Positions } from "./positions.ts";

/** Options of {@link file}. */
export interface FileOptions {
  /**
   * "grouped": the disk is synced at most every 100 ms and on close, so a power cut may cost the last 100 ms; "each":
   * a finished trial is on the disk before its append resolves. Killed processes lose nothing either way. @default "grouped"
   */
  readonly durability?: "grouped" | "each";
  /** Only reads: the file must exist, and nothing beside it is written. @default false */
  readonly readOnly?: boolean;
}

/** Milliseconds between two syncs. */
const GROUP = 100;

const info: JournalInfo = {
  name: "file",
  summary: "A file of JSON lines that several processes may share.",
  durable: true,
};

/** A journal in the file at a path; it and its directories are made when it is opened. */
export const file: ((path: string, options?: FileOptions) => JournalFactory) & { readonly info: JournalInfo } =
  Object.assign(
    (path: string, options: FileOptions = {}): JournalFactory => {
      refuseUnknown("file", options, ["durability", "readOnly"]);
      const { durability = "grouped", readOnly = false } = options;
      if (path === "") throw usage("Expected the path of the journal to name a file, got an empty text");
      if (durability !== "grouped" && durability !== "each")
        throw usage(`Expected \`durability\` to be "grouped" or "each", got ${show(durability)}`);
      return { info, location: path, open: () => FileJournal.open(path, durability, readOnly) };
    },
    { info },
  );

interface Append {
  readonly events: readonly StudyEvent[];
  readonly bytes: Uint8Array;
  readonly resolve: (index: number) => void;
  readonly reject: (error: unknown) => void;
}

class FileJournal implements Journal {
  readonly #file: LogFile;
  readonly #lock: FileLock | undefined;
  readonly #disk: DiskSync;
  readonly #each: boolean;
  readonly #positions = new Positions();
  readonly #waiting: Append[] = [];
  #draining: Promise<void> | undefined;
  #version = JOURNAL_VERSION;
  #closed = false;

  constructor(log: LogFile, each: boolean, readOnly: boolean) {
    this.#file = log;
    this.#lock = readOnly ? undefined : new FileLock(log.path);
    this.#disk = new DiskSync(() => log.sync(), realClock, GROUP);
    this.#each = each;
  }

  static async open(path: string, durability: "grouped" | "each", readOnly: boolean): Promise<Journal> {
    const log = new LogFile(path, readOnly);
    const journal = new FileJournal(log, durability === "each", readOnly);
    try {
      if (readOnly) journal.#catchUp(false);
      else await journal.#locked(() => journal.#catchUp(true));
      return journal;
    } catch (error) {
      journal.#lock?.close();
      log.close();
      throw error;
    }
  }

  append(events: readonly StudyEvent[]): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#expectOpen();
      if (!this.#lock)
        throw new AttuneError("journal", `Cannot append to ${this.#file.path}: it was opened to be read`);
      this.#waiting.push({ events, bytes: Buffer.from(encodeBatch(events)), resolve, reject });
      this.#draining ??= Promise.resolve().then(() => this.#drain());
    });
  }

  async flush(): Promise<void> {
    await this.#draining;
    if (!this.#closed) await this.#disk.flush();
  }

  async *read(from = 0): AsyncIterable<StudyEvent> {
    this.#expectOpen();
    this.#file.refresh();
    const options = { name: this.#file.path, version: this.#version };
    let { index, offset } = this.#positions.before(from);
    for (const chunk of this.#file.chunks(offset, this.#file.size(this.#positions.end.offset))) {
      const lines = chunk.bytes.toString("utf8").split("\n");
      lines.pop();
      this.#positions.note({ index: index + lines.length, offset: chunk.end });
      for (const line of lines) if (index++ >= from) yield decodeEvent(line, index, options);
      this.#expectOpen();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#draining;
    try {
      await this.#disk.close();
    } finally {
      this.#file.close();
      this.#lock?.close();
    }
  }

  /** Appends what waits, in order, under one lock; what comes in one tick also shares its sync. */
  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const written: { readonly append: Append; readonly index: number }[] = [];
      try {
        await this.#locked(() => {
          this.#disk.check();
          this.#catchUp(true);
          for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
            written.push({ append: next, index: this.#write(next) });
            this.#waiting.shift();
          }
        });
      } catch (error) {
        this.#waiting.shift()?.reject(error);
      }
      try {
        if (this.#each && written.some(({ append }) => append.events.some((event) => event.type === "trial-finished")))
          await this.#disk.flush();
        for (const { append, index } of written) append.resolve(index);
      } catch (error) {
        for (const { append } of written) append.reject(error);
      }
    }
    this.#draining = undefined;
  }

  #write({ events, bytes }: Append): number {
    const { index, offset } = this.#positions.end;
    if (index === 0 && events.length > 0) expectHeader(events[0]!, this.#file.path);
    this.#file.append(bytes, offset);
    this.#positions.note({ index: index + events.length, offset: offset + bytes.length });
    if (!this.#file.networked) this.#disk.written();
    return index;
  }

  /** Counts what others have appended since, and settles what a killed one left; for that, `repair` needs the lock. */
  #catchUp(repair: boolean): void {
    const size = this.#file.size(this.#positions.end.offset);
    if (size === this.#positions.end.offset) return;
    if (this.#positions.end.offset === 0) this.#readHeader();
    this.#positions.seam();
    this.#count(size);
    if (repair && size > this.#positions.end.offset) this.#count(this.#file.repair(this.#positions.end.offset, size));
  }

  #readHeader(): void {
    const { text, ended } = this.#file.firstLine();
    if (ended || !isTornHeader(text)) this.#version = versionOf(text, this.#file.path);
  }

  #count(size: number): void {
    for (const { bytes, end } of this.#file.chunks(this.#positions.end.offset, size))
      this.#positions.note({ index: this.#positions.end.index + countLines(bytes), offset: end });
  }

  async #locked(work: () => void): Promise<void> {
    try {
      await this.#lock!.hold(() => {
        this.#file.refresh();
        work();
      });
    } catch (error) {
      throw error instanceof AttuneError
        ? error
        : journalError(`Cannot lock ${this.#file.path}`, error, "; the lock is a file beside it");
    }
  }

  #expectOpen(): void {
    if (this.#closed) throw new AttuneError("journal", `The journal ${this.#file.path} is closed`);
  }
}
