import { readdirSync, readFileSync } from "node:fs";
import { realClock } from "../../src/system/clock.ts";

/** The text of a file of /proc; empty if it is gone. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

/** Whether a process runs; one that has ended and waits for its parent does not. */
export function runs(pid: number): boolean {
  return /^\d+ \(.*\) [^ZX] /s.test(textOf(`/proc/${pid}/stat`));
}

/** The helper that ends what a process started when that process is gone; waits until it is ready. */
export async function reaperOf(pid: number): Promise<number> {
  for (;;) {
    for (const each of readdirSync("/proc"))
      if (
        textOf(`/proc/${each}/cmdline`).endsWith("\0attune-reaper\0") &&
        textOf(`/proc/${each}/stat`).includes(`) S ${pid} `)
      )
        return Number(each);
    await realClock.sleep(5);
  }
}
