import { chmod, lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { realClock } from "./clock.ts";

/** Milliseconds for which a directory is tried to be removed that others still write to. */
const PATIENCE = 2_000;

/**
 * Removes a file, or a directory with all that is in it: also where directories are read-only, and while processes that
 * are about to end still write there. Links are removed, never followed. Rejects with the operating system's error.
 */
export async function removeTree(path: string): Promise<void> {
  const start = realClock.now();
  for (let opened = false, pause = 2; ; pause *= 2) {
    try {
      return await rm(path, { recursive: true, force: true });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const locked = code === "EACCES" || code === "EPERM";
      if (locked ? opened : realClock.now() - start > PATIENCE) throw error;
      if (locked) await open(path);
      else await realClock.sleep(pause);
      opened = locked;
    }
  }
}

/** Gives all directories to their owner. What is not ours stays as it is. */
async function open(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isDirectory()) return;
  await chmod(path, 0o700).catch(() => {});
  for (const name of await readdir(path).catch(() => [])) await open(join(path, name));
}
