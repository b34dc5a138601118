import { messageOf } from "../core/errors.ts";
import type { Verdict } from "../core/pruner.ts";
import type { TrialReport, Values } from "../core/trial.ts";
import type { FinishedJob, Job } from "./queue-job.ts";

/** Who is told what happens in a queue. What a listener throws is said once, and harms nothing. */
export interface QueueListeners<P = unknown, V = Values> {
  /** Its first attempt really runs. */
  readonly launch?: (job: Job<P>) => unknown;
  /** It reported intermediate values; the answer "prune" ends it. */
  readonly report?: (job: Job<P>, report: TrialReport) => Verdict | void;
  /** It has ended, once for each job, also for those that are cancelled before they ran. */
  readonly done?: (job: FinishedJob<P, V>) => unknown;
  /** `gather` hands these out. */
  readonly gather?: (jobs: readonly FinishedJob<P, V>[]) => unknown;
  /** The queue is closed, and has cancelled these. */
  readonly close?: (jobs: readonly FinishedJob<P, V>[]) => unknown;
}

/** The names of {@link QueueListeners}. */
export const LISTENERS: readonly (keyof QueueListeners)[] = ["launch", "report", "done", "gather", "close"];

/** Tells the listeners, and keeps what they throw from the queue. */
export class Listening<P, V> {
  readonly #on: QueueListeners<P, V>;
  readonly #warn: (message: string) => void;
  readonly #complained = new Set<string>();
  readonly #pending = new Set<Promise<void>>();

  constructor(on: QueueListeners<P, V>, warn: (message: string) => void) {
    this.#on = on;
    this.#warn = warn;
  }

  launch(job: Job<P>): void {
    if (this.#on.launch) this.#guard("launch", () => this.#on.launch!(job));
  }

  report(job: Job<P>, report: TrialReport): Verdict {
    const answer = this.#on.report && this.#guard("report", () => this.#on.report!(job, report));
    return answer === "prune" ? "prune" : "continue";
  }

  done(job: FinishedJob<P, V>): void {
    if (this.#on.done) this.#guard("done", () => this.#on.done!(job));
  }

  gather(jobs: readonly FinishedJob<P, V>[]): void {
    if (this.#on.gather) this.#guard("gather", () => this.#on.gather!(jobs));
  }

  /** Resolves when the listeners have done what they do. */
  async close(jobs: readonly FinishedJob<P, V>[]): Promise<void> {
    if (this.#on.close) this.#guard("close", () => this.#on.close!(jobs));
    await Promise.all(this.#pending);
  }

  #guard(name: keyof QueueListeners, work: () => unknown): unknown {
    const complain = (error: unknown): void => {
      if (this.#complained.has(name)) return;
      this.#complained.add(name);
      this.#warn(
        `the listener \`on.${name}\` failed: ${messageOf(error)}; the queue goes on, further errors of it are not shown`,
      );
    };
    try {
      const going = work();
      if (!(going instanceof Promise)) return going;
      const over = going.then(() => {}, complain).finally(() => this.#pending.delete(over));
      this.#pending.add(over);
    } catch (error) {
      complain(error);
    }
    return undefined;
  }
}
