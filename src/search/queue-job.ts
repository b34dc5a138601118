import type { Failure, FinalOutcome } from "../core/outcome.ts";
import type { TrialReport, TrialState, Values } from "../core/trial.ts";

/** The fate of a job so far. `stopping`: it was asked to end and has not ended yet. */
export type JobState = Exclude<TrialState, "waiting" | "rejected">;

/** One configuration that was submitted, and its fate. It is live: a job in hand changes while it runs. */
export interface Job<P = unknown> {
  /** Its place among all that were submitted, from 0. */
  readonly number: number;
  /** A copy of the configuration as it was submitted. */
  readonly params: P;
  readonly state: JobState;
  /** The number of its last attempt; 0 before the first. */
  readonly attempt: number;
  /** What became of it, with the evidence: standard errors, samples, the failure. */
  readonly outcome?: FinalOutcome | undefined;
  /** Measured values by name. Empty unless complete. */
  readonly values: Readonly<Partial<Values>>;
  readonly failure?: Failure | undefined;
  /** Why it was cancelled. */
  readonly reason?: string | undefined;
  /** The intermediate values of its last attempt. */
  readonly reports: readonly TrialReport[];
  /** The number of the worker that ran its last attempt, where the evaluator numbers them. */
  readonly worker?: number | undefined;
  /** Milliseconds that the last attempt ran for. */
  readonly duration: number;
  /** Milliseconds since 1970, as all times of a job. */
  readonly submittedAt: number;
  /** When its first attempt was really running. */
  readonly startedAt?: number | undefined;
  readonly finishedAt?: number | undefined;
  /** When `gather` or `close` handed it out. */
  readonly gatheredAt?: number | undefined;
}

interface CompleteJob<P, V> extends Job<P> {
  readonly state: "complete";
  readonly values: V & Values;
}

interface FailedJob<P, V> extends Job<P> {
  readonly state: "failed";
  readonly values: None<V>;
  readonly failure: Failure;
}

interface StoppedJob<P, V> extends Job<P> {
  readonly state: "pruned" | "cancelled";
  readonly values: None<V>;
}

/** No values, although one may ask for them. */
type None<V> = { readonly [K in keyof V]?: undefined };

/** A job that has reached its last state. Where that is `complete`, it has the values. */
export type FinishedJob<P = unknown, V = Values> = CompleteJob<P, V> | FailedJob<P, V> | StoppedJob<P, V>;

const none: TrialReport[] = [];
const nothing: Values = {};

/** A job as its queue keeps it. */
export class JobRecord<P> implements Job<P> {
  readonly number: number;
  readonly params: P;
  readonly submittedAt: number;
  state: JobState = "queued";
  attempt = 0;
  outcome: FinalOutcome | undefined = undefined;
  values: Values = nothing;
  failure: Failure | undefined = undefined;
  reason: string | undefined = undefined;
  reports: TrialReport[] = none;
  worker: number | undefined = undefined;
  duration = 0;
  startedAt: number | undefined = undefined;
  finishedAt: number | undefined = undefined;
  gatheredAt: number | undefined = undefined;

  constructor(number: number, params: P, now: number) {
    this.number = number;
    this.params = params;
    this.submittedAt = now;
  }

  /** A further attempt begins. */
  begin(): void {
    this.attempt++;
    this.reports = none;
  }

  report(report: TrialReport): void {
    if (this.reports === none) this.reports = [report];
    else this.reports.push(report);
  }

  end(outcome: FinalOutcome, now: number): void {
    this.state = outcome.state;
    this.outcome = outcome;
    this.finishedAt = now;
    if (outcome.state === "failed") this.failure = outcome.failure;
    if (outcome.state === "cancelled") this.reason = outcome.reason;
    if (outcome.state === "complete")
      this.values = Object.fromEntries(Object.entries(outcome.values).map(([name, { value }]) => [name, value]));
  }
}

/** Jobs that have ended, under the types of their values. */
export function asFinished<P, V>(ended: JobRecord<P>[]): FinishedJob<P, V>[] {
  return ended as unknown as FinishedJob<P, V>[];
}
