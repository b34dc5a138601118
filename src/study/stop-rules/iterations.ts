import { expectNumber } from "../../core/errors.ts";
import type { StopRuleFactory } from "../../core/stop-rule.ts";

/**
 * Stops once trials have reported `n` steps together: of each the last step of its last attempt counts, that of running ones
 * in this process too. The baseline and earlier sessions count, twins do not. Trials that still run are cancelled.
 */
export function iterations(n: number): StopRuleFactory {
  expectNumber("iterations", n, { above: 0 });
  return {
    name: "iterations",
    iterations: n,
    create: () => {
      let done = 0;
      return {
        tell: (trial) => {
          if (trial.twin === undefined) done += trial.reports.at(-1)?.step ?? 0;
        },
        check: ({ steps }) => (done + steps >= n ? "iterations" : undefined),
        heedsReports: true,
      };
    },
  };
}
