import type { StudyDefinition, StudyEvent } from "./event.ts";
import type { Awaitable } from "./json.ts";
import type { Limits, Objective } from "./objective.ts";
import type { FailureKind } from "./outcome.ts";
import type { StopReason } from "./stop-rule.ts";
import type { FinishedTrial, Trial } from "./trial.ts";

/** A generation of a generational sampler, as this process runs it; those of steady-state samplers may overlap. */
export interface GenerationEvent {
  readonly type: "generation-started" | "generation-ended";
  /** Milliseconds since 1970. */
  readonly at: number;
  /** From 0. */
  readonly generation: number;
}

/** What a tracker hears: the study's events in the journal's order, from the start of this session on, and its generations. */
export type TrackedEvent = StudyEvent | GenerationEvent;

/** Follows a study's events. What it throws is reported once and never harms the search. */
export interface Tracker {
  track(event: TrackedEvent, trial?: Trial): void | Promise<void>;
  /**
   * Environment variables for an attempt of a trial of this process, asked for before it starts: commands and worker
   * processes get them as such, functions find them in `trial.environment`. The attempt waits for the answer, but no
   * longer than a second, the first one three; then it goes without, and so do those of the next
   * ten seconds.
   */
  environment?(trial: Trial): Awaitable<Readonly<Record<string, string>>>;
  /** The search is over and everything was tracked. */
  close?(): void | Promise<void>;
}

/** What a tracker may ask about the search that it follows. */
export interface Watched {
  /** Names this study, and is the same whenever it is resumed. */
  readonly id: string;
  readonly study: StudyDefinition;
  /** Where its journal lives, if it has one that outlives the process. */
  readonly journal?: string;
  /** Every trial so far, by number; those of earlier sessions too. */
  readonly trials: readonly Trial[];
  readonly objectives: readonly Objective[];
  readonly constraints: Limits;
  readonly status: Status;
  /** Tells the user something, where there is one to be told. */
  warn?(message: string): void;
}

/** A search at one moment. */
export interface Status {
  /** Complete, pruned or failed; what the budget counts. */
  readonly trials: number;
  readonly budget?: number;
  readonly running: number;
  /** Failed trials: twins of failed ones and attempts that were repeated don't count. */
  readonly failed: number;
  /** The same by kind, the most frequent one first. */
  readonly failures: Readonly<Partial<Record<FailureKind, number>>>;
  readonly firstFailed?: FinishedTrial;
  readonly workers: number;
  readonly generation?: number;
  /** Milliseconds since this start. */
  readonly elapsed: number;
  readonly ended?: StopReason | "error";
  readonly baseline?: FinishedTrial;
  /** The best trial of one objective, or the Pareto front of several; feasible ones only. */
  readonly best: readonly FinishedTrial[];
}

/** What a tracker is, for tables and tests. */
export interface TrackerInfo {
  readonly name: string;
  readonly summary: string;
}

/** A configured tracker, not yet following anything. */
export interface TrackerFactory {
  readonly info: TrackerInfo;
  create(watched: Watched): Tracker;
}

/** What a tracker module exports. */
export interface TrackerDefinition<O extends object = object> {
  (options?: O): TrackerFactory;
  readonly info: TrackerInfo;
}

/** Makes a {@link TrackerDefinition}; `configure` checks the options at once. */
export function defineTracker<O extends object>(
  info: TrackerInfo,
  configure: (options: O) => TrackerFactory["create"],
): TrackerDefinition<O> {
  const define = (options: O = {} as O): TrackerFactory => ({ info, create: configure(options) });
  return Object.assign(define, { info });
}
