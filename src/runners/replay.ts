import { refuseUnknown, show, usage } from "../core/errors.ts";
import { failed, type Outcome } from "../core/outcome.ts";
import { defineRunner, type JobHandle, type Runner, type RunnerDefinition, type RunnerJob } from "../core/runner.ts";
import type { Trial } from "../core/trial.ts";
import { VirtualClock } from "../system/virtual-clock.ts";
import { statesAt, type TimedJob } from "./timed-job.ts";

/** A run as it was recorded: a trial has all of it. */
export type RecordedRun = Pick<Trial, "params" | "state" | "measured" | "duration" | "reports"> &
  Partial<Pick<Trial, "failure" | "reason" | "cost" | "atLeast" | "twin">>;

/** Options of {@link replay}. */
export interface ReplayOptions {
  /** The runs: `(await search.start()).trials`, or those that `readJournal` gives. Unfinished ones and twins are left out. */
  readonly trials: readonly RecordedRun[];
}

/**
 * Runs what has run before, in virtual time: a job takes as long as the recorded run with its parameters, reports what
 * that did when it did, and comes to the same. Where there are several, each job gets the next one. A
 * job without a recorded run fails as `invalid`.
 */
export const replay: RunnerDefinition<ReplayOptions> = defineRunner<ReplayOptions>(
  {
    name: "replay",
    summary: "Runs what was recorded, in virtual time.",
    closures: true,
    survives: false,
  },
  (options) => {
    refuseUnknown("replay", options, ["trials"]);
    if (!Array.isArray(options.trials))
      throw usage(`Expected \`trials\` of replay() to be a list of trials, got ${show(options.trials)}`);
    return async () => new Replay(options.trials);
  },
);

class Replay implements Runner {
  readonly clock: VirtualClock = new VirtualClock();
  /** By their parameters; the next one first. */
  readonly #runs = new Map<string, { readonly outcome: Outcome; readonly run: RecordedRun }[]>();
  readonly #jobs = new Map<JobHandle, TimedJob>();

  constructor(trials: readonly RecordedRun[]) {
    for (const run of trials) {
      const outcome = run.twin === undefined ? outcomeOf(run) : undefined;
      if (outcome === undefined) continue;
      const key = keyOf(run.params);
      const same = this.#runs.get(key) ?? [];
      this.#runs.set(key, [...same, { outcome, run }]);
    }
  }

  render({ name, params }: RunnerJob): string {
    return JSON.stringify({ name, params });
  }

  async submit({ name, params }: RunnerJob): Promise<JobHandle> {
    const runs = this.#runs.get(keyOf(params));
    const next = runs === undefined || runs.length === 1 ? runs?.[0] : runs.shift();
    const handle = `replay:${name}`;
    this.#jobs.set(handle, {
      submitted: this.clock.now(),
      queued: 0,
      duration: next?.run.duration ?? 0,
      reports: next?.run.reports ?? [],
      outcome: next?.outcome ?? failed("invalid", `there is no recorded run with ${show(params)}`),
    });
    return handle;
  }

  async poll(handles: readonly JobHandle[]): Promise<ReturnType<typeof statesAt>> {
    return statesAt(this.#jobs, handles, this.clock.now());
  }

  async cancel(handle: JobHandle, reason: string): Promise<void> {
    const job = this.#jobs.get(handle);
    if (job === undefined || this.clock.now() >= job.submitted + job.duration) return;
    this.#jobs.set(handle, { ...job, duration: 0, outcome: { state: "cancelled", reason } });
  }
}

/** What the run came to; undefined where it came to nothing. */
function outcomeOf({ state, measured, failure, reason = "", cost, atLeast }: RecordedRun): Outcome | undefined {
  if (state === "complete")
    return {
      state,
      values: measured,
      ...(cost === undefined ? {} : { cost }),
      ...(atLeast === undefined ? {} : { atLeast }),
    };
  if (state === "pruned") return { state };
  if (state === "cancelled") return { state, reason };
  return state === "failed" && failure !== undefined ? { state, failure } : undefined;
}

/** The same for the same parameters, in whatever order they stand. */
function keyOf(params: unknown): string {
  return JSON.stringify(params, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
