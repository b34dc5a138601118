import type { StudyDefinition } from "../core/event.ts";
import type { Status } from "../core/tracker.ts";
import type { FinishedTrial, Values } from "../core/trial.ts";
import { Spending } from "../study/cost.ts";
import { FailureTally } from "../study/failure-tally.ts";
import { Leaders } from "../study/leaders.ts";
import type { TrialRecord } from "../study/record.ts";

type Score = Pick<Status, "failed" | "failures" | "firstFailed" | "baseline" | "best" | "cost">;

/** What a session knows of the trials that have finished, earlier sessions' included. */
export class Scoreboard<P> {
  readonly #leaders: Leaders<P>;
  readonly #failures = new FailureTally<P, Values>();
  readonly #spending = new Spending();
  readonly #limit: number | undefined;
  #baseline: FinishedTrial<P> | undefined = undefined;

  /** `limit` is what trials may cost together. */
  constructor(definition: StudyDefinition, limit: number | undefined) {
    this.#leaders = new Leaders(definition);
    this.#limit = limit;
  }

  add(trial: FinishedTrial<P>): void {
    this.#leaders.add(trial as unknown as TrialRecord<P>);
    this.#failures.add(trial);
    this.#spending.add(trial);
    if (trial.source === "baseline" && trial.state === "complete") this.#baseline = trial;
  }

  get baseline(): FinishedTrial<P> | undefined {
    return this.#baseline;
  }

  /** The best trial of one objective, or the Pareto front of several. */
  get best(): readonly TrialRecord<P>[] {
    return this.#leaders.trials;
  }

  get score(): Score {
    const { total, counts, first } = this.#failures;
    const { spent } = this.#spending;
    const limit = this.#limit === undefined ? {} : { limit: this.#limit };
    return {
      failed: total,
      failures: Object.fromEntries(counts.map(({ kind, count }) => [kind, count])),
      best: this.best as readonly FinishedTrial[],
      ...(spent === 0 && this.#limit === undefined ? {} : { cost: { spent, ...limit } }),
      ...(this.#baseline === undefined ? {} : { baseline: this.#baseline }),
      ...(first === undefined ? {} : { firstFailed: first }),
    };
  }
}
