import { expectNumber, refuseUnknown } from "../../core/errors.ts";
import { defineSampler, type SamplerDefinition } from "../../core/sampler.ts";
import { Tpe } from "./search.ts";

/** Options of {@link tpe}. */
export interface TpeOptions {
  /** How many trials must have measured something before anything is learnt; until then a Sobol sequence. @default 10 */
  readonly startup?: number;
  /** How many candidates are drawn for each suggestion; more of them press harder. @default 24 */
  readonly candidates?: number;
  /** The share of the first points that fall into an axis's focus (a range's `prior`), from 0 to 1. @default 0.9 */
  readonly priorShare?: number;
}

/**
 * The tree-structured Parzen estimator (Bergstra et al., NeurIPS 2011): one density l over the good trials, one g over
 * the others, and the candidate drawn from l for which l/g is largest. Good are ⌈n/10⌉ trials, 25 at most (100 with
 * several objectives), feasible before infeasible.
 *
 * Axes that are always active together are modelled jointly, so that what goes together stays together. An ordered axis
 * of few cells is numeric or categorical by what was seen of it. Running trials count among the others, so that parallel
 * ones keep apart. A failed trial is an other one: what fails is avoided.
 * @example tpe()
 */
export const tpe: SamplerDefinition<TpeOptions> = defineSampler(
  {
    name: "tpe",
    version: 1,
    summary: "The tree-structured Parzen estimator: densities of good and of other trials.",
    learns: true,
    multiObjective: true,
  },
  (options: TpeOptions) => {
    refuseUnknown("tpe", options, ["startup", "candidates", "priorShare"]);
    const { startup, candidates, priorShare } = options;
    if (startup !== undefined) expectNumber("startup", startup, { integer: true, low: 1 });
    if (candidates !== undefined) expectNumber("candidates", candidates, { integer: true, low: 1 });
    if (priorShare !== undefined) expectNumber("priorShare", priorShare, { low: 0, high: 1 });
    return { create: (setting) => new Tpe(setting, options) };
  },
);
