import type { Json } from "./json.ts";
import { TRANSITIONS } from "./trial-state.ts";
import type { BaselineReference, Failure, FailureKind, Measured } from "./outcome.ts";

/** The fate of a trial so far. `rejected` and `cancelled` trials count in no budget. */
export type TrialState =
  | "waiting"
  | "queued"
  | "running"
  | "stopping"
  | "complete"
  | "pruned"
  | "failed"
  | "cancelled"
  | "rejected";

/** Where a trial came from. */
export type TrialSource = "sampler" | "baseline" | "first" | "enqueued";

/** Intermediate values at a step. */
export interface TrialReport {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
  /** Milliseconds since the attempt began, where that is known. */
  readonly elapsed?: number;
  /** The instance that the values were measured on, of an objective with instances; the step counts these from 1. */
  readonly instance?: string;
  /** Standard errors of the values for which they are known. */
  readonly stderr?: Readonly<Record<string, number>>;
  /** Objectives relative to the baseline's on the same instance; trials are compared by them. */
  readonly normalized?: Readonly<Record<string, number>>;
}

/** What a report says beside its values. */
export type ReportDetails = Pick<TrialReport, "instance" | "stderr" | "normalized">;

/** One configuration and its fate. `values` are in the user's sign; `{}` until complete. */
export interface Trial<P = unknown> {
  readonly number: number;
  readonly state: TrialState;
  readonly params: P;
  /** Measured values by name: the objectives, and everything else that was returned. Empty unless complete. */
  readonly values: Readonly<Record<string, number>>;
  /** Standard errors of the values for which they are known. */
  readonly stderr: Readonly<Record<string, number>>;
  /** Objectives relative to the baseline's, where that was asked for; trials are compared by them. */
  readonly normalized?: Readonly<Record<string, number>> | undefined;
  /** The baseline by which they were normalised: where it was measured, and its values. */
  readonly normalizedBy?: BaselineReference | undefined;
  /** The measurements behind `values`, with the number of samples. */
  readonly measured: Readonly<Record<string, Measured>>;
  readonly source: TrialSource;
  readonly attempt: number;
  /** Milliseconds that the last attempt took. */
  readonly duration: number;
  /** Milliseconds that all attempts took together. @default the duration */
  readonly busy?: number | undefined;
  /** What an evaluator keeps of it in the journal, for later sessions. */
  readonly kept?: Json | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt?: number | undefined;
  readonly finishedAt?: number | undefined;
  readonly failure?: Failure | undefined;
  /** The number of the earlier trial whose result this one took over. */
  readonly twin?: number | undefined;
  readonly generation?: number | undefined;
  readonly memo?: Json | undefined;
  readonly note?: string | undefined;
  /** Why it was rejected or cancelled. */
  readonly reason?: string | undefined;
  /** Why it takes part in nothing: it does not fit the definition that the study has adopted since. */
  readonly aside?: string | undefined;
  readonly atLeast?: true | undefined;
  readonly cost?: number | undefined;
  readonly reports: readonly TrialReport[];
}

/** Values by measured name. */
export type Values = Readonly<Record<string, number>>;

/** A trial that has reached its last state. */
export interface FinishedTrial<P = unknown, V = Values> extends Trial<P> {
  readonly state: "complete" | "pruned" | "failed" | "cancelled" | "rejected";
  readonly values: V & Values;
}

/** How many trials failed in one way, and the first of them. */
export interface FailureCount<P = unknown, V = Values> {
  readonly kind: FailureKind;
  readonly count: number;
  readonly first: FinishedTrial<P, V>;
}

/** Whether the state is a last one. */
export function isFinal(state: TrialState): boolean {
  return TRANSITIONS[state].length === 0;
}

/** Whether a trial of this state counts in the budget: complete, pruned or failed. */
export function counts(trial: Pick<Trial, "state" | "twin" | "source">): boolean {
  return (
    (trial.state === "complete" || trial.state === "pruned" || trial.state === "failed") &&
    trial.twin === undefined &&
    trial.source !== "baseline"
  );
}
