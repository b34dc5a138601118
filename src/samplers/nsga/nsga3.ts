import { refuseUnknown, show, usage } from "../../core/errors.ts";
import { defineSampler, type SamplerDefinition } from "../../core/sampler.ts";
import { survival } from "../genetic/survival.ts";
import { checkDirections, type DirectionOptions, directionsOf } from "./directions.ts";
import { checkEvolution, EVOLUTION_OPTIONS, type EvolutionOptions, evolving } from "./options.ts";
import { SteadyEvolution } from "./steady.ts";

/** Options of {@link nsga3}. */
export interface Nsga3Options extends EvolutionOptions, DirectionOptions {}

/**
 * NSGA-III (Deb & Jain, IEEE TEVC 18(4), 2014): non-dominated fronts, then the least crowded reference directions decide
 * who survives; ideal and extreme points persist. Not in generations, as {@link nsga2}.
 * @example nsga3({ directions: "riesz", population: 50 })
 */
export const nsga3: SamplerDefinition<Nsga3Options> = defineSampler(
  {
    name: "nsga3",
    version: 1,
    summary: "NSGA-III: evolution by non-dominated fronts along reference directions, for three objectives and more.",
    learns: true,
    multiObjective: true,
  },
  (options: Nsga3Options) => {
    refuseUnknown("nsga3", options, [...EVOLUTION_OPTIONS, "directions", "weights"]);
    checkEvolution(options);
    checkDirections(options);
    const { directions, population } = options;
    if (Array.isArray(directions) && population !== undefined && population < directions.length)
      throw usage(
        `Expected \`population\` to be at least the number of \`directions\` (${directions.length}), got ${show(population)}`,
      );
    return {
      create: (setting) => {
        const rays = directionsOf(setting, options);
        const size = population ?? Math.max(20, rays.length);
        return new SteadyEvolution(setting, { ...evolving(setting, size, options), survive: survival(rays) });
      },
    };
  },
);
