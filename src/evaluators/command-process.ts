import { realClock } from "../system/clock.ts";
import { endTree, spawnTree } from "../system/process-tree.ts";
import type { CommandOutput } from "./command-output.ts";
import { Lines } from "./protocol.ts";
import { Tail } from "./tail.ts";

/** How much is kept of each of stdout and stderr, in bytes. */
const KEPT = 8 * 2 ** 20;
/** A line that is longer is heard in pieces; in characters. */
const LONGEST_LINE = 65_536;
/** Milliseconds that a program has to end on SIGTERM. */
const GRACE = 2_000;
/** Milliseconds to wait for the last of the output of a program that has exited. */
const LAST_WORDS = 200;

/** How a program ended. */
export interface Finished extends CommandOutput {
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

/** What a program is run in, and who hears its lines while it runs. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string | undefined;
  readonly line?: ((text: string) => void) | undefined;
}

/**
 * Runs a program to its end, without input. Whatever it leaves behind is ended with it, and all of it when the signal
 * aborts. Rejects as `spawn` does if it cannot be started, and with the signal's reason if that aborts.
 */
export async function finish(
  file: string,
  args: readonly string[],
  { env, cwd, line }: Surroundings,
  signal: AbortSignal,
): Promise<Finished> {
  signal.throwIfAborted();
  const began = performance.now();
  const child = spawnTree(file, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env,
    ...(cwd === undefined ? {} : { cwd }),
  });
  const [stdout, stderr] = [new Tail(KEPT), new Tail(KEPT)];
  for (const stream of line === undefined ? [] : [child.stdout!, child.stderr!]) {
    const lines = new Lines(line!, LONGEST_LINE);
    stream.on("data", (chunk: Buffer) => lines.push(chunk)).on("end", () => lines.end());
  }
  const closed = new AbortController();
  child.once("close", () => closed.abort());
  child.stdout!.on("data", (chunk: Buffer) => stdout.push(chunk)).on("error", () => {});
  child.stderr!.on("data", (chunk: Buffer) => stderr.push(chunk)).on("error", () => {});
  const stop = (): void => void endTree(child, GRACE);
  signal.addEventListener("abort", stop);
  try {
    const [exitCode, by] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (...how) => resolve(how));
    });
    const wall = performance.now() - began;
    await endTree(child, signal.aborted ? GRACE : 0);
    signal.throwIfAborted();
    await realClock.sleep(LAST_WORDS, closed.signal);
    return {
      stdout: stdout.text(),
      stderr: stderr.text(),
      wall,
      exitCode: exitCode ?? undefined,
      signal: by ?? undefined,
    };
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
