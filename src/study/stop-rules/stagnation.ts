import { lossesOf } from "../../core/compared.ts";
import { expectNumber } from "../../core/errors.ts";
import type { StopRuleFactory } from "../../core/stop-rule.ts";
import { counts } from "../../core/trial.ts";
import { dominates } from "../../math/dominance.ts";

/** Stops after `n` trials in a row that improved neither the best value nor, of several objectives, the Pareto front. */
export function stagnation(n: number): StopRuleFactory {
  expectNumber("stagnation", n, { integer: true, low: 1 });
  return {
    name: "stagnation",
    create: ({ objectives, feasible }) => {
      let front: number[][] = [];
      let since = 0;
      return {
        tell: (trial) => {
          if (!counts(trial)) return;
          since++;
          if (trial.state !== "complete" || trial.atLeast || !feasible(trial)) return;
          const losses = lossesOf(objectives, trial.measured);
          const beaten = front.some((f) => dominates(f, losses) || f.every((v, i) => v === losses[i]));
          if (beaten) return;
          front = [...front.filter((f) => !dominates(losses, f)), losses];
          since = 0;
        },
        check: () => (since >= n ? "stagnation" : undefined),
      };
    },
  };
}
