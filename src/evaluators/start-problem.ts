import { existsSync } from "node:fs";
import { messageOf } from "../core/errors.ts";

/** Why a program could not be started. For a directory that is missing Node too says ENOENT, of the program. */
export function startProblem(error: unknown, cwd: string | undefined): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (code === "ENOENT" && cwd !== undefined && !existsSync(cwd)) return `there is no directory ${cwd} (ENOENT)`;
  if (code === "ENOENT") return "not found (ENOENT)";
  if (code === "EACCES") return "not an executable file (EACCES)";
  return messageOf(error);
}
