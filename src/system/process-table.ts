import { readdirSync, readFileSync } from "node:fs";

/** What Linux tells of a process in /proc/PID/stat (proc(5)). Times are in hundredths of a second (USER_HZ). */
export interface ProcessStat {
  /** Z or X: it has ended, and waits for its parent to ask. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  /** Processor time of its own. */
  readonly own: number;
  /** Processor time of those of its children that it has waited for, and of theirs. */
  readonly reaped: number;
  /** Ticks since boot. */
  readonly start: string;
  /** Resident memory in pages. */
  readonly resident: number;
}

/** The numbers of all other processes; none where there is no /proc. */
export function processes(): number[] {
  try {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => Number.isInteger(pid) && pid !== process.pid);
  } catch {
    return [];
  }
}

/** What Linux tells of a process; empty if it is gone, has ended, or is another user's. */
export function fileOf(pid: number, name: "environ" | "stat" | "smaps_rollup"): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "latin1");
  } catch {
    return "";
  }
}

/** The state of a process; undefined if it is gone, or this is not Linux. */
export function statOf(pid: number): ProcessStat | undefined {
  const text = fileOf(pid, "stat");
  if (text === "") return undefined;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" "); // the name may hold anything; field 3 is the first
  return {
    state: fields[0]!,
    parent: Number(fields[1]),
    group: Number(fields[2]),
    own: Number(fields[11]) + Number(fields[12]),
    reaped: Number(fields[13]) + Number(fields[14]),
    start: fields[19]!,
    resident: Number(fields[21]),
  };
}

/** Process numbers that Linux hands out per millisecond at the very most: a fork takes a processor some 50 µs. */
const FORKS = 20;

/** A moment before which no process of interest can have been started. */
export interface Since {
  readonly pid: number;
  /** On the scale of `performance.now()`. */
  readonly at: number;
}

/**
 * The processes that may have been started after another one: Linux hands out its numbers in a circle. All of them,
 * where the circle may have been completed since, or this cannot be told.
 */
export function processesSince({ pid, at }: Since): number[] {
  const all = processes();
  const last = lastPid();
  if (last === undefined || (performance.now() - at) * FORKS > pidLimit()) return all;
  return last >= pid ? all.filter((each) => each >= pid) : all.filter((each) => each >= pid || each <= last);
}

function lastPid(): number | undefined {
  const last = Number(textOf("/proc/loadavg").trim().split(" ")[4]);
  return Number.isInteger(last) && last > 0 ? last : undefined;
}

let limit: number | undefined;

function pidLimit(): number {
  return (limit ??= Number(textOf("/proc/sys/kernel/pid_max")) || 0);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
