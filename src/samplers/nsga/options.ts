import { expectNumber } from "../../core/errors.ts";
import type { Setting } from "../../core/sampler.ts";
import { variation } from "../genetic/variation.ts";
import type { Evolving } from "./steady.ts";

/** Options that {@link nsga2} and {@link nsga3} share. */
export interface EvolutionOptions {
  /**
   * How many trials survive and breed, ≥ 4. @default for nsga2 the budget / 200, at least 20 and at most 100, and 50
   * without a budget; for nsga3 as many as there are directions
   */
  readonly population?: number;
  /** The chance that an offspring is perturbed after crossover, from 0 to 1. @default 0.25 */
  readonly mutateRate?: number;
  /** The distribution index of wide crossover, ≥ 0: the larger, the nearer offspring stay to their parents. @default 3 */
  readonly crossoverIndex?: number;
  /** The distribution index of polynomial mutation, ≥ 0. @default 20 */
  readonly mutationIndex?: number;
  /** The share of initial draws taken from an axis's focus (a range's `prior`), from 0 to 1. @default 0.9 */
  readonly priorShare?: number;
}

export const EVOLUTION_OPTIONS = [
  "population",
  "mutateRate",
  "crossoverIndex",
  "mutationIndex",
  "priorShare",
] as const satisfies readonly (keyof EvolutionOptions)[];

/** The share of a population that new results must reach before the next selection: measured on ZDT1, 4 and 6. */
const BATCH = 0.1;
/** The index of near crossover, and the share of pairs that cross widely, with two objectives and with more. */
const NEAR = 30;
const WIDE = { few: 1, many: 0.5 };

/** Throws a usage error for a number out of its range. */
export function checkEvolution(options: EvolutionOptions): void {
  const { population, mutateRate, crossoverIndex, mutationIndex, priorShare } = options;
  if (population !== undefined) expectNumber("population", population, { integer: true, low: 4 });
  if (mutateRate !== undefined) expectNumber("mutateRate", mutateRate, { low: 0, high: 1 });
  if (crossoverIndex !== undefined) expectNumber("crossoverIndex", crossoverIndex, { low: 0 });
  if (mutationIndex !== undefined) expectNumber("mutationIndex", mutationIndex, { low: 0 });
  if (priorShare !== undefined) expectNumber("priorShare", priorShare, { low: 0, high: 1 });
}

/** What an evolution is made of, selection aside. */
export function evolving(
  { cube, objectives }: Pick<Setting, "cube" | "objectives">,
  population: number,
  options: EvolutionOptions,
): Omit<Evolving, "survive"> {
  const { mutateRate = 0.25, crossoverIndex = 3, mutationIndex = 20, priorShare = 0.9 } = options;
  const indices = { wide: crossoverIndex, near: NEAR, mutation: mutationIndex };
  return {
    population,
    batch: Math.max(1, Math.round(BATCH * population)),
    mutateRate,
    priorShare,
    variation: variation(cube.axes, objectives > 2 ? WIDE.many : WIDE.few, priorShare, indices),
  };
}
