import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, readSync, realpathSync, writeSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { isOver, OptunaFold, type OptunaTrial } from "../../formats/optuna/fold.ts";
import { decodeRecord, encodeRecord, type OptunaRecord } from "../../formats/optuna/record.ts";
import { TRIAL } from "../../formats/optuna/script.ts";
import { makeDirectory } from "../../system/directory.ts";
import { DEFAULT_LOCK, type LockKind, OptunaLock } from "./lock.ts";

const NEWLINE = 0x0a;
const CHUNK = 2 ** 20;
/** How every record begins that Optuna or attune writes. */
const BEGINNING = '{"op_code":';
const sync = promisify(fdatasync);

/** An Optuna journal that others read and write at the same time. */
export class OptunaJournalFile {
  /** Absolute, so that a lock that names it leads somewhere from every directory. */
  readonly path: string;
  readonly #lock: OptunaLock;
  readonly #fd: number;
  /** What the file amounts to, as far as it was read. Of trials that are over only whose they are is kept. */
  fold: OptunaFold = new OptunaFold();
  #offset = 0;
  #lines = 0;

  /** Opens the file; it and its directories are made where they are missing. Throws the operating system's error. */
  constructor(path: string, lock: LockKind = DEFAULT_LOCK) {
    const wanted = resolve(path);
    makeDirectory(dirname(wanted));
    this.path = join(realpathSync(dirname(wanted)), basename(wanted));
    this.#fd = openSync(this.path, "a+");
    this.#lock = new OptunaLock(this.path, lock);
  }

  /** Reads what others wrote, then does the work, which may append; meanwhile nobody else writes. */
  hold<T>(work: () => T): Promise<T> {
    return this.#lock.hold(() => {
      this.#catchUp();
      return work();
    });
  }

  /** Appends records that were applied; only while the file is held. What cannot be written whole is not written at all. */
  append(records: readonly OptunaRecord[]): void {
    if (records.length === 0) return;
    const bytes = Buffer.from(records.map((record) => `${encodeRecord(record)}\n`).join(""));
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#fd, bytes, at);
    } catch (error) {
      ftruncateSync(this.#fd, this.#offset);
      this.#forget();
      throw error;
    }
    this.#offset += bytes.length;
    this.#lines += records.length;
  }

  /** Applies a record that is about to be appended. */
  apply(record: OptunaRecord): OptunaTrial | undefined {
    const trial = this.fold.apply(record);
    if (trial !== undefined && isOver(trial)) {
      trial.params.clear();
      trial.reports.clear();
      trial.systemAttrs.clear();
      const number = trial.userAttrs.get(TRIAL);
      trial.userAttrs.clear();
      if (number !== undefined) trial.userAttrs.set(TRIAL, number);
    }
    return trial;
  }

  /** Resolves once everything is on the disk. */
  async close(): Promise<void> {
    try {
      await sync(this.#fd);
    } finally {
      closeSync(this.#fd);
    }
  }

  /** Applies what was appended since; what cannot be read leaves nothing half applied. */
  #catchUp(): void {
    const { size } = fstatSync(this.#fd);
    if (size < this.#offset) this.#forget();
    try {
      const rest = this.#read(size);
      if (rest.length > 0) this.#cutOff(rest);
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  /** Applies all whole lines up to a size; what is left behind the last of them. */
  #read(size: number): Buffer {
    let rest: Buffer = Buffer.alloc(0);
    for (let at = this.#offset; at < size;) {
      const chunk = Buffer.alloc(Math.min(CHUNK, size - at));
      const read = readSync(this.#fd, chunk, 0, chunk.length, at);
      if (read === 0) break;
      at += read;
      const bytes = Buffer.concat([rest, chunk.subarray(0, read)]);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      rest = bytes.subarray(end);
      if (end === 0) continue;
      const lines = bytes.toString("utf8", 0, end - 1).split("\n");
      for (const line of lines) this.apply(decodeRecord(line, ++this.#lines, this.path));
      this.#offset += end;
    }
    return rest;
  }

  /**
   * A last line without an end was left by a writer that was killed: it is cut off, as no reader counts it, and what is
   * appended to it would be lost to all of them. A file that is none of Optuna's is left as it is.
   */
  #cutOff(rest: Buffer): void {
    const found = rest.toString("latin1", 0, BEGINNING.length);
    if (!BEGINNING.startsWith(found)) decodeRecord(rest.toString("utf8"), this.#lines + 1, this.path);
    ftruncateSync(this.#fd, this.#offset);
  }

  #forget(): void {
    this.fold = new OptunaFold();
    this.#offset = 0;
    this.#lines = 0;
  }
}
