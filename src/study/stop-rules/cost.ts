import { expectNumber } from "../../core/errors.ts";
import type { StopRuleFactory } from "../../core/stop-rule.ts";
import { Spending } from "../cost.ts";

/**
 * Stops once trials have cost `limit` together, in whatever unit they report it: money, tokens, joules. An objective
 * returns what it cost as `cost`, beside its values; a complete trial that does not, or whose cost is negative, becomes a
 * failure of kind `invalid`. Of an attempt that fails, is pruned or cut off the `cost` that it reported last counts. Costs
 * of earlier sessions, retried attempts and the baseline count; trials that run when the limit is reached finish.
 */
export function cost(limit: number): StopRuleFactory {
  expectNumber("cost", limit, { above: 0 });
  return {
    name: "cost",
    cost: limit,
    create: () => {
      const spending = new Spending();
      return {
        tell: (trial) => spending.add(trial),
        check: () => (spending.spent >= limit ? "cost" : undefined),
      };
    },
  };
}
