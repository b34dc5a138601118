import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";

/** The built command line. */
const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
/** Marks every process of one search, also those that left its group; inherited by all that it starts. */
const MARK = "ATTUNE_CHAOS";

/** A main process that was started. */
export interface Started {
  readonly child: ChildProcess;
  /** Its exit code, null when a signal ended it, and what it wrote. */
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
  /** Whether it still runs. */
  readonly lives: () => boolean;
}

/** Starts Node on `words` ("attune …" for the command line), with a mark in the environment of all that comes of it. */
export function start(
  mark: string,
  directory: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Started {
  const [program, ...rest] = words;
  const args = program === "attune" ? [main, ...rest] : words;
  const child = spawn(process.execPath, args, {
    cwd: directory,
    env: { ...process.env, NO_COLOR: "1", ...env, [MARK]: mark },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-20_000);
    });
  const ended = new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    child.once("error", reject);
    // not "close": what survives a killed main process may hold its pipes
    child.once("exit", (code) => void sleep(20).then(() => resolve({ code, output })));
  });
  return { child, ended, lives: () => child.exitCode === null && child.signalCode === null };
}

/** The processes that carry the mark, by number; with `variable`, those whose environment also holds that. */
export function marked(mark: string, variable = ""): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => {
      if (!Number.isInteger(pid) || pid === process.pid) return false;
      const environment = `\0${read(pid, "environ")}`;
      return environment.includes(`\0${MARK}=${mark}\0`) && environment.includes(`\0${variable}`);
    });
}

/** What runs of a mark after at most `limit` milliseconds: nothing, as it should be, or the command lines. */
export async function survivors(mark: string, limit: number): Promise<string[]> {
  for (const until = Date.now() + limit; ; await sleep(20)) {
    const left = marked(mark);
    if (left.length === 0) return [];
    if (Date.now() > until) return left.map((pid) => read(pid, "cmdline").replaceAll("\0", " ").trim());
  }
}

/** The most memory that a process has held so far, in bytes; 0 when it is gone. */
export function peakMemory(pid: number): number {
  return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(read(pid, "status"))?.[1] ?? 0);
}

/** Kills −9; a process that is gone already is none of our business. */
export function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // gone
  }
}

function read(pid: number, name: "environ" | "cmdline" | "status"): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "latin1");
  } catch {
    return "";
  }
}
