import { refuseUnknown } from "../../core/errors.ts";
import { defineSampler, type SamplerDefinition } from "../../core/sampler.ts";
import { entries } from "./entries.ts";
import { Handover } from "./handover.ts";

/**
 * The default: chooses among the other samplers by the space, the budget, the objectives, the noise and the failures
 * seen, and hands over when another one suits better. The note of a trial says which sampler proposed it, and with the
 * first trials of each also why.
 * @example auto()
 */
export const auto: SamplerDefinition = defineSampler(
  {
    name: "auto",
    version: 1,
    summary: "Chooses the sampler that suits the space and the budget, and hands over as trials come in.",
    learns: true,
    multiObjective: true,
  },
  (options: object) => {
    refuseUnknown("auto", options, []);
    return { create: (setting) => new Handover(setting, entries) };
  },
);
