import type { Clock } from "../core/clock.ts";
import type { Fold } from "./fold.ts";
import type { TrialRecord } from "./record.ts";

/** The trials of the queue that asked to be run again later, while their time has not come. */
export class Postponed<P> {
  readonly #fold: Fold<P>;
  readonly #clock: Clock;

  constructor({ fold, clock }: { readonly fold: Fold<P>; readonly clock: Clock }) {
    this.#fold = fold;
    this.#clock = clock;
  }

  /** Whether the trial's time has not come yet. */
  has({ notBefore }: TrialRecord<P>): boolean {
    return notBefore !== undefined && notBefore > this.#clock.now();
  }

  /** They keep their places in the budget; baselines have none. */
  get places(): number {
    return this.#all.filter(({ source }) => source !== "baseline").length;
  }

  get size(): number {
    return this.#all.length;
  }

  /** Whether a baseline is among them. */
  get baseline(): boolean {
    return this.#all.some(({ source }) => source === "baseline");
  }

  /** When the time of the first comes, in milliseconds since 1970; Infinity where there is none. */
  get next(): number {
    return this.#all.reduce((first, { notBefore }) => Math.min(first, notBefore!), Infinity);
  }

  get #all(): TrialRecord<P>[] {
    const { queue, trials } = this.#fold;
    return queue.map((number) => trials[number]!).filter((trial) => this.has(trial));
  }
}
