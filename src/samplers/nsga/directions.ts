import { expectNumber, show, usage } from "../../core/errors.ts";
import type { Setting } from "../../core/sampler.ts";
import { referenceDirections } from "../../math/reference-directions.ts";
import { rieszDirections } from "../../math/riesz.ts";
import { steered } from "../genetic/pool.ts";

/** How the reference directions of {@link nsga3} are chosen. */
export interface DirectionOptions {
  /**
   * `dasDennis`: a regular lattice, as fine as the population allows (Das & Dennis 1998, in two layers for many
   * objectives). `riesz`: exactly as many as the population, spread by their energy (Blank, Deb, Dhebar, Bandaru & Seada
   * 2021). Or the directions themselves: lists of one number ≥ 0 per objective, of any length. @default "dasDennis"
   */
  readonly directions?: "dasDennis" | "riesz" | readonly (readonly number[])[];
  /**
   * The importance of each objective, > 0; they are divided by their sum. More directions, and so more of the front, lie
   * where important losses are small. @default equal
   */
  readonly weights?: readonly number[];
}

/** Directions per dimension of the front: at least, and at most; between them one for 200 trials of the budget. */
const FEW = 16;
const MANY = 46;

/** Throws a usage error for directions or weights that cannot be, as far as the number of objectives is not needed. */
export function checkDirections({ directions, weights }: DirectionOptions): void {
  weights?.forEach((weight, i) => expectNumber(`weights[${i}]`, weight, { above: 0 }));
  if (directions === undefined || directions === "dasDennis" || directions === "riesz") return;
  if (!Array.isArray(directions) || directions.length === 0)
    throw usage(`Expected \`directions\` to be "dasDennis", "riesz" or a list of directions, got ${show(directions)}`);
  directions.forEach((direction: readonly number[], d) => {
    direction.forEach((x, c) => expectNumber(`directions[${d}][${c}]`, x, { low: 0 }));
    if (!direction.some((x) => x > 0))
      throw usage(`Expected \`directions[${d}]\` to have a part > 0, got ${show(direction)}`);
  });
}

/** The directions for a number of objectives. Throws a usage error where options and objectives do not fit together. */
export function directionsOf(
  { objectives, budget = 10_000, random }: Pick<Setting, "objectives" | "budget" | "random">,
  { directions = "dasDennis", weights, population }: DirectionOptions & { readonly population?: number },
): Float64Array[] {
  if (weights !== undefined && weights.length !== objectives)
    throw usage(`Expected \`weights\` to hold one number per objective (${objectives}), got ${weights.length}`);
  if (objectives === 1) return referenceDirections(1, 1);
  const wanted = population ?? Math.min(MANY, Math.max(FEW, Math.round(budget / 200))) * (objectives - 1);
  return steered(raysOf(directions, objectives, wanted, random), weights);
}

function raysOf(
  directions: NonNullable<DirectionOptions["directions"]>,
  objectives: number,
  wanted: number,
  random: Setting["random"],
): Float64Array[] {
  if (directions === "dasDennis") return referenceDirections(objectives, wanted);
  if (directions === "riesz") return rieszDirections(objectives, wanted, random.fork("directions"));
  return directions.map((direction, d) => {
    if (direction.length !== objectives)
      throw usage(
        `Expected \`directions[${d}]\` to hold one number per objective (${objectives}), got ${direction.length}`,
      );
    const sum = direction.reduce((a, b) => a + b, 0);
    return Float64Array.from(direction, (x) => x / sum);
  });
}
