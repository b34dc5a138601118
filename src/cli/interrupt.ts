import type { SearchHandle } from "../search/handle.ts";
import { killTreesNow } from "../system/process-tree.ts";
import { EXIT } from "./exit.ts";
import { plural } from "./table.ts";

/**
 * Ctrl-C: the first lets running trials finish and says how to go on later, the second cancels them. SIGTERM counts as
 * the first. Returns how to stop listening.
 */
export function onInterrupt(handle: SearchHandle<unknown, unknown>, journal: string): () => void {
  let signals = 0;
  const heard = (): void => {
    signals++;
    if (signals === 1) {
      const running = handle.status?.running ?? 0;
      const waits = running > 0 ? `: ${plural(running, "trial")} still running; Ctrl-C again ends at once` : "";
      process.stderr.write(`\nStopping${waits}. Go on later with: attune resume ${journal}\n`);
      handle.stop({ reason: "interrupted" }).catch(() => {});
      return;
    }
    process.stderr.write(`\nEnded at once. Go on later with: attune resume ${journal}\n`);
    killTreesNow();
    process.exit(EXIT.interrupted);
  };
  process.on("SIGINT", heard);
  process.on("SIGTERM", heard);
  return () => {
    process.off("SIGINT", heard);
    process.off("SIGTERM", heard);
  };
}
