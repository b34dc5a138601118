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
  if (child.pid !== undefined) trees.set(child, { pid: child.pid, mark });
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
  if (tree.ending && grace === 0) signalGroup(tree.pid, "SIGKILL");
  return (tree.ending ??= end(child, tree, grace));
}

/** Kills, without waiting, every tree that was not ended; for the last moment of this process. Never throws. */
export function killTreesNow(): void {
  if (trees.size === 0) return;
  for (const { pid } of trees.values()) signalGroup(pid, "SIGKILL");
  trees.clear();
  // what is forked meanwhile is found by the next round
  for (let round = 0; round < 5 && killMarked(here).length > 0; round++);
}

async function end(child: ChildProcess, { pid, mark }: Tree, grace: number): Promise<readonly number[]> {
  if (grace > 0 && !exited(child) && signalGroup(pid, "SIGTERM")) {
    const deadline = realClock.now() + grace;
    for (let pause = 1; realClock.now() < deadline && groupLives(pid); pause = Math.min(pause * 2, 25))
      await realClock.sleep(Math.min(pause, deadline - realClock.now()));
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

function groupLives(pid: number): boolean {
  return process.platform !== "win32" && signalGroup(pid, 0);
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
  return list("/proc")
    .map(Number)
    .filter((pid) => {
      if (!Number.isInteger(pid) || pid === process.pid) return false;
      const found = /\0ATTUNE_MARK=([^\0]*)/.exec(`\0${environmentOf(pid)}`)?.[1];
      return found !== undefined && (found === mark || found.startsWith(`${mark}/`) || found.startsWith(`${mark}.`));
    });
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** Empty for a process that is gone, has ended, or is another user's. */
function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    return "";
  }
}
