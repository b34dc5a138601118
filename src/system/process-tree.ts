import { type ChildProcess, spawn, type SpawnOptions, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { realClock } from "./clock.ts";

/** The environment variable that marks every process of a tree, also those that left its process group. */
export const MARK = "ATTUNE_MARK";

interface Tree {
  readonly pid: number;
  readonly mark: string;
  ending?: Promise<readonly number[]>;
  /** Cuts the grace short. */
  readonly hurry: AbortController;
}

/** Marks of this process; inside another tree they extend its mark, so that its end is the end of ours as well. */
const here = `${process.env[MARK] === undefined ? "" : `${process.env[MARK]}/`}${randomBytes(6).toString("hex")}`;
const trees = new Map<ChildProcess, Tree>();
let started = 0;
let watching = false;

/**
 * Starts a program as the head of its own process group (`detached`, whatever the options say), marked in its
 * environment, so that {@link endTree} finds all that it starts. When this process emits "exit", the tree is killed
 * (a signal that is not handled gives it no chance to). As with `spawn`, a program that cannot be started emits "error".
 */
export function spawnTree(file: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  if (!watching) process.on("exit", killTreesNow);
  watching = true;
  const mark = `${here}.${started++}`;
  const child = spawn(file, args, {
    windowsHide: true,
    ...options,
    env: { ...(options.env ?? process.env), [MARK]: mark },
    detached: process.platform !== "win32",
  });
  if (child.pid !== undefined) trees.set(child, { pid: child.pid, mark, hurry: new AbortController() });
  return child;
}

/**
 * Ends the child and everything that it started: SIGTERM to its group, after `grace` milliseconds SIGKILL, also to what
 * outlives the head of the group, and on Linux to every marked process elsewhere. With a grace of 0 it kills at once.
 * Resolves when they are gone, with the numbers of those that could not be ended. May be called after the child
 * has exited, to kill what it left behind, and again, to shorten the grace to 0. Never rejects.
 */
export function endTree(child: ChildProcess, grace = 2_000): Promise<readonly number[]> {
  const tree = trees.get(child);
  if (!tree) return Promise.resolve([]);
  if (grace === 0) tree.hurry.abort();
  return (tree.ending ??= end(child, tree, grace));
}

/**
 * Kills every tree that was not ended, for the last moment of this process. Blocks until they are gone, a quarter of a
 * second at most. Never throws.
 */
export function killTreesNow(): void {
  if (trees.size === 0) return;
  for (const { pid } of trees.values()) signalGroup(pid, "SIGKILL");
  trees.clear();
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let round = 0; round < 50 && killMarked(here).length > 0; round++) Atomics.wait(pause, 0, 0, 5);
}

async function end(
  child: ChildProcess,
  { pid, mark, hurry: { signal } }: Tree,
  grace: number,
): Promise<readonly number[]> {
  if (grace > 0 && !exited(child) && signalGroup(pid, "SIGTERM")) {
    const deadline = realClock.now() + grace;
    for (
      let pause = 1;
      !signal.aborted && realClock.now() < deadline && groupLives(pid);
      pause = Math.min(pause * 2, 50)
    )
      await realClock.sleep(Math.min(pause, deadline - realClock.now()), signal);
  }
  signalGroup(pid, "SIGKILL");
  let left = killMarked(mark);
  for (let pause = 1; pause < 1_000 && (left.length > 0 || !exited(child)); pause *= 2) {
    await realClock.sleep(pause);
    left = killMarked(mark);
  }
  trees.delete(child);
  return exited(child) ? left : [...new Set([pid, ...left])];
}

function exited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Whether anyone in the group still runs; those that ended may stay in it until their parent, or init, waits for them. */
function groupLives(pid: number): boolean {
  if (process.platform === "win32" || !signalGroup(pid, 0)) return false;
  if (process.platform !== "linux") return true;
  return processes().some((each) => {
    const stat = fileOf(each, "stat");
    const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // proc(5)
    return Number(group) === pid && state !== "Z" && state !== "X";
  });
}

/** Signals a whole process group; false when no one is left in it. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  if (process.platform === "win32") {
    spawnSync("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore", windowsHide: true });
    return false;
  }
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Kills the processes whose environment holds the mark, or one that extends it; returns those that were there. */
function killMarked(mark: string): number[] {
  if (process.platform !== "linux") return [];
  return marked(mark).filter((pid) => {
    try {
      process.kill(pid, "SIGKILL");
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "EPERM";
    }
  });
}

function marked(mark: string): number[] {
  return processes().filter((pid) => {
    const found = /\0ATTUNE_MARK=([^\0]*)/.exec(`\0${fileOf(pid, "environ")}`)?.[1];
    return found !== undefined && (found === mark || found.startsWith(`${mark}/`) || found.startsWith(`${mark}.`));
  });
}

/** All other processes. */
function processes(): number[] {
  try {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => Number.isInteger(pid) && pid !== process.pid);
  } catch {
    return [];
  }
}

/** What Linux tells of a process; empty if it is gone, has ended, or is another user's. */
function fileOf(pid: number, name: "environ" | "stat"): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "latin1");
  } catch {
    return "";
  }
}
