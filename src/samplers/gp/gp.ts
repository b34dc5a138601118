import { expectNumber, refuseUnknown } from "../../core/errors.ts";
import { defineSampler, type SamplerDefinition } from "../../core/sampler.ts";
import { Gp } from "./search.ts";

/** Options of {@link gp}. */
export interface GpOptions {
  /** How many trials must have measured something before anything is learnt; until then a Sobol sequence. @default 10 */
  readonly startup?: number;
  /** At how many points the acquisition is computed before the best of them are improved. @default 256 */
  readonly candidates?: number;
  /** The share of the first points that fall into an axis's focus (a range's `prior`), from 0 to 1. @default 0.9 */
  readonly priorShare?: number;
}

/**
 * Bayesian optimisation: a Gaussian process says what to expect everywhere, with what uncertainty, and the next trial goes
 * where the expected improvement on the best is largest (Jones, Schonlau & Welch, J. Glob. Optim. 13, 1998; computed as its
 * logarithm, Ament et al., NeurIPS 2023). The strongest choice for up to some hundred trials that are worth more than the
 * ten milliseconds that thinking takes.
 *
 * The covariance is Matérn's of smoothness 5/2 with a length-scale for each axis; cells of an unordered axis are equally
 * far from each other. Losses are made normal first. Standard errors of the losses count as known noise, beside noise that
 * is fitted. Limits on measured values, and failing, have a process each, and multiply the improvement by the probability
 * of keeping them. Several objectives: the expected improvement of the hypervolume, exactly. Running trials count as if
 * they had measured what is expected of them.
 * @example gp()
 */
export const gp: SamplerDefinition<GpOptions> = defineSampler(
  {
    name: "gp",
    version: 1,
    summary: "Bayesian optimisation: Gaussian processes and the expected improvement.",
    learns: true,
    multiObjective: true,
  },
  (options: GpOptions) => {
    refuseUnknown("gp", options, ["startup", "candidates", "priorShare"]);
    const { startup, candidates, priorShare } = options;
    if (startup !== undefined) expectNumber("startup", startup, { integer: true, low: 1 });
    if (candidates !== undefined) expectNumber("candidates", candidates, { integer: true, low: 1 });
    if (priorShare !== undefined) expectNumber("priorShare", priorShare, { low: 0, high: 1 });
    return { create: (setting) => new Gp(setting, options) };
  },
);
