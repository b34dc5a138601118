import { refuseUnknown } from "../../core/errors.ts";
import { defineSampler, type SamplerDefinition } from "../../core/sampler.ts";
import { constrained } from "../genetic/survival.ts";
import { crowding } from "./crowding.ts";
import { checkEvolution, EVOLUTION_OPTIONS, type EvolutionOptions, evolving } from "./options.ts";
import { SteadyEvolution } from "./steady.ts";

/** Options of {@link nsga2}. */
export interface Nsga2Options extends EvolutionOptions {}

/**
 * NSGA-II (Deb, Pratap, Agarwal & Meyarivan, "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE TEVC
 * 6(2), 2002): non-dominated fronts, then crowding distance decide who survives and who breeds. Not in generations: each
 * ask breeds one offspring of the present population, and a tenth of a population of new results makes the next
 * selection, so that no worker waits (steady state: Durillo, Nebro, Luna & Alba, EMO 2009).
 * @example nsga2({ population: 100 })
 */
export const nsga2: SamplerDefinition<Nsga2Options> = defineSampler(
  {
    name: "nsga2",
    version: 1,
    summary: "NSGA-II: evolution by non-dominated fronts and crowding, for two objectives.",
    learns: true,
    multiObjective: true,
  },
  (options: Nsga2Options) => {
    refuseUnknown("nsga2", options, EVOLUTION_OPTIONS);
    checkEvolution(options);
    return {
      create: (setting) => {
        const population = options.population ?? populationFor(setting.budget);
        const survive = constrained(crowding);
        return new SteadyEvolution(setting, { ...evolving(setting, population, options), survive });
      },
    };
  },
);

/** Small populations for small budgets: on ZDT at 10,000 evaluations 50 beat 100, 30 lost the ends of the front. */
function populationFor(budget = 10_000): number {
  return Math.min(100, Math.max(20, Math.round(budget / 200)));
}
