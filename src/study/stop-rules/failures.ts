import { expectNumber, refuseUnknown, show, usage } from "../../core/errors.ts";
import type { StopRuleFactory } from "../../core/stop-rule.ts";
import { counts } from "../../core/trial.ts";

/** How many failed trials are too many. */
export interface FailureTolerance {
  /** So many; beside `rate` the fewest that are looked at. @default 5 beside `rate`, where it is needed otherwise */
  readonly count?: number;
  /** Only those in a row count: every other trial begins anew. @default false */
  readonly inARow?: boolean;
  /** More than this share of the trials, from 0 to below 1. @default no share */
  readonly rate?: number;
}

/** How many failures a rate needs that is given alone (Ax: `min_failed_trials_for_failure_rate_check`). */
const FEWEST = 5;

/**
 * Stops once `n` trials of this session have failed, or `n` in a row with `{ inARow: true }`; `{ rate: 0.3, count: 10 }`
 * stops once at least 10 have failed and these are more than 30 % of all. `failures(false)` never stops.
 *
 * It takes the place of the rule that holds where none is given: a search ends when its first generation, or its first
 * max(10, workers) trials, all failed. It is no budget: a search with no other rule has one of 100 trials.
 * @example failures({ rate: 0.5 })
 */
export function failures(
  n: number | false | FailureTolerance,
  options: Pick<FailureTolerance, "inARow"> = {},
): StopRuleFactory {
  const { count, inARow, rate } = toleranceOf(n, options);
  return {
    name: "failures",
    fresh: true,
    tolerates: true,
    endless: true,
    create: () => {
      let failed = 0;
      let seen = 0;
      let spoken = false;
      return {
        tell: (trial) => {
          if (!counts(trial)) return;
          seen++;
          if (trial.state === "failed") failed++;
          else if (inARow) failed = 0;
          spoken ||= failed >= count && (rate === undefined || failed > rate * seen);
        },
        check: () => (spoken ? "failures" : undefined),
      };
    },
  };
}

function toleranceOf(
  given: number | false | FailureTolerance,
  options: Pick<FailureTolerance, "inARow">,
): { readonly count: number; readonly inARow: boolean; readonly rate: number | undefined } {
  refuseUnknown("failures", options, ["inARow"]);
  if (given === false) return { count: Infinity, inARow: false, rate: undefined };
  const tolerance: unknown = typeof given === "number" ? { ...options, count: given } : given;
  if (typeof tolerance !== "object" || tolerance === null)
    throw usage(`Expected \`failures\` to be a number, { count, inARow, rate } or false, got ${show(given)}`);
  refuseUnknown("failures", tolerance, ["count", "inARow", "rate"]);
  const { count, inARow = false, rate } = tolerance as FailureTolerance;
  if (rate !== undefined && !(typeof rate === "number" && rate >= 0 && rate < 1))
    throw usage(`Expected \`failures.rate\` to be a share from 0 to below 1, got ${show(rate)}`);
  if (rate !== undefined && inARow) throw usage("Expected `failures` to be given `inARow` or `rate`, got both");
  if (typeof inARow !== "boolean") throw usage(`Expected \`failures.inARow\` to be true or false, got ${show(inARow)}`);
  const fewest = count ?? (rate === undefined ? undefined : FEWEST);
  return { count: expectNumber("failures", fewest, { integer: true, low: 1 }), inARow, rate };
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
