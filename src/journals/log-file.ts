import {
  closeSync,
  constants,
  existsSync,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
  type Stats,
  writeSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { getSystemErrorMap } from "node:util";
import { AttuneError, messageOf } from "../core/errors.ts";
import { isNetworked } from "./network.ts";

const NEWLINE = 0x0a;
const SPACE = 0x20;
const CHUNK = 65_536;

/** Some whole batches of a file. */
export interface Chunk {
  readonly bytes: Buffer;
  /** The offset behind them. */
  readonly end: number;
}

/**
 * An open file of lines in batches (docs/journal-format.md): it grows by whole batches or not at all.
 *
 * On a network file system a client caches the size of an open file, and appends where it believes the end to be (NFS:
 * open(2) under O_APPEND). What holds there is close-to-open: an open sees what was synced before. So the file is opened
 * anew under the lock, written to at a place, synced before the lock is released, and looked at again.
 */
export class LogFile {
  /** Absolute, with symbolic links resolved. */
  readonly path: string;
  /** Whether it lies on a network file system; then an append is on the disk at once. */
  readonly networked: boolean;
  readonly #flags: number;
  /** What the file was when it was opened, to know it again. */
  readonly #found: Stats;
  #fd: number;

  /** Opens the file; if it is to be written, makes it and its directories. Throws an `AttuneError` ("journal"). */
  constructor(path: string, readOnly: boolean) {
    const { O_RDONLY, O_RDWR, O_APPEND, O_CREAT } = constants;
    const wanted = resolve(path);
    try {
      if (!readOnly) makeDirectory(dirname(wanted));
      this.networked = isNetworked(wanted);
      this.#flags = readOnly ? O_RDONLY : this.networked ? O_RDWR : O_RDWR | O_APPEND;
      this.#fd = openSync(wanted, readOnly ? this.#flags : this.#flags | O_CREAT, 0o666);
      this.#found = fstatSync(this.#fd);
      if (this.#found.isDirectory()) throw Object.assign(new Error("it is a directory"), { code: "EISDIR" });
      this.path = realpathSync(wanted);
    } catch (error) {
      throw journalError(`Cannot open the journal ${wanted}`, error);
    }
  }

  /** Sees what others have synced so far; only a network file system needs to be told. */
  refresh(): void {
    if (!this.networked) return;
    let fd: number;
    try {
      fd = openSync(this.path, this.#flags);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") throw this.#deleted();
      throw journalError(`Cannot open the journal ${this.path}`, error);
    }
    const { dev, ino } = fstatSync(fd);
    closeSync(this.#fd);
    this.#fd = fd;
    if (dev !== this.#found.dev || ino !== this.#found.ino) throw this.#deleted();
  }

  /** The size in bytes. Throws when the file is no longer there for others to see, or shorter than `known`. */
  size(known = 0): number {
    const { size, nlink } = fstatSync(this.#fd);
    // some file systems in user space count no links
    if (nlink === 0 && this.#found.nlink > 0) throw this.#deleted();
    if (size < known) throw this.#changed(`it held ${known} bytes and now has ${size}`);
    return size;
  }

  /** Appends all of it; if that fails, the file is left with `size` bytes, as it was. Others must be locked out. */
  append(bytes: Uint8Array, size: number): void {
    if (this.networked && size > 0 && this.#read(size - 1, 1)[0] !== NEWLINE)
      throw this.#changed(`no line ends at byte ${size}, where the next one belongs`);
    this.#write(bytes, size);
  }

  #write(bytes: Uint8Array, size: number): void {
    try {
      for (let done = 0; done < bytes.length;)
        done += this.networked
          ? writeSync(this.#fd, bytes, done, bytes.length - done, size + done)
          : writeSync(this.#fd, bytes, done);
      if (this.networked) fsyncSync(this.#fd);
    } catch (error) {
      try {
        ftruncateSync(this.#fd, size);
      } catch {
        // then the next one to append finds an unfinished batch and cuts it off
      }
      throw journalError(
        `Cannot append to ${this.path}`,
        error,
        "; nothing was damaged, what was there before is kept",
      );
    }
    if (this.networked) this.#expectWritten(bytes, size);
  }

  /** Looks whether an append stands where it belongs, for others to see: a stolen lock shows here. */
  #expectWritten(bytes: Uint8Array, offset: number): void {
    this.refresh();
    const tail = bytes.subarray(-CHUNK);
    const end = offset + bytes.length;
    if (this.size() !== end || !this.#read(end - tail.length, tail.length).equals(tail))
      throw this.#changed(`what was appended at byte ${offset} does not stand there`);
  }

  #deleted(): AttuneError {
    return new AttuneError("journal", `The journal ${this.path} was deleted while it was in use`);
  }

  #changed(how: string): AttuneError {
    return new AttuneError("journal", `The journal ${this.path} was changed by something else: ${how}`);
  }

  /** Whole batches from an offset to at most `end`, in pieces; an unfinished one at the end is left out. */
  *chunks(offset: number, end: number): Generator<Chunk, void, void> {
    for (let size = CHUNK; offset < end;) {
      const bytes = this.#read(offset, Math.min(size, end - offset));
      const whole = wholeBatches(this.networked ? beforeHole(bytes) : bytes);
      if (whole > 0) {
        offset += whole;
        size = CHUNK;
        yield { bytes: bytes.subarray(0, whole), end: offset };
      } else if (bytes.length < size) return;
      else size *= 2; // one batch is longer than that
    }
  }

  /** The first line without its end, or all there is if it has none. */
  firstLine(): { readonly text: string; readonly ended: boolean } {
    const end = this.size();
    for (let size = CHUNK; ; size *= 2) {
      const bytes = this.#read(0, Math.min(size, end));
      const at = bytes.indexOf(NEWLINE);
      if (at >= 0 || size >= end)
        return { text: bytes.toString("utf8", 0, at >= 0 ? at : bytes.length), ended: at >= 0 };
    }
  }

  /**
   * Settles what a killed writer left behind the last whole batch. A last line that lacks only its end gets it;
   * everything else was never acknowledged and is cut off. Returns the new size. Others must be locked out.
   */
  repair(whole: number, size: number): number {
    const tail = this.#read(whole, size - whole);
    const last = tail.subarray(tail.lastIndexOf(NEWLINE) + 1);
    if (last.length > 0 && last[0] !== SPACE && isObject(last.toString("utf8"))) {
      this.#write(Buffer.of(NEWLINE), size);
      return size + 1;
    }
    try {
      ftruncateSync(this.#fd, whole);
    } catch (error) {
      throw journalError(`Cannot repair ${this.path}`, error);
    }
    return whole;
  }

  /** Resolves once everything is on the disk. */
  sync(): Promise<void> {
    return new Promise((done, fail) => {
      fdatasync(this.#fd, (error) => {
        // EINVAL: not a file on a disk
        if (error && error.code !== "EINVAL") fail(journalError(`Cannot sync ${this.path} to the disk`, error));
        else done();
      });
    });
  }

  close(): void {
    closeSync(this.#fd);
  }

  #read(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    let done = 0;
    try {
      for (let n = -1; done < length && n !== 0; done += n)
        n = readSync(this.#fd, bytes, done, length - done, offset + done);
    } catch (error) {
      throw journalError(`Cannot read ${this.path}`, error);
    }
    return bytes.subarray(0, done);
  }
}

/** `mkdir -p`, which calls a file in its way by name. */
function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST" && code !== "ENOTDIR") throw error;
    let file = path;
    while (!existsSync(file)) file = dirname(file);
    throw Object.assign(new Error(`${file} is not a directory`), { code: "ENOTDIR" });
  }
}

/** How many lines there are. */
export function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

/** An error of the operating system in words: what could not be done, to which file, and why. */
export function journalError(what: string, error: unknown, consequence = ""): AttuneError {
  const { code, errno } = error as NodeJS.ErrnoException;
  const reason = (errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1]) ?? messageOf(error);
  return new AttuneError("journal", `${what}: ${reason}${code === undefined ? "" : ` (${code})`}${consequence}`, {
    cause: error,
  });
}

/** The length of the batches that end within the bytes: up to the last line that does not begin with a space. */
function wholeBatches(bytes: Buffer): number {
  let end = bytes.lastIndexOf(NEWLINE);
  while (end >= 0) {
    const before = end === 0 ? -1 : bytes.lastIndexOf(NEWLINE, end - 1);
    if (bytes[before + 1] !== SPACE) return end + 1;
    end = before;
  }
  return 0;
}

/** What stands before bytes that another machine has made room for and not written yet; JSON has no NUL. */
function beforeHole(bytes: Buffer): Buffer {
  const hole = bytes.indexOf(0);
  return hole < 0 ? bytes : bytes.subarray(0, hole);
}

function isObject(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}
