import type { Trial } from "../core/trial.ts";
import { medianOf } from "../math/median.ts";

/** The median of the milliseconds that complete trials took; undefined if none is complete. */
export function usualDuration(trials: Iterable<Pick<Trial, "state" | "twin" | "duration">>): number | undefined {
  const all = [...trials].filter(({ state, twin }) => state === "complete" && twin === undefined);
  return all.length === 0 ? undefined : medianOf(Float64Array.from(all, ({ duration }) => duration).sort());
}
