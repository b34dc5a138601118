import { defineSampler, type SamplerDefinition } from "../../core/sampler.ts";
import { Evolution } from "./evolution.ts";
import { checkOptions, type GeneticOptions, sizesOf } from "./pool.ts";

/**
 * Generational evolutionary search over one or several objectives. Every generation tries `pool` new configurations;
 * of them and the population so far, `pool` survive: the best ones with one objective, those of NSGA-III with several
 * (Deb & Jain, IEEE TEVC 18(4), 2014). `cull` of the survivors, chosen by tournament, breed the next generation. A
 * search plans `pool` × `generations` trials.
 * @example genetic({ pool: 64 })
 */
export const genetic: SamplerDefinition<GeneticOptions> = defineSampler(
  {
    name: "genetic",
    version: 1,
    summary: "Generational search with survival of the fittest; NSGA-III for several objectives.",
    learns: true,
    multiObjective: true,
    generational: true,
  },
  (options: GeneticOptions) => {
    checkOptions(options);
    return {
      create: (setting) => new Evolution(setting, options),
      pool: ({ objectives }) => sizesOf(options, objectives).pool,
    };
  },
);
