import type { FinishedTrial } from "./trial.ts";

/** Why a search ended. */
export type StopReason =
  | "trials"
  | "generations"
  | "exhausted"
  | "dropped"
  | "time"
  | "cost"
  | "compute-time"
  | "iterations"
  | "target"
  | "stagnation"
  | "failures"
  | "all-failed"
  | "callback"
  | "stopped"
  | "interrupted";

/** The present moment of a search, as stop rules see it. */
export interface Now {
  /** Milliseconds since this start of the search. */
  readonly elapsed: number;
  /** How many trials are running. */
  readonly running: number;
  /** Milliseconds that the attempts which run now in this process have taken so far, together. */
  readonly busy: number;
  /** The sum of the last steps that these have reported. */
  readonly steps: number;
}

/** Limits that cancel what runs when they are reached; after any other reason running trials finish. */
export const CANCELLING: readonly StopReason[] = ["time", "compute-time", "iterations"];

/** Ends the search. Told every finished trial, also those of earlier sessions, in the journal's order. */
export interface StopRule {
  tell(trial: FinishedTrial): void;
  check(now: Now): StopReason | undefined;
  /** The number of milliseconds after which `check` must be called again even if nothing happens; read after each `check`. */
  readonly wakeAfter?: number;
  /** `check` must be called after every report too. */
  readonly heedsReports?: true;
}

/** Where a stop rule is used: what it may need to know of the search. */
export interface StopContext {
  readonly objectives: readonly { readonly name: string; readonly direction: "minimize" | "maximize" }[];
  /** Whether the trial keeps every limit. */
  feasible(trial: FinishedTrial): boolean;
}

/** A configured stop rule; `create` gives a fresh one per start. */
export interface StopRuleFactory {
  readonly name: string;
  /** Told only of trials that finish in this session, not of earlier ones. */
  readonly fresh?: true;
  /** The number of generations that a generational sampler is to make. */
  readonly generations?: number;
  /** The sum of costs at which it stops: complete trials must report one. */
  readonly cost?: number;
  /** The limit of the time that attempts take together, in milliseconds. */
  readonly computeTime?: number;
  /** The limit of the steps that trials report together. */
  readonly iterations?: number;
  /** The milliseconds from the start at which it stops. A search keeps this limit itself, so that it can be changed while it runs. */
  readonly timeLimit?: number;
  /** Decides how many failures are too many: the rule that ends a search whose first trials all fail is left out. */
  readonly tolerates?: true;
  /** May never speak, so that a search of which it is the only rule needs a budget. */
  readonly endless?: true;
  create(context: StopContext): StopRule;
}
