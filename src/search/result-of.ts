import type { StudyDefinition } from "../core/event.ts";
import type { StopReason } from "../core/stop-rule.ts";
import type { FinishedTrial } from "../core/trial.ts";
import type { TrialRecord } from "../study/record.ts";
import { SearchResult } from "./result.ts";

/** What a study's trials amount to: those of its present definition that are complete, pruned or failed. */
export function resultOf<P>(
  trials: readonly TrialRecord<P>[],
  { objectives, constraints, instances }: StudyDefinition,
  reason?: StopReason,
): SearchResult<P> {
  const finished = trials.filter(
    ({ aside, state }) => aside === undefined && (state === "complete" || state === "pruned" || state === "failed"),
  );
  return new SearchResult(finished as readonly FinishedTrial<P>[], {
    objectives,
    constraints,
    ...(reason === undefined ? {} : { reason }),
    ...(instances === undefined ? {} : { instances }),
  });
}
