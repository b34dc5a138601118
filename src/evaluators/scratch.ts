import { createHash } from "node:crypto";
import { accessSync, constants, statSync } from "node:fs";
import { readdir, rmdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { AttemptPolicy } from "../core/attempt-policy.ts";
import { messageOf, usage } from "../core/errors.ts";
import type { BareTask } from "../core/evaluator.ts";
import type { Outcome } from "../core/outcome.ts";
import { makeDirectory } from "../system/directory.ts";
import { thisHost } from "../system/host.ts";
import { removeTree } from "../system/removal.ts";
import { userDirectory } from "../system/user-directory.ts";

/** Removals that may be under way before the next attempt waits for one. */
const PENDING = 8;

let sessions = 0;

/**
 * The scratch directories of one search: ROOT/SESSION/NUMBER.ATTEMPT. A session's name says which process it belongs to,
 * and whether it is to be kept: what a killed process left is removed when the next search starts. Those of trials, for
 * all their attempts, are ROOT/study-STUDY/NUMBER: they wait for the study to be resumed.
 */
export class Scratch {
  readonly #root: string;
  readonly #session: string;
  readonly #keep: AttemptPolicy["keep"];
  readonly #directory: AttemptPolicy["directory"];
  /** The directories of studies, for their trials. */
  readonly #studies = new Set<string>();
  /** The trials that had a directory for all their attempts here. */
  readonly #placed = new Set<number>();
  readonly #log: (line: string, trial?: number) => void;
  readonly #removals = new Set<Promise<void>>();
  readonly #tidying: Promise<void>;
  #used = false;
  #closed = false;

  /** Throws a usage error if there can be no scratch directories where they are to be. */
  constructor(
    { keep, directory, scratch }: Pick<AttemptPolicy, "keep" | "directory" | "scratch">,
    log: (line: string, trial?: number) => void,
  ) {
    this.#root = scratchRoot(scratch);
    this.#keep = keep;
    this.#directory = directory;
    this.#log = log;
    this.#session = join(this.#root, `${owner()}-${sessions++}${keep === "never" ? "" : KEPT}`);
    this.#tidying = this.#tidy();
  }

  /** The path of an attempt's directory, which the objective makes. */
  place({ number, attempt, study }: Pick<BareTask, "number" | "attempt" | "study">): string {
    if (this.#directory === "attempt") return join(this.#session, `${number}.${attempt}`);
    this.#placed.add(number);
    return this.#ofTrial(number, study);
  }

  /** The same whichever process runs the trial, if it belongs to a study. */
  #ofTrial(number: number, study: string | undefined): string {
    if (study === undefined) return join(this.#session, String(number));
    const all = join(this.#root, `study-${hostMark(study)}`);
    this.#studies.add(all);
    return join(all, String(number));
  }

  /** The trial is over, here or in another process: removes the directory of all its attempts, or says that it is kept. */
  over({ number, state }: { readonly number: number; readonly state: string }, study: string | undefined): void {
    if (this.#directory === "attempt") return;
    const here = this.#placed.delete(number);
    this.#remain(this.#ofTrial(number, study), number, { failed: state === "failed", told: here });
  }

  /** When removing cannot keep up: resolves when something more is removed. */
  get behind(): Promise<void> | undefined {
    return this.#removals.size < PENDING ? undefined : Promise.race(this.#removals);
  }

  /** The attempt is over, with that outcome if it has one: removes its directory, or says that it is kept. */
  release(dir: string, number: number, outcome: Outcome | undefined): void {
    if (this.#directory === "trial") return;
    this.#remain(dir, number, { failed: outcome === undefined || outcome.state === "failed", told: true });
  }

  #remain(dir: string, number: number, { failed, told }: { readonly failed: boolean; readonly told: boolean }): void {
    if (statSync(dir, { throwIfNoEntry: false }) === undefined) return;
    this.#used = true;
    if (this.#keep === "never" || (this.#keep === "failed" && !failed)) return this.#remove(dir, number);
    if (failed && told) this.#log(`trial ${number} failed; its files are kept in ${dir}`, number);
  }

  /** Resolves when everything is removed that is not kept. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#removals);
    await this.#tidying;
    const parents = this.#used ? [this.#session, ...this.#studies] : [];
    for (const parent of parents) await rmdir(parent).catch(() => {}); // kept ones are in it
  }

  #remove(path: string, number?: number): void {
    const removal = removeTree(path)
      .catch((error: unknown) => this.#log(`cannot remove ${path}: ${messageOf(error)}`, number))
      .finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }

  /** Removes the sessions of processes that died. */
  async #tidy(): Promise<void> {
    for (const name of await readdir(this.#root).catch(() => [])) {
      if (this.#closed) return;
      if (isLeft(name)) await removeTree(join(this.#root, name)).catch(() => {});
    }
  }
}

/** The end of the name of a session whose directories are not removed. */
const KEPT = "-kept";

/** HOST-PID-START-BOOT: not longer than needed, because the path of a socket may have 107 characters. */
function owner(): string {
  const { host, pid, start } = thisHost().identity;
  const [ticks, boot = ""] = start.split(" ");
  return `${hostMark(host)}-${pid}-${/^\d+$/.test(ticks!) ? ticks : hostMark(start)}-${boot.slice(0, 8)}`;
}

/** Whether a session belongs to a process of this host that is gone, and is not to be kept. */
function isLeft(name: string): boolean {
  const match = /^([0-9a-f]{8})-(\d+)-([0-9a-f]+)-([0-9a-f]{0,8})-\d+$/.exec(name);
  const { identity, alive } = thisHost();
  if (match?.[1] !== hostMark(identity.host)) return false;
  const [, , pid, ticks, boot] = match;
  const ours = identity.start.split(" ")[1] ?? "";
  return boot !== ours.slice(0, 8) || !alive({ host: identity.host, pid: Number(pid), start: `${ticks} ${ours}` });
}

function hostMark(host: string): string {
  return createHash("sha256").update(host).digest("hex").slice(0, 8);
}

/** The policy's, else that of the environment, else one of this user's in the system's temporary directory. */
function scratchRoot(scratch: string | undefined): string {
  const chosen = scratch ?? process.env["ATTUNE_SCRATCH"];
  if (chosen) return usable(resolve(chosen), scratch === undefined ? "ATTUNE_SCRATCH" : "scratch");
  const root = userDirectory();
  if (root.problem === undefined) return root.path;
  throw usage(`Cannot use ${root.path} for scratch directories: ${root.problem}. Set ATTUNE_SCRATCH to another one`);
}

/** A directory that `named` asks for, made if need be: that it cannot be used is to be known before anything runs. */
function usable(root: string, named: string): string {
  try {
    makeDirectory(root);
    if (!statSync(root).isDirectory()) throw new Error("it is a file");
    accessSync(root, constants.W_OK | constants.X_OK);
    return root;
  } catch (error) {
    throw usage(`Expected \`${named}\` to name a directory that can be written to, got ${root}: ${messageOf(error)}`);
  }
}
