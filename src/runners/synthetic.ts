import { expectNumber, refuseUnknown, usage } from "../core/errors.ts";
import type { Workload } from "../core/evaluator.ts";
import type { Json } from "../core/json.ts";
import { type Outcome } from "../core/outcome.ts";
import { defineRunner, type JobHandle, type Runner, type RunnerDefinition, type RunnerJob } from "../core/runner.ts";
import type { TrialReport } from "../core/trial.ts";
import { attempt } from "../evaluators/custom.ts";
import { isForeign } from "../evaluators/foreign-objective.ts";
import { VirtualClock } from "../system/virtual-clock.ts";
import { statesAt, type TimedJob } from "./timed-job.ts";

/** Options of {@link synthetic}. */
export interface SyntheticOptions {
  /** Anything; it stands in what is rendered. */
  readonly metadata?: Json;
  /** Virtual milliseconds that a job waits before it runs. @default 0 */
  readonly queued?: number | ((job: RunnerJob<never>) => number);
  /** Virtual milliseconds that it runs. @default 0 */
  readonly duration?: number | ((job: RunnerJob<never>) => number);
}

/**
 * A runner without an external system: its jobs wait and run in virtual time, and come to what the objective, a function
 * of this process, says. For trying out a search over jobs, and its limits, without one.
 */
export const synthetic: RunnerDefinition<SyntheticOptions> = defineRunner<SyntheticOptions>(
  {
    name: "synthetic",
    summary: "No external system: jobs wait and run in virtual time.",
    closures: true,
    survives: false,
  },
  (options) => {
    refuseUnknown("synthetic", options, ["metadata", "queued", "duration"]);
    for (const name of ["queued", "duration"] as const)
      if (typeof options[name] !== "function") expectNumber(name, options[name] ?? 0, { low: 0 });
    return async (workload) => new Synthetic(workload, options);
  },
);

class Synthetic<P> implements Runner<P> {
  readonly clock: VirtualClock = new VirtualClock();
  readonly #workload: Workload<P>;
  readonly #options: SyntheticOptions;
  readonly #jobs = new Map<JobHandle, TimedJob & { readonly cancelling: AbortController }>();

  constructor(workload: Workload<P>, options: SyntheticOptions) {
    if (typeof workload.objective !== "function" || isForeign(workload.objective))
      throw usage("Expected the objective for synthetic() to be a function of this process, or a command");
    this.#workload = workload;
    this.#options = options;
  }

  render({ name, params }: RunnerJob<P>): string {
    const { metadata } = this.#options;
    return JSON.stringify({ name, params, ...(metadata === undefined ? {} : { metadata }) });
  }

  async submit(given: RunnerJob<P>): Promise<JobHandle> {
    const handle = `synthetic:${given.name}`;
    const known = given as unknown as RunnerJob<never>;
    const time = (name: "queued" | "duration"): number => {
      const { [name]: ms = 0 } = this.#options;
      return typeof ms === "number" ? ms : expectNumber(`${name} of trial ${given.number}`, ms(known), { low: 0 });
    };
    const reports: TrialReport[] = [];
    const cancelling = new AbortController();
    const job = {
      submitted: this.clock.now(),
      queued: time("queued"),
      duration: time("duration"),
      outcome: undefined as Outcome | undefined,
      reports,
      cancelling,
    };
    this.#jobs.set(handle, job);
    const report = (step: number, values: Readonly<Record<string, number>>): "continue" => {
      reports.push({ step, values });
      return "continue";
    };
    const release = this.clock.hold();
    const task = { ...given, signal: cancelling.signal, placed: () => {}, report, reportSync: report };
    void Promise.resolve(attempt(task, this.#workload)).then((outcome) => {
      job.outcome ??= outcome;
      release();
    });
    return handle;
  }

  async poll(handles: readonly JobHandle[]): Promise<ReturnType<typeof statesAt>> {
    return statesAt(this.#jobs, handles, this.clock.now());
  }

  async cancel(handle: JobHandle, reason: string): Promise<void> {
    const job = this.#jobs.get(handle);
    if (job === undefined || statesAt(this.#jobs, [handle], this.clock.now()).get(handle)!.state === "ended") return;
    this.#jobs.set(handle, { ...job, queued: 0, duration: 0, outcome: { state: "cancelled", reason } });
    job.cancelling.abort(reason);
  }
}
