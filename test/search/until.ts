import { realClock } from "../../src/system/clock.ts";

/** Waits for a condition, half a minute at most. */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`never came true: ${String(condition)}`);
    await realClock.sleep(2);
  }
}
