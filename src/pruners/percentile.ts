import { expectNumber, refuseUnknown } from "../core/errors.ts";
import { definePruner, type Pruner, type PrunerDefinition } from "../core/pruner.ts";
import { Ascending } from "./ascending.ts";
import { Curves } from "./curves.ts";
import { Field } from "./field.ts";
import { Pace, PACE, type PaceOptions } from "./pace.ts";

/** Options of {@link percentile}. */
export interface PercentileOptions extends PaceOptions {
  /** The share of finished trials, in percent, that a trial must not be worse than: 25 keeps the best quarter. @default 50 */
  readonly percentile?: number;
  /** How many trials must be complete before any is pruned; one at least. @default 5 */
  readonly startup?: number;
  /** How many complete trials must have reported at the same position. @default 1 */
  readonly minTrials?: number;
}

/**
 * Prunes a trial whose best value so far is worse than the percentile of what complete trials reported at the same step
 * (the rule of Optuna's `PercentilePruner`; with 50 the median stopping rule of Golovin et al., "Google Vizier", KDD 2017,
 * section 3.4.2). A trial that has reported nothing but NaN is pruned.
 * @example percentile({ percentile: 25, warmup: 10 })
 */
export const percentile: PrunerDefinition<PercentileOptions> = definePruner(
  { name: "percentile", summary: "Prunes what is worse than a percentile of complete trials at the same step." },
  (options: PercentileOptions) => {
    refuseUnknown("percentile", options, ["percentile", "startup", "minTrials", ...PACE]);
    return percentilePruner("percentile", options);
  },
);

/** A pruner by percentiles that answers to a name. */
export function percentilePruner(name: string, options: PercentileOptions): () => Pruner {
  const { percentile: share = 50, startup = 5, minTrials = 1 } = options;
  expectNumber(`${name}.percentile`, share, { low: 0, high: 100 });
  expectNumber(`${name}.startup`, startup, { integer: true, low: 0 });
  expectNumber(`${name}.minTrials`, minTrials, { integer: true, low: 1 });
  const pace = new Pace(name, options);
  return () => {
    const curves = new Curves();
    const field = new Field(pace, () => new Ascending());
    let complete = 0;
    return {
      report: (number, report) => {
        const curve = curves.add(number, report);
        const at = pace.due(curve);
        if (complete < Math.max(1, startup) || at === undefined) return "continue";
        if (Number.isNaN(curve.best)) return "prune";
        const others = field.at(at);
        if (others === undefined || others.count < minTrials) return "continue";
        return curve.best > others.quantile(share / 100) ? "prune" : "continue";
      },
      tell: ({ number, state, reports }) => {
        curves.end(number);
        if (state !== "complete") return;
        complete++;
        field.add(reports);
      },
    };
  };
}
