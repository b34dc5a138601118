import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import type { ProcessIdentity } from "../core/event.ts";
import { realClock } from "./clock.ts";
import { identityOf, thisHost } from "./host.ts";
import { MARK } from "./process-tree.ts";

/** A program that is to go on when this process is gone, and where its output goes: paths of files. */
export interface Detached {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Starts a program as the head of its own process group, which nothing of this process ends but {@link endDetached}.
 * Rejects as `spawn` does if it cannot be started.
 */
export async function startDetached({ file, args, env, cwd, stdout, stderr }: Detached): Promise<ProcessIdentity> {
  const files = [stdout, stderr].map((path) => openSync(path, "a"));
  try {
    const { [MARK]: _, ...unmarked } = env;
    const child = spawn(file, args, {
      stdio: ["ignore", ...files],
      env: unmarked,
      detached: true,
      windowsHide: true,
      ...(cwd === undefined ? {} : { cwd }),
    });
    await once(child, "spawn");
    child.unref();
    return identityOf(child.pid!);
  } finally {
    for (const fd of files) closeSync(fd);
  }
}

/** Ends the process and its group: SIGTERM, after `grace` milliseconds SIGKILL. Resolves when it is gone. */
export async function endDetached(identity: ProcessIdentity, grace: number): Promise<void> {
  const { alive } = thisHost();
  const gone = async (patience: number): Promise<boolean> => {
    for (let [waited, pause] = [0, 1]; waited < patience && alive(identity); pause = Math.min(2 * pause, 50)) {
      await realClock.sleep(pause);
      waited += pause;
    }
    return !alive(identity);
  };
  if (!alive(identity)) return;
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    try {
      process.kill(-identity.pid, signal);
    } catch {
      // it has just ended
    }
    if (await gone(grace)) return;
  }
}
