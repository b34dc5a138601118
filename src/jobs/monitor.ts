import { messageOf } from "../core/errors.ts";
import { realClock } from "../system/clock.ts";
import { underEither } from "../system/waiting.ts";
import type { Job } from "./job.ts";
import type { JobHooks } from "./spec.ts";

/** What one step of control sees and can do. */
export interface JobStep<P = unknown> {
  /** The jobs that run in this process. */
  readonly running: readonly Job<P>[];
  /** How many more could run now. */
  readonly free: number;
  /** Asks `monitorJob`, and ends a job that does not go on; whether it does. */
  monitor(job: Job<P>): Promise<boolean>;
  /** Ends a job: complete with what it has reported of every objective, else cancelled. */
  end(job: Job<P>): void;
  /** Has a configuration tried next, before the sampler speaks. */
  enqueue(params: P): Promise<number>;
}

interface Parts<P> {
  readonly hooks: Pick<JobHooks<P>, "monitorJob" | "processStep" | "every">;
  readonly step: Omit<JobStep<P>, "monitor">;
  /** Ends the search at once. */
  readonly stop: () => void;
  readonly warn: (message: string) => void;
}

/** Takes step after step while jobs run, one at a time. Where nobody controls anything there are none. */
export class Monitor<P> {
  readonly #parts: Parts<P>;
  readonly #over = new AbortController();
  readonly #step: JobStep<P>;
  #kick = new AbortController();
  #running: Promise<void> | undefined = undefined;
  #complained = false;

  constructor(parts: Parts<P>) {
    this.#parts = parts;
    const { hooks, step } = parts;
    this.#step = Object.create(step, {
      monitor: {
        value: async (job: Job<P>) => {
          const goesOn = (await hooks.monitorJob?.(job)) ?? true;
          if (!goesOn) step.end(job);
          return goesOn;
        },
      },
    }) as JobStep<P>;
  }

  start(): void {
    const { monitorJob, processStep } = this.#parts.hooks;
    if (monitorJob !== undefined || processStep !== undefined) this.#running ??= this.#run();
  }

  /** Something happened. */
  kick(): void {
    this.#kick.abort();
  }

  /** Takes no more steps; resolves when the last one is over. */
  async close(): Promise<void> {
    this.#over.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { processStep = monitorAll, every = 1000 } = this.#parts.hooks;
    const over = this.#over.signal;
    while (!over.aborted) {
      await underEither([over, this.#kick.signal], (either) => realClock.sleep(every, either));
      if (over.aborted) return;
      this.#kick = new AbortController();
      try {
        if ((await processStep(this.#step)) === false) this.#parts.stop();
      } catch (error) {
        if (!this.#complained)
          this.#parts.warn(
            `a step of job control failed: ${messageOf(error)}; jobs go on, further errors are not shown`,
          );
        this.#complained = true;
      }
    }
  }
}

async function monitorAll<P>(step: JobStep<P>): Promise<void> {
  for (const job of step.running) await step.monitor(job);
}
