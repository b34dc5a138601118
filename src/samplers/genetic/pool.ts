import { expectNumber, refuseUnknown, show, usage } from "../../core/errors.ts";
import { referenceDirections } from "../../math/reference-directions.ts";

/** Options of {@link genetic}. */
export interface GeneticOptions {
  /**
   * The number of trials in a generation, ≥ 6. @default from the number of objectives: the smallest multiple of 4 that
   * is at least 32 and twice a modest number of reference directions; 32 for one and two, 56 for three
   */
  readonly pool?: number;
  /**
   * The number of parents of the next generation: even, ≥ 2 and < `pool`. The others survive without offspring of their
   * own; fewer parents press harder. @default the largest even number ≤ `pool` / 2
   */
  readonly cull?: number;
  /** The chance that an offspring is perturbed after crossover, between 0 and 1. @default 0.25 */
  readonly mutateRate?: number;
  /**
   * The importance of each objective, > 0; they are divided by their sum. More reference directions, and so more of the
   * front, lie where important losses are small. Results are not ranked by them. @default equal
   */
  readonly weights?: readonly number[];
  /** The share of initial draws taken from an axis's focus (a range's `prior`), from 0 to 1. @default 0.9 */
  readonly priorShare?: number;
  /**
   * What follows when fewer than 20 % of a generation's pool passed: a whole pool again, or (false) only as many trials
   * as passes are still needed. @default true
   */
  readonly largeFailPool?: boolean;
}

/** Checks what can be checked before the number of objectives is known. */
export function checkOptions(options: GeneticOptions): void {
  refuseUnknown("genetic", options, ["pool", "cull", "mutateRate", "weights", "priorShare", "largeFailPool"]);
  const { pool, cull, mutateRate, weights, priorShare, largeFailPool } = options;
  if (pool !== undefined) expectNumber("pool", pool, { integer: true, low: 6 });
  if (cull !== undefined) {
    expectNumber("cull", cull, { integer: true, low: 2 });
    if (cull % 2 !== 0) throw usage(`Expected \`cull\` to be an even integer ≥ 2, got ${cull}`);
    if (pool !== undefined) checkCull(pool, cull);
  }
  if (mutateRate !== undefined && !(expectNumber("mutateRate", mutateRate, { above: 0 }) < 1))
    throw usage(`Expected \`mutateRate\` to be > 0 and < 1, got ${mutateRate}`);
  if (weights !== undefined) {
    if (!Array.isArray(weights) || weights.length === 0)
      throw usage(`Expected \`weights\` to be a list of one number per objective, got ${show(weights)}`);
    weights.forEach((weight, i) => expectNumber(`weights[${i}]`, weight, { above: 0 }));
  }
  if (priorShare !== undefined) expectNumber("priorShare", priorShare, { low: 0, high: 1 });
  if (largeFailPool !== undefined && typeof largeFailPool !== "boolean")
    throw usage(`Expected \`largeFailPool\` to be true or false, got ${show(largeFailPool)}`);
}

/**
 * The trials of a generation and the parents among them. Throws a usage error where options and the number of objectives
 * do not fit together; the survivors must cover at least the one direction per objective that no front can do without.
 */
export function sizesOf(options: GeneticOptions, objectives: number): { readonly pool: number; readonly cull: number } {
  const { weights } = options;
  if (weights !== undefined && weights.length !== objectives)
    throw usage(`Expected \`weights\` to hold one number per objective (${objectives}), got ${weights.length}`);
  const pool = options.pool ?? defaultPool(objectives);
  const cull = options.cull ?? 2 * Math.floor(pool / 4);
  checkCull(pool, cull);
  if (pool - cull < objectives) {
    throw usage(
      `Expected \`pool\` − \`cull\` to be at least the ${objectives} reference directions that ${objectives} objectives need, got ${pool} − ${cull} = ${pool - cull}`,
    );
  }
  return { pool, cull };
}

function checkCull(pool: number, cull: number): void {
  if (cull >= pool) throw usage(`Expected \`cull\` to be < \`pool\`, got cull ${cull} and pool ${pool}`);
}

/** max(32, the smallest multiple of 4 ≥ 2 H) over H directions, about 16 for each dimension of the front. */
function defaultPool(objectives: number): number {
  const directions = referenceDirections(objectives, Math.max(1, 16 * (objectives - 1))).length;
  return Math.max(32, 4 * Math.ceil(directions / 2));
}

/** The directions that a pool can serve, steered by weights. */
export function steeredDirections(objectives: number, pool: number, weights?: readonly number[]): Float64Array[] {
  return steered(referenceDirections(objectives, pool), weights);
}

/**
 * Directions steered by weights: halving a loss's share of a direction doubles the attention to it, so each coordinate is
 * divided by its weight; the extreme directions stay where they are.
 */
export function steered(directions: Float64Array[], weights: readonly number[] | undefined): Float64Array[] {
  if (weights === undefined) return directions;
  const total = weights.reduce((a, b) => a + b, 0);
  return directions.map((direction) => {
    const pulled = direction.map((x, i) => (x * total) / weights[i]!);
    const sum = pulled.reduce((a, b) => a + b, 0);
    return pulled.map((x) => x / sum);
  });
}
