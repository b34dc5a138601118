import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { AttuneError } from "../core/errors.ts";
import type { ProcessIdentity } from "../core/event.ts";
import type { Host } from "../core/host.ts";
import { realClock } from "./clock.ts";
import { thisHost } from "./host.ts";

/** How a {@link FileLock} judges other owners. */
export interface FileLockOptions {
  /** Who we are, and who still lives. @default this process */
  readonly host?: Pick<Host, "identity" | "alive">;
  /** Milliseconds after which a lock held by another host is taken to be left behind. @default 60_000 */
  readonly foreign?: number;
  /** Milliseconds to wait for a living owner before giving up. @default 120_000 */
  readonly patience?: number;
}

/** Owner files of this process, removed at its exit. */
const owned = new Set<string>();
let tidying = false;

/**
 * A lock between processes, held for the length of a synchronous piece of work. The lock is a hard link `PATH.lock` to
 * an owner file that says who we are: one system call takes it, one gives it back. A lock whose owner died is taken over.
 */
export class FileLock {
  readonly #path: string;
  readonly #owner: string;
  readonly #host: Pick<Host, "identity" | "alive">;
  readonly #foreign: number;
  readonly #patience: number;
  #ready = false;

  /** A lock beside the file at `path`; nothing is created before it is first held. */
  constructor(path: string, { host = thisHost(), foreign = 60_000, patience = 120_000 }: FileLockOptions = {}) {
    this.#path = `${path}.lock`;
    this.#owner = `${path}.lock-${host.identity.pid}-${randomBytes(4).toString("hex")}`;
    this.#host = host;
    this.#foreign = foreign;
    this.#patience = patience;
  }

  /**
   * Does the work while holding the lock, at once when no one else has it. Throws what the work throws; an
   * `AttuneError` ("journal") when the owner lives and does not let go; the operating system's error when the directory
   * cannot be written.
   */
  async hold<T>(work: () => T): Promise<T> {
    if (!this.#ready) this.#prepare();
    if (!this.#link(this.#path)) await this.#wait();
    try {
      return work();
    } finally {
      remove(this.#path);
    }
  }

  /** Removes the owner file. The lock may be held again; then it is made anew. */
  close(): void {
    this.#ready = false;
    remove(this.#owner);
    owned.delete(this.#owner);
  }

  async #wait(): Promise<void> {
    const start = realClock.now();
    for (let attempt = 1; !this.#link(this.#path); attempt++) {
      // a lock is held for microseconds: look again soon, and ask who holds it only when that did not help
      await realClock.sleep((randomBytes(1)[0]! / 255) * Math.min(2 ** attempt, 25));
      if (attempt < 3) continue;
      if (this.#abandoned(this.#path)) this.#clear(this.#path);
      else if (realClock.now() - start > this.#patience) throw this.#stuck();
    }
  }

  /** Removes a dead owner's lock. Only the holder of `LOCK~` may, lest two take it over from one another. */
  #clear(path: string): void {
    const guard = `${path}~`;
    if (!this.#link(guard)) {
      if (this.#abandoned(guard)) this.#clear(guard);
      return;
    }
    try {
      if (this.#abandoned(path)) remove(path);
    } finally {
      remove(guard);
    }
  }

  #abandoned(path: string): boolean {
    const owner = ownerOf(path);
    if (owner === "none") return false;
    if (owner !== "unknown" && !this.#host.alive(owner)) return true;
    if (owner !== "unknown" && owner.host === this.#host.identity.host) return false;
    // both times are of the file system's clock: taking a lock changes the ctime of its inode, and so does chmod
    const taken = statSync(path, { throwIfNoEntry: false });
    if (taken === undefined) return false;
    chmodSync(this.#owner, 0o644);
    return statSync(this.#owner).ctimeMs - taken.ctimeMs > this.#foreign;
  }

  #link(path: string): boolean {
    try {
      linkSync(this.#owner, path);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") return this.#isOurs(path);
      if (code === "ENOENT") this.#prepare(); // someone tidied the owner file away
      else if (code === "EPERM" || code === "ENOTSUP" || code === "ENOSYS") return this.#create(path);
      else throw error;
      return false;
    }
  }

  /**
   * Whether the lock that is there is ours already: it could not be removed when we had done with it, or NFS has made it
   * and answers a repeated request (open(2), O_EXCL).
   */
  #isOurs(path: string): boolean {
    const [lock, owner] = [path, this.#owner].map((file) => statSync(file, { throwIfNoEntry: false }));
    return lock !== undefined && lock.ino === owner?.ino && lock.dev === owner.dev;
  }

  /** For file systems without hard links (FAT). */
  #create(path: string): boolean {
    try {
      writeFileSync(path, JSON.stringify(this.#host.identity), { flag: "wx" });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw error;
    }
  }

  /** Writes the owner file, and removes those that killed processes left. */
  #prepare(): void {
    const directory = dirname(this.#path);
    for (const name of readdirSync(directory)) {
      if (!name.startsWith(`${basename(this.#path)}-`)) continue;
      const owner = ownerOf(join(directory, name));
      if (typeof owner === "object" && !this.#host.alive(owner)) remove(join(directory, name));
    }
    const fd = openSync(this.#owner, "w", 0o644);
    try {
      writeFileSync(fd, JSON.stringify(this.#host.identity));
    } finally {
      closeSync(fd);
    }
    if (!tidying) process.once("exit", removeOwned);
    tidying = true;
    owned.add(this.#owner);
    this.#ready = true;
  }

  #stuck(): AttuneError {
    const owner = ownerOf(this.#path);
    const who = typeof owner === "object" ? `process ${owner.pid} of ${owner.host}` : "another process";
    return new AttuneError(
      "journal",
      `Cannot lock ${this.#path}: ${who} holds it for more than ${this.#patience / 1000} s. If that process hangs, end it; if there is none, delete the file`,
    );
  }
}

function ownerOf(path: string): ProcessIdentity | "none" | "unknown" {
  try {
    const owner = JSON.parse(readFileSync(path, "utf8")) as Partial<ProcessIdentity> | null;
    const { host, pid, start } = owner ?? {};
    if (typeof host !== "string" || typeof pid !== "number" || typeof start !== "string") return "unknown";
    return { host, pid, start };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "none" : "unknown";
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function removeOwned(): void {
  for (const path of owned) {
    try {
      remove(path);
    } catch {
      // the next process that takes the lock tidies up
    }
  }
}
