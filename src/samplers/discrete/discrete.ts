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
