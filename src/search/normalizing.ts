import { AttuneError } from "../core/errors.ts";
import type { TrialRecord } from "../study/record.ts";

/** The baseline that a study has already: what others are normalised by stays the same when a search goes on. */
export function baselineOf<P>(trials: readonly TrialRecord<P>[]): TrialRecord<P> | undefined {
  return trials.find(
    ({ source, aside, state }) => source === "baseline" && aside === undefined && state !== "rejected",
  );
}

/** Throws where a journal's trials are normalised and those to come are not, or the other way round: they cannot be compared. */
export function expectAlike<P>(trials: readonly TrialRecord<P>[], normalize: boolean): void {
  const other = trials.find(
    ({ state, aside, normalized }) =>
      state === "complete" && aside === undefined && (normalized === undefined) === normalize,
  );
  if (other === undefined) return;
  const [was, is] = normalize ? ["not normalised", "with"] : ["normalised", "without"];
  throw new AttuneError(
    "journal",
    `The journal's trials are ${was} (such as trial ${other.number}), and cannot be compared with trials ${is} \`normalize\`: go on as before, or start over with \`--fresh\` (fresh: true)`,
  );
}
