import type { Now, StopRuleFactory } from "../../core/stop-rule.ts";
import type { FinishedTrial } from "../../core/trial.ts";

/** Stops when the function says so. It is called after every finished trial, with all of them so far. */
export function when<P = unknown>(stop: (trials: readonly FinishedTrial<P>[], now: Now) => boolean): StopRuleFactory {
  return {
    name: "when",
    create: () => {
      const seen: FinishedTrial<P>[] = [];
      let asked = -1;
      return {
        tell: (trial) => {
          seen.push(trial as FinishedTrial<P>);
        },
        check: (now) => {
          if (asked === seen.length) return undefined;
          asked = seen.length;
          return stop(seen, now) ? "callback" : undefined;
        },
      };
    },
  };
}
