import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../core/errors.ts";

/**
 * A directory of this user's in the system's temporary one, which others may not read; it is made if need be. The
 * problem says why it cannot be used: everyone may write to the temporary directory, and so take the name before us.
 */
export function userDirectory(): { readonly path: string; readonly problem?: string } {
  const user = process.getuid?.();
  const path = join(tmpdir(), `attune-${user ?? process.env["USERNAME"] ?? "user"}`);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const found = lstatSync(path);
    const ours = found.isDirectory() && (user === undefined || found.uid === user);
    return ours ? { path } : { path, problem: "it belongs to someone else" };
  } catch (error) {
    return { path, problem: messageOf(error) };
  }
}
