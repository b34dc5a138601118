import { styleText } from "node:util";
import { isAttuneError, messageOf } from "../core/errors.ts";

/** Exit codes, for scripts. */
export const EXIT = { done: 0, error: 1, usage: 2, allFailed: 3, interrupted: 130 } as const;

/** Prints an error as one clear message and gives its exit code. Only bugs show a stack. */
export function fail(error: unknown): number {
  const label = styleText("red", "error:", { stream: process.stderr });
  process.stderr.write(`${label} ${textOf(error)}\n`);
  if (!isAttuneError(error)) return EXIT.error;
  return error.code === "usage" ? EXIT.usage : error.code === "all-failed" ? EXIT.allFailed : EXIT.error;
}

/** Lets `attune … | head` end without a complaint: who reads our output may stop at any time. */
export function endOnClosedPipe(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(EXIT.done);
  });
}

function textOf(error: unknown): string {
  if (isAttuneError(error) || !(error instanceof Error)) return messageOf(error);
  return "syscall" in error ? error.message : (error.stack ?? error.message);
}
