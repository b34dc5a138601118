import type { SearchHandle } from "../search/handle.ts";
import { realClock } from "../system/clock.ts";
import { killTreesNow } from "../system/process-tree.ts";
import { EXIT } from "./exit.ts";
import { plural } from "./table.ts";

const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
/** Milliseconds that cancelled trials have to end before they are killed. */
const PATIENCE = 1_000;

/**
 * Ctrl-C: the first lets running trials finish and says how to go on later, the second cancels them,
 * and a second later, or at the third, whatever is left is killed. SIGTERM counts as Ctrl-C. So does the first SIGHUP,
 * unless the search is stopping already: a terminal that is closed may send it, and its shell pass it on, any number of
 * times. Returns how to stop listening.
 */
export function onInterrupt(handle: SearchHandle<unknown, unknown>, journal: string): () => void {
  const over = new AbortController();
  let signals = 0;
  const heard = (signal: NodeJS.Signals): void => {
    if (signal === "SIGHUP" && signals > 0) return;
    signals++;
    if (signals === 1) {
      const running = handle.status?.running ?? 0;
      const waits = running > 0 ? `: ${plural(running, "trial")} still running; Ctrl-C again ends at once` : "";
      process.stderr.write(`\nStopping${waits}. Run it again to go on, or: attune resume ${journal}\n`);
      handle.stop({ reason: "interrupted" }).catch(() => {});
      return;
    }
    if (signals === 2) {
      process.stderr.write(`\nEnding at once. Run it again to go on, or: attune resume ${journal}\n`);
      handle.stop({ now: true, reason: "interrupted" }).catch(() => {});
      void realClock.sleep(PATIENCE, over.signal).then(() => {
        if (!over.signal.aborted) leave();
      });
    } else leave();
  };
  for (const signal of SIGNALS) process.on(signal, heard);
  return () => {
    over.abort();
    for (const signal of SIGNALS) process.off(signal, heard);
  };
}

/** Does some work of which nothing is kept, and ends it at Ctrl-C: then it resolves with undefined, and nothing is left. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const controller = new AbortController();
  const heard = (signal: NodeJS.Signals): void => {
    if (!controller.signal.aborted) {
      process.stderr.write("\nEnding at once; nothing was recorded\n");
      controller.abort("interrupted");
    } else if (signal !== "SIGHUP") leave();
  };
  for (const signal of SIGNALS) process.on(signal, heard);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (controller.signal.aborted) return undefined;
    throw error;
  } finally {
    for (const signal of SIGNALS) process.off(signal, heard);
  }
}

function leave(): never {
  killTreesNow();
  process.exit(EXIT.interrupted);
}
