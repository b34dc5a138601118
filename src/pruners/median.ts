import { refuseUnknown } from "../core/errors.ts";
import { definePruner, type PrunerDefinition } from "../core/pruner.ts";
import { PACE } from "./pace.ts";
import { type PercentileOptions, percentilePruner } from "./percentile.ts";

/** Options of {@link median}. */
export type MedianOptions = Omit<PercentileOptions, "percentile">;

/**
 * Prunes a trial whose best value so far is worse than the median of what complete trials reported at the same step (the
 * rule of Optuna's `MedianPruner`; Golovin et al., "Google Vizier", KDD 2017, section 3.4.2). {@link percentile} with 50.
 * @example median({ startup: 10, warmup: 5 })
 */
export const median: PrunerDefinition<MedianOptions> = definePruner(
  { name: "median", summary: "Prunes what is worse than the median of complete trials at the same step." },
  (options: MedianOptions) => {
    refuseUnknown("median", options, ["startup", "minTrials", ...PACE]);
    return percentilePruner("median", options);
  },
);
