import type { Random } from "../core/random.ts";
import type { TrialRecord } from "./record.ts";
import type { AskedTrial } from "./study-options.ts";

/** A trial as it is handed out, with its own seed from the study's. */
export function askedOf<P>({ number, attempt, params, source, where }: TrialRecord<P>, seeds: Random): AskedTrial<P> {
  const seed = (seeds.fork(number).uniform() * 0x100000000) >>> 0;
  const asked = { number, attempt, params, baseline: source === "baseline", seed };
  return where === undefined ? asked : { ...asked, where };
}
