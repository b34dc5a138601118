import { expectNumber, refuseUnknown, show, usage } from "../../core/errors.ts";
import { defineSampler, type SamplerDefinition } from "../../core/sampler.ts";
import { CmaEs } from "./search.ts";

/** Options of {@link cmaEs}. */
export interface CmaEsOptions {
  /** The trials of a generation in the first run, ≥ 4. @default 4 + ⌊3 ln d⌋ for d axes */
  readonly lambda?: number;
  /** The first standard deviation along every axis, as a share of its range: > 0 and ≤ 1. @default 0.25 */
  readonly sigma?: number;
  /**
   * What follows a run that has converged. "bipop": large populations and small ones take turns. "ipop": the population
   * doubles. @default "bipop"
   */
  readonly restarts?: "bipop" | "ipop";
}

/**
 * The covariance matrix adaptation evolution strategy (Hansen, arXiv:1604.00772), with restarts: the strongest choice for
 * many trials on continuous axes that depend on each other. Only the order of the losses matters to it.
 *
 * It works without waiting: every result counts when it comes, by its rank. Axes are learnt together up to 60, one by one
 * beyond. Coordinates beyond a bound count as the bound. Integer and ordinal axes keep a margin, so that no value is lost
 * (Hamano et al., GECCO 2022); unordered axes have a probability for each value. Trials of another source that are told
 * first, 10 or more, say where to start (Nomura et al., AAAI 2021).
 * @example cmaEs()
 */
export const cmaEs: SamplerDefinition<CmaEsOptions> = defineSampler(
  {
    name: "cmaEs",
    version: 1,
    summary: "CMA-ES with restarts: learns how continuous axes depend on each other.",
    learns: true,
  },
  (options: CmaEsOptions) => {
    refuseUnknown("cmaEs", options, ["lambda", "sigma", "restarts"]);
    const { lambda, sigma, restarts } = options;
    if (lambda !== undefined) expectNumber("lambda", lambda, { integer: true, low: 4 });
    if (sigma !== undefined) expectNumber("sigma", sigma, { above: 0, high: 1 });
    if (restarts !== undefined && restarts !== "bipop" && restarts !== "ipop")
      throw usage(`Expected \`restarts\` to be "bipop" or "ipop", got ${show(restarts)}`);
    return { create: (setting) => new CmaEs(setting, options) };
  },
);
