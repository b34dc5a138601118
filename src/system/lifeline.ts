import { Worker } from "node:worker_threads";

/** Milliseconds that this process has to end in order, before its group is killed. */
const GRACE = 200;

/**
 * Kills this process group soon after the pipe at a file descriptor closes: the process at its other end is gone. The
 * watch has a thread of its own, for code that never yields. The process must lead its group.
 */
export function endGroupWith(fd: number): void {
  const watch = `
    const lifeline = new (require("node:net").Socket)({ fd: ${fd} });
    lifeline.on("error", () => {}).on("close", () => setTimeout(${endGroup.toString()}, ${GRACE})).resume();
  `;
  const resourceLimits = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 };
  new Worker(watch, { eval: true, execArgv: [], resourceLimits }).on("error", () => {}).unref();
}

/** Kills this process group at once. */
export function endGroup(): void {
  try {
    process.kill(-process.pid, "SIGKILL");
  } catch {
    process.kill(process.pid, "SIGKILL");
  }
}
