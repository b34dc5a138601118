import { styleText } from "node:util";
import { isAttuneError, messageOf } from "../core/errors.ts";

/** Exit codes, for scripts. */
export const EXIT = { done: 0, error: 1, usage: 2, allFailed: 3, interrupted: 130 } as const;

/** Prints an error as one clear message and gives its exit code. Only bugs show a stack. */
export function fail(error: unknown): number {
  const known = isAttuneError(error);
  process.stderr.write(
    `${styleText("red", "error:", { stream: process.stderr })} ${known ? error.message : error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}\n`,
  );
  if (!known) return EXIT.error;
  return error.code === "usage" ? EXIT.usage : error.code === "all-failed" ? EXIT.allFailed : EXIT.error;
}
