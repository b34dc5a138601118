import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ProcessIdentity } from "../core/event.ts";
import { realClock } from "../system/clock.ts";
import { thisHost } from "../system/host.ts";
import { tryHold } from "../system/host-lock.ts";
import { here, markedProcesses } from "../system/process-tree.ts";
import { userDirectory } from "../system/user-directory.ts";

/** Milliseconds that what a killed holder left running is given to end where it cannot be seen (not Linux). */
const BLIND = 1_000;

/** The name of the lock that a token is. */
export function lockOf(pool: string, token: string): string {
  return `lease ${pool}/${token}`;
}

/** Who holds a token, in a file beside the lock: what he started may outlive him for a moment. */
interface Holder {
  readonly process: ProcessIdentity;
  readonly mark: string;
  /** On the scale of `Date.now()`: when it was seen that he is gone. */
  readonly gone?: number;
}

/** A token of a pool, held by this process. */
export class Token {
  readonly pool: string;
  readonly name: string;
  readonly #lock: AsyncDisposable;
  readonly #file: string | undefined;

  private constructor(pool: string, name: string, lock: AsyncDisposable, file: string | undefined) {
    this.pool = pool;
    this.name = name;
    this.#lock = lock;
    this.#file = file;
    write(file, { process: thisHost().identity, mark: here });
  }

  /** The token, or the processes that may still use it: none, where someone holds it. */
  static async take(pool: string, name: string): Promise<Token | readonly number[]> {
    const lock = await tryHold(lockOf(pool, name));
    if (lock === undefined) return [];
    const file = fileOf(lockOf(pool, name));
    const left = survivorsOf(file);
    if (left.length === 0) return new Token(pool, name, lock, file);
    await lock[Symbol.asyncDispose]();
    return left;
  }

  async release(): Promise<void> {
    if (this.#file !== undefined) attempt(() => unlinkSync(this.#file!));
    await this.#lock[Symbol.asyncDispose]();
  }
}

let directory: string | undefined;

/** The file beside a lock; none where there is no place for it. */
function fileOf(lock: string): string | undefined {
  if (directory === undefined) {
    const { path, problem } = userDirectory();
    if (problem !== undefined) return undefined;
    directory = join(path, "leases");
  }
  return join(directory, createHash("sha256").update(lock).digest("hex").slice(0, 16));
}

/** What the last holder, who did not let go in order, left running. */
function survivorsOf(file: string | undefined): readonly number[] {
  const text = file === undefined ? undefined : attempt(() => readFileSync(file, "utf8"));
  const holder = text === undefined ? undefined : attempt(() => JSON.parse(text) as unknown);
  if (!isHolder(holder) || holder.process.host !== thisHost().identity.host || holder.mark === here) return [];
  // whether he himself is gone does not matter: one who is being killed loses his locks before he is seen to be dead
  if (process.platform === "linux") return markedProcesses(holder.mark);
  const gone = holder.gone ?? realClock.now();
  if (holder.gone === undefined) write(file, { ...holder, gone });
  return realClock.now() - gone < BLIND ? [holder.process.pid] : [];
}

function isHolder(found: unknown): found is Holder {
  const { mark, process: owner } = (found ?? {}) as Partial<Holder>;
  return typeof mark === "string" && mark !== "" && typeof owner?.host === "string" && Number.isInteger(owner.pid);
}

function write(file: string | undefined, holder: Holder): void {
  if (file === undefined) return;
  const put = (): true => {
    writeFileSync(file, JSON.stringify(holder));
    return true;
  };
  if (attempt(put)) return;
  attempt(() => mkdirSync(dirname(file), { recursive: true, mode: 0o700 })); // the first time, or someone tidied up
  attempt(put);
}

/** Where the file cannot be written or read, the lock still holds. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
