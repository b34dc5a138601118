import { expectNumber } from "../../core/errors.ts";
import type { StopRuleFactory } from "../../core/stop-rule.ts";

/**
 * Stops once attempts have taken `ms` milliseconds together, whoever ran side by side: two workers use it up in half the
 * time. Failed, pruned, cancelled and repeated attempts, the baseline and earlier sessions count, twins do not; neither does
 * what runs now in other processes. Trials that still run are cancelled.
 */
export function computeTime(ms: number): StopRuleFactory {
  expectNumber("computeTime", ms, { above: 0 });
  return {
    name: "computeTime",
    computeTime: ms,
    create: () => {
      let spent = 0;
      let due = Infinity;
      return {
        tell: (trial) => {
          if (trial.twin === undefined) spent += trial.busy ?? trial.duration;
        },
        check: ({ elapsed, running, busy }) => {
          const left = ms - spent - busy;
          due = running === 0 ? Infinity : elapsed + left / running;
          return left <= 0 ? "compute-time" : undefined;
        },
        get wakeAfter() {
          return due;
        },
      };
    },
  };
}
