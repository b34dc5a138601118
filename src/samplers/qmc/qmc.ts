import { expectNumber, refuseUnknown, show, usage } from "../../core/errors.ts";
import { defineSampler, type SamplerDefinition } from "../../core/sampler.ts";
import { haltonSequence, type Scramble, sobolSequence } from "./sequence.ts";
import { spreadOver } from "./spread.ts";

/** Options of {@link qmc}. */
export interface QmcOptions {
  /** "sobol" in base 2, best with a power of two of trials; "halton" with a prime base for each axis. @default "sobol" */
  readonly sequence?: "sobol" | "halton";
  /**
   * How the study's seed makes the sequence random. "owen": nested uniform scrambling for Sobol, an independent
   * permutation of every digit for Halton; the error on smooth problems falls faster than with any other. "shift": a
   * random digital shift. "none": the bare sequence, whose first point is the lowest corner. @default "owen"
   */
  readonly scramble?: Scramble;
  /** The share of points that fall into an axis's focus (a range's `prior`), from 0 to 1. @default 0.9 */
  readonly priorShare?: number;
}

/**
 * Points that cover the space more evenly than chance: a quasi-random sequence. The first 2^k of them fall into every one
 * of 2^k equal slices of each axis (Sobol with the direction numbers of Joe & Kuo 2008, for 128 axes; more are padded).
 * Categorical axes and conditions take a coordinate each. Learns nothing.
 * @example qmc()
 */
export const qmc: SamplerDefinition<QmcOptions> = defineSampler(
  {
    name: "qmc",
    version: 1,
    summary: "A scrambled Sobol or Halton sequence: more even than random draws.",
    multiObjective: true,
  },
  (options: QmcOptions) => {
    refuseUnknown("qmc", options, ["sequence", "scramble", "priorShare"]);
    const { sequence = "sobol", scramble = "owen", priorShare = 0.9 } = options;
    if (sequence !== "sobol" && sequence !== "halton")
      throw usage(`Expected \`sequence\` to be "sobol" or "halton", got ${show(sequence)}`);
    if (scramble !== "owen" && scramble !== "shift" && scramble !== "none")
      throw usage(`Expected \`scramble\` to be "owen", "shift" or "none", got ${show(scramble)}`);
    expectNumber("priorShare", priorShare, { low: 0, high: 1 });
    return {
      create: ({ cube, random }) => {
        const points = sequence === "sobol" ? sobolSequence : haltonSequence;
        const spread = spreadOver(cube, points(scramble, random.fork("qmc")), priorShare);
        return {
          ask: (ask) => {
            const unit = spread(ask);
            return unit === undefined ? "exhausted" : { unit };
          },
          tell: () => undefined,
        };
      },
    };
  },
);
