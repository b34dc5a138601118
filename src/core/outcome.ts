/**
 * Why an attempt gave no values: `error` it threw, or a command's exit code; `invalid` wrong names, not a number, NaN;
 * `timeout`; `memory`; `crash` a signal or the exit of the host; `lost` the worker, node or scheduler is gone.
 */
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** Every kind of failure. */
export const FAILURE_KINDS = ["error", "invalid", "timeout", "memory", "crash", "lost"] as const;

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
  /** The number of the worker that ran the attempt, where the evaluator numbers them. */
  readonly worker?: number;
  /** The host of the process that ran the attempt. */
  readonly host?: string;
}

/** One measured value, of its samples where several were taken: their median unless `repeats` reduce otherwise, and its standard error. */
export interface Measured {
  readonly value: number;
  readonly stderr?: number;
  readonly samples?: number;
  /** The same relative to the baseline's, of an objective where that is asked for; it is what trials are compared by. */
  readonly normalized?: { readonly value: number; readonly stderr?: number };
}

/** A measurement of the baseline by which others are normalised. */
export interface BaselineReference {
  /** Where it was measured: the host, and the leased tokens. */
  readonly place: string;
  /** The values of the objectives. */
  readonly values: Readonly<Record<string, number>>;
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
      /** The baseline by which the values were normalised, if they were. */
      readonly normalizedBy?: BaselineReference;
      /** The number of the worker that ran the attempt, where the evaluator numbers them; so in what is pruned. */
      readonly worker?: number;
    }
  | { readonly state: "pruned"; readonly worker?: number }
  | { readonly state: "cancelled"; readonly reason: string }
  | { readonly state: "failed"; readonly failure: Failure }
  /** No result and no failure: the trial is to be run again, no sooner than `after` milliseconds from now. */
  | { readonly state: "later"; readonly after: number; readonly reason?: string };

/** What a trial can end with. */
export type FinalOutcome = Exclude<Outcome, { readonly state: "later" }>;

/** The most characters of each text of a failure. */
const LONGEST = 16_384;

/** A failed outcome. */
export function failed(
  kind: FailureKind,
  message: string,
  detail: Omit<Failure, "kind" | "message"> = {},
): Extract<Outcome, { state: "failed" }> {
  return { state: "failed", failure: shortened({ kind, message, ...detail }) };
}

/** The failure with texts that a journal can bear: the beginning of the message and the stack, the end of stderr. */
export function shortened(failure: Failure): Failure {
  const { message, stack = "", stderr = "" } = failure;
  if (message.length <= LONGEST && stack.length <= LONGEST && stderr.length <= LONGEST) return failure;
  return {
    ...failure,
    message: beginning(message),
    ...(stack === "" ? {} : { stack: beginning(stack) }),
    ...(stderr.length <= LONGEST ? {} : { stderr: `…${stderr.slice(1 - LONGEST)}` }),
  };
}

function beginning(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
