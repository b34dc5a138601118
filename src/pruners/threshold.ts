import { expectNumber, refuseUnknown, usage } from "../core/errors.ts";
import { definePruner, type PrunerDefinition } from "../core/pruner.ts";
import { Curves } from "./curves.ts";
import { Pace, PACE, type PaceOptions } from "./pace.ts";

/** Options of {@link threshold}. */
export interface ThresholdOptions extends PaceOptions {
  /** A trial that reports less is pruned, whichever way is better. @default no bound */
  readonly lower?: number;
  /** A trial that reports more is pruned. @default no bound */
  readonly upper?: number;
}

/**
 * Prunes a trial whose latest value is outside bounds, or not a number: one that diverges (the rule of Optuna's
 * `ThresholdPruner`).
 * @example threshold({ upper: 100, warmup: 3 })
 */
export const threshold: PrunerDefinition<ThresholdOptions> = definePruner(
  { name: "threshold", summary: "Prunes what leaves its bounds.", example: { upper: 1 } },
  (options: ThresholdOptions) => {
    refuseUnknown("threshold", options, ["lower", "upper", ...PACE]);
    const { lower, upper } = options;
    if (lower === undefined && upper === undefined)
      throw usage("Expected threshold() to be given `lower` or `upper`, got neither");
    const [low, high] = [
      lower === undefined ? -Infinity : expectNumber("threshold.lower", lower),
      upper === undefined ? Infinity : expectNumber("threshold.upper", upper),
    ];
    if (low > high) throw usage(`Expected \`threshold.lower\` to be ≤ \`upper\`, got ${low} > ${high}`);
    const pace = new Pace("threshold", options);
    return ({ directions }) => {
      const curves = new Curves();
      const sign = directions[0] === "maximize" ? -1 : 1;
      return {
        report: (number, report) => {
          const curve = curves.add(number, report);
          if (pace.due(curve) === undefined) return "continue";
          const value = sign * curve.value;
          return value >= low && value <= high ? "continue" : "prune";
        },
        tell: ({ number }) => curves.end(number),
      };
    };
  },
);
