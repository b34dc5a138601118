import { expectNumber, refuseUnknown } from "../../core/errors.ts";
import { defineSampler, type SamplerDefinition } from "../../core/sampler.ts";
import { Discrete } from "./search.ts";

/** Options of {@link discrete}. */
export interface DiscreteOptions {
  /** How many trials must have measured something before anything is learnt; until then a Sobol sequence. @default 5 */
  readonly startup?: number;
  /** The share of the first points that fall into an axis's focus (a range's `prior`), from 0 to 1. @default 0.9 */
  readonly priorShare?: number;
}

/**
 * Bayesian optimisation for flags, choices and constrained spaces: a Gaussian process over the ranks of what was measured,
 * with the exponentiated Hamming kernel on categories and the Laplace kernel on order (Ru et al., ICML 2020; Oh et al., NeurIPS
 * 2019), and the untaken point with the greatest expected improvement among the neighbours of the best trials, draws, and
 * the neighbours of the best of these.
 *
 * An ordered axis of few cells has both kernels, and so has a choice among numbers. Ranks give pruned, infeasible and failed
 * trials a place behind the others, so that what fails is avoided. Several objectives are weighed anew for each trial
 * (ParEGO: Knowles, IEEE TEVC 2006). Running trials are supposed to come out as expected.
 * @example discrete()
 */
export const discrete: SamplerDefinition<DiscreteOptions> = defineSampler(
  {
    name: "discrete",
    version: 1,
    summary: "For flags, choices and constrained spaces: a model of what categories do, and a local search over it.",
    learns: true,
    multiObjective: true,
  },
  (options: DiscreteOptions) => {
    refuseUnknown("discrete", options, ["startup", "priorShare"]);
    const { startup, priorShare } = options;
    if (startup !== undefined) expectNumber("startup", startup, { integer: true, low: 1 });
    if (priorShare !== undefined) expectNumber("priorShare", priorShare, { low: 0, high: 1 });
    return { create: (setting) => new Discrete(setting, options) };
  },
);
