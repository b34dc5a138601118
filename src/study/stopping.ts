import type { Clock } from "../core/clock.ts";
import type { Now, StopReason, StopRule } from "../core/stop-rule.ts";
import { UnderWay } from "./under-way.ts";

/** When a search is to stop: its stop rules, its time limit, and what they go by. */
export class Stopping {
  /** What runs. */
  readonly underWay: UnderWay = new UnderWay();
  /** Milliseconds from the start. */
  limit: number;
  /** Whether a rule is to be asked after each report. */
  readonly heedsReports: boolean;
  readonly #rules: readonly StopRule[];
  readonly #clock: Clock;
  readonly #given = new Set<StopReason>();

  constructor({
    rules,
    clock,
    limit = Infinity,
  }: {
    readonly rules: readonly StopRule[];
    readonly clock: Clock;
    readonly limit?: number | undefined;
  }) {
    this.#rules = rules;
    this.#clock = clock;
    this.limit = limit;
    this.heedsReports = rules.some(({ heedsReports }) => heedsReports);
  }

  /** The reasons to stop at this time since the start that were not given before. */
  news(elapsed: number, running: number): readonly StopReason[] {
    const { underWay } = this;
    const clock = this.#clock;
    const now: Now = {
      elapsed,
      running,
      get busy() {
        return underWay.busy(clock.now());
      },
      get steps() {
        return underWay.steps;
      },
    };
    const found = this.#rules.flatMap((rule) => rule.check(now) ?? []);
    if (elapsed >= this.limit) found.unshift("time");
    return found.filter((reason) => !this.#given.has(reason) && this.#given.add(reason));
  }

  /** When, after this time since the start, they are to be asked again though nothing happens. */
  next(elapsed: number): number {
    let next = this.limit > elapsed ? this.limit : Infinity;
    for (const { wakeAfter = Infinity } of this.#rules) if (wakeAfter > elapsed && wakeAfter < next) next = wakeAfter;
    return next;
  }
}
