import { randomBytes } from "node:crypto";
import { linkSync, unlinkSync } from "node:fs";
import { mkdir, open, realpath, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Writes a whole file at once: readers see the old text or the new one, never a part, also after a power cut. Parent
 * directories are created; a symbolic link stays one. Rejects with the operating system's error.
 */
export async function writeFileAtomic(path: string, text: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const target = await realpath(path).catch(() => path);
  const temporary = `${target}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

/** Appends a text to a file of that size: all or nothing, what was written of it before an error is taken back. */
export async function appendWhole(path: string, text: string, size: number): Promise<void> {
  const file = await open(path, "a");
  try {
    await file.appendFile(text);
  } catch (error) {
    await file.truncate(size);
    throw error;
  } finally {
    await file.close();
  }
}

/**
 * Renames a file to the first free of `NAME.1`, `NAME.2`, … and returns the new path, or undefined if there is no such
 * file. Never overwrites anything.
 */
export function moveAside(path: string): string | undefined {
  for (let n = 1; ; n++) {
    const aside = `${path}.${n}`;
    try {
      linkSync(path, aside); // unlike rename, refuses to replace
      unlinkSync(path);
      return aside;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return undefined;
      if (code !== "EEXIST") throw error;
    }
  }
}
