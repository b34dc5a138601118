import { readdirSync, readFileSync } from "node:fs";

/** A process and all that descend from it, on Linux. */
export function treeOf(root: number): readonly number[] {
  const parents = new Map(
    readdirSync("/proc")
      .map(Number)
      .filter(Number.isInteger)
      .map((pid) => [pid, Number(statOf(pid)?.[1])]),
  );
  const tree = [root];
  for (const parent of tree) for (const [pid, of] of parents) if (of === parent) tree.push(pid);
  return tree;
}

/** Milliseconds of processor time that the living threads of some processes have used. */
export function cpuOf(pids: readonly number[]): number {
  let nanoseconds = 0;
  for (const pid of pids)
    for (const thread of attempt(() => readdirSync(`/proc/${pid}/task`)) ?? [])
      nanoseconds += Number(
        attempt(() => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8"))?.split(" ")[0] ?? 0,
      );
  return nanoseconds / 1e6;
}

/** Whether a process still runs; one that only waits to be noticed by its parent does not. */
export function isAlive(pid: number): boolean {
  const state = statOf(pid)?.[0];
  return state !== undefined && state !== "Z" && state !== "X";
}

/** The fields of /proc/PID/stat after the name: state, parent, … (proc(5)). */
function statOf(pid: number): readonly string[] | undefined {
  const text = attempt(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
