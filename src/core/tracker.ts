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

/**
 * What a tracker hears: the study's events in the journal's order, from the start of this session on, and its generations.
 * Of sessions it hears its own only: `search-started` once, before every trial, and `search-ended` once, as the last one,
 * whatever happens. Other processes that work on the same study are heard of by their trials.
 */
export type TrackedEvent = StudyEvent | GenerationEvent;

/** Follows a study's events, in the process that started the search. What it throws is reported once and never harms the search. */
export interface Tracker {
  /** Nothing waits for what it returns: the next event may come before that is done. */
  track(event: TrackedEvent, trial?: Trial): void | PromiseLike<void>;
  /**
   * Environment variables for an attempt of a trial of this process, asked for before it starts: commands and worker
   * processes get them as such, functions find them in `trial.environment`. The attempt waits for the answer, but no
   * longer than a second, the first one three; then it goes without, and so do those of the next ten seconds.
   */
  environment?(trial: Trial): Awaitable<Readonly<Record<string, string>>>;
  /** The search is over, and all that `track` returned is done. The search ends once this is done too. */
  close?(): void | PromiseLike<void>;
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
  /**
   * The search so far as files for people, by name: `report.html`, and `charts/NAME.svg` of every chart that has something
   * to show. Takes some tenths of a second of this process, a few seconds of 20,000 trials.
   */
  reportFiles(): Promise<Readonly<Record<string, string>>>;
  /** Tells the user something. */
  warn(message: string): void;
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
  /** How many trials may run at a time now: fewer than there are workers while objectives ask to be run again later. */
  readonly workers: number;
  /** Trials that wait until they may be run again. */
  readonly postponed?: number;
  readonly generation?: number;
  /** What trials have cost together, where one said it or a stop rule limits it. */
  readonly cost?: { readonly spent: number; readonly limit?: number };
  /** Milliseconds since this start, pauses left out. */
  readonly elapsed: number;
  /** The time limit as it is now, in milliseconds since this start. */
  readonly timeLimit?: number;
  readonly ended?: StopReason | "error";
  /** No new trials are begun, until the search is told to continue. */
  readonly paused?: true;
  readonly baseline?: FinishedTrial;
  /** The best trial of one objective, or the Pareto front of several; feasible ones only. */
  readonly best: readonly FinishedTrial[];
}

/** What a tracker is, for tables and tests. */
export interface TrackerInfo {
  readonly name: string;
  readonly summary: string;
  /** The option that stands after the name on the command line: `--tracker csv=FILE`. An option named `file` is a path. */
  readonly argument?: string;
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
