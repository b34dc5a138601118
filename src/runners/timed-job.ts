import type { RunnerJobState } from "../core/runner.ts";
import type { Outcome } from "../core/outcome.ts";
import type { TrialReport } from "../core/trial.ts";

/** A job of which it is known how long it waits and runs, and what it comes to. Times are milliseconds. */
export interface TimedJob {
  readonly submitted: number;
  readonly queued: number;
  readonly duration: number;
  /** Undefined while that is still worked out: until then it runs on. */
  outcome: Outcome | undefined;
  /** Those of which it is not known when they came are spread evenly over its time. */
  readonly reports: readonly TrialReport[];
}

/** What becomes of a job until a time. */
export function stateAt({ submitted, queued, duration, outcome, reports }: TimedJob, now: number): RunnerJobState {
  const ran = now - submitted - queued;
  if (ran < 0) return { state: "queued" };
  if (outcome === undefined) return { state: "running" };
  if (ran >= duration) return { state: "ended", outcome, reports };
  const due = reports.findIndex(({ elapsed }, i) => (elapsed ?? (duration * (i + 1)) / reports.length) > ran);
  return { state: "running", reports: due < 0 ? reports : reports.slice(0, due) };
}

/** The states of those jobs that are known. */
export function statesAt(
  jobs: ReadonlyMap<string, TimedJob>,
  handles: readonly string[],
  now: number,
): Map<string, RunnerJobState> {
  return new Map(
    handles.flatMap((handle) => {
      const job = jobs.get(handle);
      return job === undefined ? [] : [[handle, stateAt(job, now)] as const];
    }),
  );
}
