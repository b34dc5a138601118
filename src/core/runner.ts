import type { Clock } from "./clock.ts";
import type { Task, Workload } from "./evaluator.ts";
import type { Json } from "./json.ts";
import type { Outcome } from "./outcome.ts";
import type { TrialReport } from "./trial.ts";

/** An attempt as a runner submits it. */
export interface RunnerJob<P = unknown> extends Pick<
  Task<P>,
  "number" | "attempt" | "params" | "baseline" | "seed" | "instance" | "timeout" | "dir" | "leases" | "environment"
> {
  /** Unlike that of any other job, also of other studies; letters, digits, `-` and `.`. */
  readonly name: string;
}

/** What a runner calls a job: a text that outlives the process, and names the job to any runner of the same kind. */
export type JobHandle = string;

/** What a runner knows of a job. */
export type RunnerJobState =
  | { readonly state: "queued" }
  /** `reports`: all that the job has reported so far. */
  | { readonly state: "running"; readonly where?: Json; readonly reports?: readonly TrialReport[] }
  | { readonly state: "ended"; readonly outcome: Outcome; readonly reports?: readonly TrialReport[] }
  /** The runner cannot say just now. That is no failure. */
  | { readonly state: "unknown"; readonly reason: string };

/** Submits jobs to an external system that runs them: a scheduler, a cluster, detached processes. */
export interface Runner<P = unknown> {
  /** The time that its jobs go by. @default the real one */
  readonly clock?: Clock;
  /** What it would submit, as text: for people, and for tests. */
  render(job: RunnerJob<P>): string;
  /** Resolves once the job is the external system's. */
  submit(job: RunnerJob<P>): Promise<JobHandle>;
  /** Looks once, and waits for no job. A handle that it leaves out is unknown. */
  poll(handles: readonly JobHandle[]): Promise<ReadonlyMap<JobHandle, RunnerJobState>>;
  /** Ends a job, whatever its state. Resolves once nothing of it will run any more. Of a job that has ended, does nothing. */
  cancel(handle: JobHandle, reason: string): Promise<void>;
}

export interface RunnerInfo {
  readonly name: string;
  readonly summary: string;
  /** Takes closures; others need the objective as a module or a command. */
  readonly closures: boolean;
  /** Whether jobs go on when the process that submitted them is gone, so that another one can attach to them. */
  readonly survives: boolean;
}

/** A configured runner. */
export interface RunnerFactory {
  readonly info: RunnerInfo;
  /** Throws a usage error if it cannot run this workload. */
  open<P>(workload: Workload<P>): Promise<Runner<P>>;
}

/** What a runner module exports. */
export interface RunnerDefinition<O extends object = object> {
  (options?: O): RunnerFactory;
  readonly info: RunnerInfo;
}

/** Makes a {@link RunnerDefinition}; `configure` checks the options at once. */
export function defineRunner<O extends object>(
  info: RunnerInfo,
  configure: (options: O) => RunnerFactory["open"],
): RunnerDefinition<O> {
  return Object.assign((options: O = {} as O): RunnerFactory => ({ info, open: configure(options) }), { info });
}
