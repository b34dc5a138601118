import { expectNumber } from "../../core/errors.ts";
import type { StopRuleFactory } from "../../core/stop-rule.ts";
import { counts } from "../../core/trial.ts";

/** Stops once `n` trials have failed, or `n` in a row with `{ inARow: true }`. */
export function failures(n: number, { inARow = false }: { readonly inARow?: boolean } = {}): StopRuleFactory {
  expectNumber("failures", n, { integer: true, low: 1 });
  return {
    name: "failures",
    create: () => {
      let failed = 0;
      return {
        tell: (trial) => {
          if (!counts(trial)) return;
          if (trial.state === "failed") failed++;
          else if (inARow && failed < n) failed = 0;
        },
        check: () => (failed >= n ? "failures" : undefined),
      };
    },
  };
}

/** Stops when the first `n` trials all failed: the objective is broken, not the configurations. */
export function allFailed(n: number): StopRuleFactory {
  return {
    name: "allFailed",
    fresh: true,
    create: () => {
      let failed = 0;
      let passed = false;
      return {
        tell: (trial) => {
          if (!counts(trial) && trial.source !== "baseline") return;
          if (trial.state === "failed") failed++;
          else if (trial.twin === undefined) passed = true;
        },
        check: () => (!passed && failed >= n ? "all-failed" : undefined),
      };
    },
  };
}
