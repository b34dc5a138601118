import { failed, type Outcome } from "../core/outcome.ts";
import type { JobHandle, RunnerJobState, Runner, RunnerFactory, RunnerJob } from "../core/runner.ts";
import type { Workload } from "../core/evaluator.ts";

/**
 * A runner for what can run one configuration at a time, each until the next one takes its place, as a service in
 * production does: the latest job runs, and what ran before it is cancelled and complete with its last reported values;
 * a failure of kind `invalid` if it reported none.
 */
export function singleRunning(factory: RunnerFactory): RunnerFactory {
  return {
    info: factory.info,
    open: async <P>(workload: Workload<P>) => new SingleRunning(await factory.open(workload)),
  };
}

class SingleRunning<P> implements Runner<P> {
  readonly #runner: Runner<P>;
  #latest: JobHandle | undefined = undefined;
  /** What became of the jobs whose places were taken. */
  readonly #replaced = new Map<JobHandle, RunnerJobState>();

  constructor(runner: Runner<P>) {
    this.#runner = runner;
  }

  get clock(): Runner["clock"] {
    return this.#runner.clock;
  }

  render(job: RunnerJob<P>): string {
    return this.#runner.render(job);
  }

  async submit(job: RunnerJob<P>): Promise<JobHandle> {
    const former = this.#latest;
    if (former !== undefined) {
      const state = (await this.#runner.poll([former])).get(former);
      if (state?.state !== "ended") {
        await this.#runner.cancel(former, `trial ${job.number} takes its place`);
        const reports = state?.state === "running" ? (state.reports ?? []) : [];
        this.#replaced.set(former, { state: "ended", outcome: lastOf(reports), reports });
      }
    }
    this.#latest = await this.#runner.submit(job);
    return this.#latest;
  }

  async poll(handles: readonly JobHandle[]): Promise<Map<JobHandle, RunnerJobState>> {
    const others = handles.filter((handle) => !this.#replaced.has(handle));
    const states = new Map(others.length === 0 ? [] : await this.#runner.poll(others));
    for (const handle of handles) {
      const state = this.#replaced.get(handle);
      if (state !== undefined) states.set(handle, state);
    }
    return states;
  }

  async cancel(handle: JobHandle, reason: string): Promise<void> {
    if (!this.#replaced.has(handle)) await this.#runner.cancel(handle, reason);
  }
}

function lastOf(reports: readonly { readonly values: Readonly<Record<string, number>> }[]): Outcome {
  const last = reports.at(-1);
  if (last === undefined) return failed("invalid", "its place was taken before it had reported anything");
  const values = Object.entries(last.values).map(([name, value]) => [name, { value }]);
  return { state: "complete", values: Object.fromEntries(values) };
}
