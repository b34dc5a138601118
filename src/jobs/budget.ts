import type { StopRuleFactory } from "../core/stop-rule.ts";
import type { Status } from "../core/tracker.ts";
import type { Trial } from "../core/trial.ts";
import { realClock } from "../system/clock.ts";

/** One budget: what is used of it, and what is left where there is a limit. */
export interface Budget {
  readonly used: number;
  readonly limit?: number;
  readonly left?: number;
}

/** What is used and left of every budget of a search. Times are milliseconds. */
export interface Budgets {
  /** Trials that are complete, pruned or failed: the jobs. */
  readonly trials: Budget;
  /** The steps that were reported together. */
  readonly iterations: Budget;
  /** What attempts have taken together. */
  readonly computeTime: Budget;
  /** Since this start, pauses left out. */
  readonly timeLimit: Budget;
  /** What trials say they cost. */
  readonly cost: Budget;
}

/** The budgets of a search at one moment; `rules` are the stop rules of its spec. */
export function budgetsOf(trials: readonly Trial[], status: Status, rules: readonly StopRuleFactory[]): Budgets {
  let [iterations, computeTime] = [0, 0];
  for (const trial of trials) {
    if (trial.twin !== undefined) continue;
    iterations += trial.reports.at(-1)?.step ?? 0;
    const running = trial.state === "running" ? realClock.now() - (trial.startedAt ?? realClock.now()) : 0;
    computeTime += (trial.busy ?? trial.duration) + running;
  }
  const limit = (of: "iterations" | "computeTime"): number | undefined => {
    const limits = rules.flatMap((rule) => rule[of] ?? []);
    return limits.length === 0 ? undefined : Math.min(...limits);
  };
  return {
    trials: budget(status.trials, status.budget),
    iterations: budget(iterations, limit("iterations")),
    computeTime: budget(computeTime, limit("computeTime")),
    timeLimit: budget(status.elapsed, status.timeLimit),
    cost: budget(status.cost?.spent ?? 0, status.cost?.limit),
  };
}

function budget(used: number, limit: number | undefined): Budget {
  return limit === undefined ? { used } : { used, limit, left: Math.max(0, limit - used) };
}
