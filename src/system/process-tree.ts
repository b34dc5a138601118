import { type ChildProcess, spawn, type SpawnOptions, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { realClock } from "./clock.ts";
import { fileOf, processes, processesSince, type Since, statOf } from "./process-table.ts";
import { dieWithUs, hasEnded, letGo, sweepAfterUs } from "./reaper.ts";

/** The environment variable that marks every process of a tree, also those that left its process group. */
export const MARK = "ATTUNE_MARK";

interface Tree extends Since {
  readonly mark: string;
  ending?: Promise<readonly number[]>;
  /** Cuts the grace short. */
  readonly hurry: AbortController;
}

/** Marks of this process; inside another tree they extend its mark, so that its end is the end of ours as well. */
export const here = `${process.env[MARK] === undefined ? "" : `${process.env[MARK]}/`}${randomBytes(6).toString("hex")}`;
const trees = new Map<ChildProcess, Tree>();
/** The marks of threads that have not ended. */
const threads = new Set<string>();
let started = 0;
let watching = false;

/**
 * Starts a program as the head of its own process group (`detached`, whatever the options say), marked in its
 * environment, so that {@link endTree} finds all that it starts. When this process emits "exit", the tree is killed
 * (a signal that is not handled gives it no chance to). As with `spawn`, a program that cannot be started emits "error".
 */
export function spawnTree(file: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const mark = nextMark();
  const at = performance.now();
  const child = spawn(file, args, {
    windowsHide: true,
    ...options,
    env: { ...(options.env ?? process.env), [MARK]: mark },
    detached: process.platform !== "win32",
  });
  if (child.pid === undefined) return child;
  trees.set(child, { pid: child.pid, at, mark, hurry: new AbortController() });
  if (process.env[MARK] === undefined) dieWithUs(child.pid, `${here}.`);
  return child;
}

/** A mark for something new, which is now sure to end with this process. */
function nextMark(): string {
  if (!watching) process.on("exit", leave);
  watching = true;
  if (process.env[MARK] === undefined) sweepAfterUs(`${here}.`); // else it dies with the tree around us
  return `${here}.${started++}`;
}

function leave(): void {
  killTreesNow();
  letGo();
}

/** The mark of the tree that the child heads, until that has ended. */
export function markOf(child: ChildProcess): string | undefined {
  return trees.get(child)?.mark;
}

/** Marks what a thread of this process starts, by {@link MARK} in the thread's environment. */
export interface ThreadMark {
  readonly mark: string;
  /** Kills what the thread has left behind; resolves as {@link endTree} does. Linux only; elsewhere it does nothing. */
  end(): Promise<readonly number[]>;
}

/** A mark for a new thread. What it starts also ends with this process. */
export function markThread(): ThreadMark {
  const mark = nextMark();
  threads.add(mark);
  const end = async (): Promise<readonly number[]> => {
    const killed = new Set<number>();
    let left = killMarked(mark, killed);
    for (let pause = 1; pause < 1_000 && left.length > 0; pause *= 2) {
      await realClock.sleep(pause);
      left = killMarked(mark, killed);
    }
    threads.delete(mark);
    return left;
  };
  return { mark, end };
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
  if (trees.size === 0 && threads.size === 0) return;
  for (const { pid } of trees.values()) {
    signalGroup(pid, "SIGKILL");
    hasEnded(pid);
  }
  trees.clear();
  threads.clear();
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const killed = new Set<number>();
  for (let round = 0; round < 50 && killMarked(here, killed).length > 0; round++) Atomics.wait(pause, 0, 0, 5);
}

async function end(child: ChildProcess, tree: Tree, grace: number): Promise<readonly number[]> {
  const { pid, mark } = tree;
  const { signal } = tree.hurry;
  if (grace > 0 && !exited(child) && signalGroup(pid, "SIGTERM")) {
    const deadline = realClock.now() + grace;
    for (
      let pause = 1;
      !signal.aborted && realClock.now() < deadline && groupLives(tree);
      pause = Math.min(pause * 2, 50)
    )
      await realClock.sleep(Math.min(pause, deadline - realClock.now()), signal);
  }
  signalGroup(pid, "SIGKILL");
  const killed = new Set<number>();
  let left = killMarked(mark, killed, tree);
  for (let pause = 1; pause < 1_000 && (left.length > 0 || !exited(child) || groupLives(tree)); pause *= 2) {
    await realClock.sleep(pause);
    left = killMarked(mark, killed, tree);
  }
  trees.delete(child);
  hasEnded(pid);
  return exited(child) ? left : [...new Set([pid, ...left])];
}

function exited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Whether anyone in the group still runs; those that ended may stay in it until their parent, or init, waits for them. */
function groupLives(tree: Tree): boolean {
  if (process.platform === "win32" || !signalGroup(tree.pid, 0)) return false;
  if (process.platform !== "linux") return true;
  return processesSince(tree).some((each) => runs(each, tree.pid));
}

/** Whether a process runs, in that group if one is given; one that has ended may wait for its parent to ask. */
function runs(pid: number, group?: number): boolean {
  const stat = statOf(pid);
  return stat !== undefined && stat.state !== "Z" && stat.state !== "X" && stat.group === (group ?? stat.group);
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

/**
 * Kills the processes whose environment holds the mark, or one that extends it; returns those that were there, and of
 * those `killed` before, which it adds to, the ones that still run: a process loses its environment before it is gone.
 */
function killMarked(mark: string, killed: Set<number>, since?: Since): number[] {
  for (const pid of killed) if (!runs(pid)) killed.delete(pid);
  for (const pid of markedProcesses(mark, since)) {
    try {
      process.kill(pid, "SIGKILL");
      killed.add(pid);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EPERM") killed.add(pid);
    }
  }
  return [...killed];
}

/** On Linux, the processes whose environment holds the mark, or one that extends it. */
export function markedProcesses(mark: string, since?: Since): number[] {
  if (process.platform !== "linux") return [];
  return (since === undefined ? processes() : processesSince(since)).filter((pid) => isWithin(markIn(pid), mark));
}

/** The mark in a process's environment; empty if there is none. */
export function markIn(pid: number): string {
  const environment = fileOf(pid, "environ");
  const at = environment.startsWith(`${MARK}=`) ? 0 : environment.indexOf(`\0${MARK}=`) + 1;
  if (at === 0 && !environment.startsWith(`${MARK}=`)) return "";
  const end = environment.indexOf("\0", at);
  return environment.slice(at + MARK.length + 1, end < 0 ? undefined : end);
}

/** Whether a mark is another one, or extends it. */
export function isWithin(mark: string, tree: string): boolean {
  if (!mark.startsWith(tree)) return false;
  const next = mark[tree.length];
  return next === undefined || next === "/" || next === ".";
}
