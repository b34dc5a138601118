import { expectNumber } from "../../core/errors.ts";
import type { StopRuleFactory } from "../../core/stop-rule.ts";
import { counts } from "../../core/trial.ts";

/** Stops once `n` trials are complete, pruned or failed. The `trials` of a search is the exact form of this. */
export function trials(n: number): StopRuleFactory {
  expectNumber("trials", n, { integer: true, low: 1 });
  return {
    name: "trials",
    create: () => {
      let seen = 0;
      return {
        tell: (trial) => {
          if (counts(trial)) seen++;
        },
        check: () => (seen >= n ? "trials" : undefined),
      };
    },
  };
}
