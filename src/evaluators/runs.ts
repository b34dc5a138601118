import { join } from "node:path";
import type { Clock } from "../core/clock.ts";
import type { Evaluator, Task } from "../core/evaluator.ts";
import type { Instance } from "../core/instance.ts";
import type { Outcome } from "../core/outcome.ts";
import { realClock } from "../system/clock.ts";
import { cancelled, tookTooLong } from "./supervision.ts";

/** What came of one run, if it gave values. */
export type Complete = Extract<Outcome, { state: "complete" }>;

/**
 * The runs of the objective that make up one attempt. They keep its time limit together: each has what the ones before
 * left of it, and the time that a worker takes to start is nobody's. The attempt is placed where its first run is, and
 * only the first run of the trial itself reports. A run that asks to be run again later sends the whole attempt back when it
 * is the first; later ones are waited for, so that what was measured before is not lost: else many runs against a service
 * that refuses some of them would never come to an end.
 */
export class Runs<P> {
  readonly #evaluator: Evaluator<P>;
  readonly #task: Task<P>;
  readonly #clock: Clock;
  #used = 0;
  #placed = false;
  #completed = 0;
  #reported = false;

  constructor(evaluator: Evaluator<P>, task: Task<P>) {
    this.#evaluator = evaluator;
    this.#task = task;
    this.#clock = evaluator.clock ?? preciseClock;
  }

  /** Runs the trial's configuration. */
  trial(): Promise<Outcome> {
    const silent = this.#reported ? SILENT : {};
    this.#reported = true;
    return this.#run({ ...this.#task, ...silent });
  }

  /** Runs the trial's configuration on one instance. */
  on(instance: Instance): Promise<Outcome> {
    return this.#run({ ...this.#task, ...REFUSING, instance });
  }

  /** Runs the baseline in the trial's place, in a directory of its own within the trial's. */
  baseline(params: P): Promise<Outcome> {
    const dir = baselineDirectory(this.#task);
    return this.#run({ ...this.#task, ...SILENT, params, baseline: true, dir });
  }

  async #run(task: Task<P>): Promise<Outcome> {
    for (;;) {
      const outcome = await this.#once(task);
      if (outcome.state === "complete") this.#completed++;
      if (outcome.state !== "later" || this.#completed === 0) return outcome;
      task.later?.();
      await this.#clock.sleep(outcome.after, task.signal);
      if (task.signal.aborted) return cancelled(task.signal.reason);
    }
  }

  async #once(task: Task<P>): Promise<Outcome> {
    let began = this.#clock.now();
    const placed: Task["placed"] = (where) => {
      began = this.#clock.now();
      if (!this.#placed) task.placed(where);
      this.#placed = true;
    };
    const { timeout } = task;
    if (timeout === undefined) return this.#evaluator.evaluate({ ...task, placed });
    const left = timeout - this.#used;
    if (left <= 0) return tookTooLong(timeout);
    const outcome = await this.#evaluator.evaluate({ ...task, placed, timeout: left });
    this.#used += this.#clock.now() - began;
    return isOver(outcome, left) ? tookTooLong(timeout) : outcome;
  }
}

/** Real time that no change of this machine's clock disturbs: only its differences mean anything. */
const preciseClock: Clock = { ...realClock, now: () => performance.now() };

/** Where the baseline runs that is measured beside a trial. */
export function baselineDirectory({ dir }: Pick<Task, "dir">): string {
  return join(dir, "baseline");
}

/** What an objective reports by itself would stand among the reports of its instances. */
const REFUSING: Pick<Task, "report" | "reportSync"> = { report: refuse, reportSync: refuse };

function refuse(): never {
  throw new Error(
    "Expected an objective with instances to report nothing itself: what it measures on each is a report",
  );
}

const SILENT: Pick<Task, "report" | "reportSync"> = { report: () => "continue", reportSync: () => "continue" };

/** Whether a run failed because what was left of the time for all runs was used up. */
function isOver(outcome: Outcome, left: number): boolean {
  const over = tookTooLong(left) as { readonly failure: { readonly message: string } };
  return outcome.state === "failed" && outcome.failure.message === over.failure.message;
}
