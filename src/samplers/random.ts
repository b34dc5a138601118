import { expectNumber, refuseUnknown } from "../core/errors.ts";
import { defineSampler, type SamplerDefinition } from "../core/sampler.ts";

/** Options of {@link random}. */
export interface RandomOptions {
  /** The share of draws taken from an axis's focus (a range's `prior`), from 0 to 1. @default 0.9 */
  readonly priorShare?: number;
}

/**
 * Independent draws from the prior: even on each axis (in the logarithm where the axis says so), by weight where cells
 * have one. What every other sampler is measured against (Bergstra & Bengio, JMLR 13, 2012).
 * @example random()
 */
export const random: SamplerDefinition<RandomOptions> = defineSampler(
  {
    name: "random",
    version: 1,
    summary: "Independent draws from the prior.",
    multiObjective: true,
  },
  (options: RandomOptions) => {
    refuseUnknown("random", options, ["priorShare"]);
    const { priorShare = 0.9 } = options;
    expectNumber("priorShare", priorShare, { low: 0, high: 1 });
    return {
      create: ({ cube }) => ({
        ask: ({ random }) => ({ unit: cube.draw(() => random.uniform(), priorShare) }),
        tell: () => undefined,
      }),
    };
  },
);
