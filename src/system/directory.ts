import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** As `mkdir -p`. Node's own way never returns from a parent that exists and has no place for children, as /proc has none. */
export function makeDirectory(directory: string): void {
  if (madeIn(directory)) return;
  makeDirectory(dirname(directory));
  if (!madeIn(directory)) mkdirSync(directory); // still none: throws what the system says of it
}

/** Makes a directory where its parent exists; whether it is there now. Somebody else may make it at the same time. */
function madeIn(directory: string): boolean {
  try {
    mkdirSync(directory);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return true;
    if (code === "ENOENT" && dirname(directory) !== directory) return false;
    throw error;
  }
}
