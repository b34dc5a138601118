import type { ProcessIdentity, SearchSettings, StudyDefinition } from "../../core/event.ts";
import type { Objective } from "../../core/objective.ts";
import type { FailureCount, FinishedTrial } from "../../core/trial.ts";
import type { Space } from "../../space/space.ts";
import type { TrialRecord } from "../../study/record.ts";

/** What finished trials amount to, as the result of a search tells it. */
export interface Findings {
  readonly objectives: readonly Objective[];
  readonly trials: readonly FinishedTrial[];
  readonly baseline: FinishedTrial | undefined;
  /** Complete trials that keep every limit. */
  readonly feasible: readonly FinishedTrial[];
  readonly failures: readonly FailureCount[];
  /** The best trial of one objective, the front of several. Throws where no trial is feasible. */
  readonly leaders: readonly FinishedTrial[];
  /** The best feasible trials, in order. Throws where there are none. */
  top(k: number): readonly FinishedTrial[];
  losses(trial: FinishedTrial): number[];
}

/** A study as a report is made of it: that of a journal, or of a search that runs. */
export interface ReportContent {
  readonly definition: StudyDefinition;
  readonly space: Space;
  readonly trials: readonly TrialRecord<unknown>[];
  readonly result: Findings;
  /** The processes that worked on it, by the names that trials have for them. */
  readonly sessions: ReadonlyMap<string, { readonly process: ProcessIdentity }>;
  /** The settings of the last session. */
  readonly settings: SearchSettings | undefined;
}
