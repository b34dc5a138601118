import { randomBytes, randomUUID } from "node:crypto";
import { closeSync, linkSync, lstatSync, openSync, renameSync, symlinkSync, unlinkSync } from "node:fs";
import { AttuneError } from "../../core/errors.ts";
import { realClock } from "../../system/clock.ts";

/** The two ways in which Optuna locks a journal; they keep each other out. "symlink" is Optuna's own default. */
export type LockKind = "symlink" | "open";

/** Windows grants symbolic links to few. */
export const DEFAULT_LOCK: LockKind = process.platform === "win32" ? "open" : "symlink";

/** Milliseconds after which an unchanged lock was left behind; Optuna's own. */
const STALE = 30_000;
/** Milliseconds to wait for others who come and go. */
const PATIENCE = 120_000;
/** The most milliseconds between two looks. */
const LONGEST = 50;

/** Optuna's lock of a journal, `FILE.lock`, held for the length of a synchronous piece of work. */
export class OptunaLock {
  readonly #target: string;
  readonly #path: string;
  readonly #kind: LockKind;
  readonly #stale: number;

  /** `file` is the absolute path of the journal; Optuna never gives up on a link that leads nowhere. */
  constructor(file: string, kind: LockKind = DEFAULT_LOCK, stale: number = STALE) {
    this.#target = file;
    this.#path = `${file}.lock`;
    this.#kind = kind;
    this.#stale = stale;
  }

  /** Rejects with what the work throws, or an `AttuneError` ("journal") when others hold the lock for two minutes. */
  async hold<T>(work: () => T): Promise<T> {
    await this.#acquire();
    try {
      return work();
    } finally {
      this.#remove();
    }
  }

  async #acquire(): Promise<void> {
    const began = realClock.now();
    let seen: { readonly lock: string; readonly since: number } | undefined;
    for (let pause = 1; !this.#take(); pause = Math.min(2 * pause, LONGEST)) {
      const now = realClock.now();
      const lock = this.#identity(this.#path);
      if (lock === undefined) continue;
      if (seen?.lock !== lock) seen = { lock, since: now };
      else if (now - seen.since > this.#stale) this.#takeAway(lock);
      if (now - began > PATIENCE + this.#stale)
        throw new AttuneError("journal", `Cannot lock ${this.#target}: others hold ${this.#path} all the time`);
      await realClock.sleep(pause * (0.5 + randomBytes(1)[0]! / 510));
    }
  }

  #take(): boolean {
    let taken = false;
    ignoring(["EEXIST"], () => {
      if (this.#kind === "symlink") symlinkSync(this.#target, this.#path);
      else closeSync(openSync(this.#path, "wx"));
      taken = true;
    });
    return taken;
  }

  /** Renames before it removes, as Optuna does: what two remove at once only one of them renames. */
  #remove(): void {
    const aside = `${this.#path}${randomUUID()}.rename`;
    ignoring(["ENOENT"], () => renameSync(this.#path, aside)); // somebody may have taken it for left behind
    ignoring(["ENOENT"], () => unlinkSync(aside));
  }

  /** Removes the lock that was left behind; should it be another's by now, that one gets it back. */
  #takeAway(lock: string): void {
    const aside = `${this.#path}${randomUUID()}.rename`;
    ignoring(["ENOENT", "EEXIST"], () => {
      renameSync(this.#path, aside);
      if (this.#identity(aside) !== lock) linkSync(aside, this.#path);
    });
    ignoring(["ENOENT"], () => unlinkSync(aside));
  }

  /** What tells one lock from the next at the same path; of a link itself, never of what it leads to. */
  #identity(path: string): string | undefined {
    let identity: string | undefined;
    ignoring(["ENOENT"], () => {
      const { ino, mtimeMs } = lstatSync(path);
      identity = `${ino} ${mtimeMs}`;
    });
    return identity;
  }
}

/** Does the work; an error of the operating system with one of these codes is no error. */
function ignoring(codes: readonly string[], work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!codes.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
