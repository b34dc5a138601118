/**
 * Why an attempt gave no values: `error` it threw, or a command's exit code; `invalid` wrong names, not a number, NaN;
 * `timeout`; `memory`; `crash` a signal or the exit of the host; `lost` the worker, node or scheduler is gone.
 */
export type FailureKind = "error" | "invalid" | "timeout" | "memory" | "crash" | "lost";

/** Evidence of a failure; plain JSON, so that it survives processes and the journal. */
export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
  readonly stack?: string;
  /** The exit code of the process, if it exited. */
  readonly exitCode?: number;
  /** The signal that ended the process, if one did. */
  readonly signal?: string;
  /** The end of what the process wrote to stderr. */
  readonly stderr?: string;
}

/** One measured value: the median of its samples, with the standard error where several were taken. */
export interface Measured {
  readonly value: number;
  readonly stderr?: number;
  readonly samples?: number;
}

/** What became of one attempt. */
export type Outcome =
  | {
      readonly state: "complete";
      readonly values: Readonly<Record<string, Measured>>;
      /** The values are lower bounds on the loss: the attempt was cut off by a relative timeout. */
      readonly atLeast?: true;
      /** The declared cost, in the user's unit. */
      readonly cost?: number;
    }
  | { readonly state: "pruned" }
  | { readonly state: "cancelled"; readonly reason: string }
  | { readonly state: "failed"; readonly failure: Failure };

/** A failed outcome. */
export function failed(kind: FailureKind, message: string, detail: Omit<Failure, "kind" | "message"> = {}): Outcome {
  return { state: "failed", failure: { kind, message, ...detail } };
}
