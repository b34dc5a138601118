import { compared } from "../../core/compared.ts";
import { expectNumber, refuseUnknown, usage } from "../../core/errors.ts";
import { lossOf } from "../../core/objective.ts";
import type { StopRuleFactory } from "../../core/stop-rule.ts";

/**
 * Stops once one feasible trial is at least as good as every given value: `target({ ms: 3, bytes: 1000 })`. Where values
 * are normalised these are meant: `target({ ms: 0.9 })` is 10 % below the baseline.
 */
export function target(values: Readonly<Record<string, number>>): StopRuleFactory {
  const wanted = Object.entries(values);
  if (wanted.length === 0) throw usage("Expected `target` to name at least one objective, got {}");
  for (const [name, value] of wanted) expectNumber(`target.${name}`, value);
  return {
    name: "target",
    create: ({ objectives, feasible }) => {
      refuseUnknown(
        "target",
        values,
        objectives.map(({ name }) => name),
      );
      let reached = false;
      return {
        tell: (trial) => {
          if (trial.state !== "complete" || trial.atLeast || !feasible(trial)) return;
          reached ||= objectives.every(({ name, direction }) => {
            const aim = values[name];
            return (
              aim === undefined || lossOf(compared(trial.measured[name]!).value, direction) <= lossOf(aim, direction)
            );
          });
        },
        check: () => (reached ? "target" : undefined),
      };
    },
  };
}
