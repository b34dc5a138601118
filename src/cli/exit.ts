import { closeSync } from "node:fs";
import { isatty } from "node:tty";
import { styleText } from "node:util";
import { AttuneError, isAttuneError, messageOf } from "../core/errors.ts";

/** Exit codes, for scripts. */
export const EXIT = {
  done: 0,
  error: 1,
  usage: 2,
  allFailed: 3,
  /** Nobody works on the journal, so that there is nobody to be told. */
  nobody: 4,
  /** `ask`: there are no more trials. */
  over: 5,
  /** `ask`: there are none now, but there may be some later. */
  later: 6,
  /** `validate`: nothing is better than the baseline. */
  nothingKept: 7,
  interrupted: 130,
} as const;

/** Prints an error as one clear message and gives its exit code. Only bugs show a stack. */
export function fail(error: unknown): number {
  const label = styleText("red", "error:", { stream: process.stderr });
  process.stderr.write(`${label} ${textOf(error)}\n`);
  if (!isAttuneError(error)) return EXIT.error;
  return error.code === "usage" ? EXIT.usage : error.code === "all-failed" ? EXIT.allFailed : EXIT.error;
}

/** What a stream says when nobody reads it any more: a pipe that is closed, a terminal that is gone. */
const UNREAD: readonly unknown[] = ["EPIPE", "EIO", "ERR_STREAM_DESTROYED"];

/**
 * Lets this process outlive who reads its output. When nobody reads stdout any more, `attune show … | head` ends without
 * a complaint; a search (`lasting`) goes on, as its journal matters more. Only results that could not be written are an
 * error; what stands on stderr is told to whom it reaches.
 */
export function outliveOutput(lasting: boolean): void {
  outliveTerminal();
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    const unread = UNREAD.includes(error.code);
    if (unread && lasting) return;
    if (unread) process.exit(EXIT.done);
    const code = fail(new AttuneError("journal", `Cannot write to stdout: ${error.message}`));
    process.once("exit", () => (process.exitCode = code));
  });
}

/**
 * Ends this process once its output is written: what an inline objective left behind, such as a timer of a minute, must
 * not keep a search alive that is over.
 */
export async function exitWritten(code: number): Promise<never> {
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((resolve) => stream.write("", () => resolve()));
  process.exit(code);
}

/** Node aborts when it cannot restore the modes of a terminal at its end, as of one that is gone, unless that is closed. */
function outliveTerminal(): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  process.once("exit", () => {
    for (const fd of terminals) if (!isatty(fd)) closeSync(fd);
  });
}

function textOf(error: unknown): string {
  if (isAttuneError(error) || !(error instanceof Error)) return messageOf(error);
  return "syscall" in error ? error.message : (error.stack ?? error.message);
}
