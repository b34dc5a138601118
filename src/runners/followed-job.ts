import type { Clock } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import type { Task } from "../core/evaluator.ts";
import { failed, type Outcome } from "../core/outcome.ts";
import type { JobHandle, RunnerJobState } from "../core/runner.ts";
import { tookTooLong } from "../evaluators/supervision.ts";

/** What following a job comes to: its outcome, and why it is to be cancelled if it has not ended by itself. */
export interface Ending {
  readonly outcome: Outcome;
  readonly cancel?: string;
}

interface Parts<P> {
  readonly task: Task<P>;
  readonly handle: JobHandle;
  readonly runner: string;
  readonly clock: Clock;
  /** Milliseconds for which the runner may not know the job. */
  readonly grace: number;
  readonly end: (ending: Ending) => void;
}

/** One job, as far as the polls have seen. */
export class FollowedJob<P> {
  /** Whether it was ever seen to run. */
  running = false;
  readonly #parts: Parts<P>;
  readonly #over = new AbortController();
  #reported = 0;
  #unknownSince: number | undefined = undefined;
  #ended = false;

  constructor(parts: Parts<P>) {
    this.#parts = parts;
  }

  /** Ends the following. The first call counts. */
  end(ending: Ending): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#over.abort();
    this.#parts.end(ending);
  }

  /** Takes what a poll has seen. Resolves with whether that is news. */
  async note(state: RunnerJobState): Promise<boolean> {
    if (this.#ended) return false;
    if (state.state === "unknown") return this.#miss(state.reason);
    this.#unknownSince = undefined;
    const began = state.state !== "queued" && !this.running;
    if (began) this.#begin(state);
    const reported = state.state === "queued" ? false : await this.#report(state);
    if (state.state !== "ended") return began || reported;
    this.end({ outcome: state.outcome });
    return true;
  }

  /** A state that nobody knows is at first an observation: the last known one holds for a while. */
  #miss(reason: string): boolean {
    const { clock, grace, runner, handle } = this.#parts;
    this.#unknownSince ??= clock.now();
    if (clock.now() - this.#unknownSince < grace) return false;
    const message = `${runner} has not known what became of job ${handle} for ${grace} ms: ${reason}`;
    this.end({ outcome: failed("lost", message), cancel: "its state is unknown, and nobody waits for it any longer" });
    return true;
  }

  #begin(state: RunnerJobState): void {
    const { task, runner, handle } = this.#parts;
    this.running = true;
    const where = state.state === "running" ? state.where : undefined;
    task.placed({ runner, job: handle, ...(where === undefined ? {} : { where }) });
    if (task.timeout !== undefined && state.state === "running") void this.#limit(task.timeout);
  }

  async #limit(timeout: number): Promise<void> {
    await this.#parts.clock.sleep(timeout, this.#over.signal);
    this.end({ outcome: tookTooLong(timeout), cancel: `it took longer than ${timeout} ms` });
  }

  /** Passes on what is new among its reports. */
  async #report({ reports = [] }: Extract<RunnerJobState, { state: "running" | "ended" }>): Promise<boolean> {
    const fresh = reports.slice(this.#reported);
    this.#reported = Math.max(this.#reported, reports.length);
    for (const { step, values } of fresh) {
      if (this.#ended) break;
      try {
        if ((await this.#parts.task.report(step, values)) === "prune")
          this.end({ outcome: { state: "pruned" }, cancel: "the trial is pruned" });
      } catch (error) {
        const outcome = failed("error", `its report at step ${step} was refused: ${messageOf(error)}`);
        this.end({ outcome, cancel: "its report was refused" });
      }
    }
    return fresh.length > 0;
  }
}
