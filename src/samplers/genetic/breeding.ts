import { type Random, shuffle } from "../../core/random.ts";
import type { Cube } from "../../space/cube.ts";
import type { Individual } from "./individual.ts";
import { Seen } from "../seen.ts";
import { spread } from "./spread.ts";
import type { Variation } from "./variation.ts";

/** How often an offspring that is refused or known is changed before a draw takes its place. */
const CHANGES = 8;
/** How many draws in a row may be known before the space is enumerated. */
const DRAWS = 50;
/** Spaces with at most as many configurations are enumerated. */
const ENUMERABLE = 10_000;

/** Where new points come from. */
export interface Breeder {
  readonly cube: Cube;
  readonly seen: Seen;
  readonly variation: Variation;
  readonly mutateRate: number;
  readonly priorShare: number;
}

/**
 * Settled points that were never seen, at most `wanted`: offspring of random pairs of `parents`, two of each, or points
 * spread over the space where there are fewer than two. Fewer only when the space holds no more.
 */
export function breed(
  breeder: Breeder,
  parents: readonly Individual[],
  wanted: number,
  random: Random,
): Float64Array[] {
  const { cube, seen, variation, mutateRate, priorShare } = breeder;
  const born: Float64Array[] = [];
  if (parents.length < 2) {
    for (const raw of spread(cube.axes, wanted, priorShare, random)) {
      const unit = cube.settle(raw);
      const point = unit !== undefined && seen.add(unit) ? unit : drawNew(breeder, random);
      if (point === undefined) return born;
      born.push(point);
    }
    return born;
  }
  /** A feasible new point from a raw offspring. */
  const settle = (raw: Float64Array): Float64Array | undefined => {
    if (random.uniform() < mutateRate) variation.mutate(raw, random);
    for (let changes = 0; changes < CHANGES; changes++) {
      const unit = cube.settle(raw);
      if (unit !== undefined && seen.add(unit)) return unit;
      variation.mutate(raw, random);
    }
    return drawNew(breeder, random);
  };
  let pairs: Individual[] = [];
  while (born.length < wanted) {
    if (pairs.length < 2) pairs = matched(parents, variation, random);
    const [a, b] = [pairs.pop()!, pairs.pop()!];
    for (const unit of variation.cross(a.unit, b.unit, random).map(settle)) {
      if (unit === undefined) return born;
      if (born.length < wanted) born.push(unit);
    }
  }
  return born;
}

/** The parents in random order, but for those of one branch standing together: across branches there is little to mix. */
function matched(parents: readonly Individual[], { branch }: Variation, random: Random): Individual[] {
  const dealt = shuffle([...parents], random);
  const first = new Map<number, number>();
  const place = dealt.map(({ unit }, i) => {
    const key = branch(unit);
    if (!first.has(key)) first.set(key, i);
    return first.get(key)!;
  });
  return dealt
    .map((parent, i) => ({ parent, at: place[i]! }))
    .sort((a, b) => a.at - b.at)
    .map(({ parent }) => parent);
}

/** A draw from the prior that was never seen; undefined when a finite space holds no more. */
export function drawNew({ cube, seen, priorShare }: Breeder, random: Random): Float64Array | undefined {
  const uniform = (): number => random.uniform();
  for (let draws = 1; ; draws++) {
    const unit = cube.draw(uniform, priorShare);
    if (seen.add(unit)) return unit;
    if (draws < DRAWS) continue;
    const all = cube.size === Infinity ? undefined : cube.points(ENUMERABLE);
    if (all === undefined) return unit;
    const left = all.filter((point) => !seen.has(point));
    if (left.length === 0) return undefined;
    const chosen = left[random.integer(left.length)]!;
    seen.add(chosen);
    return chosen;
  }
}

/**
 * `wanted` parents by tournament: the population is dealt at random into as many groups, and the better of each group
 * breeds, so that nobody is chosen twice (pairs where half of it breeds). The whole population when it is smaller.
 */
export function chooseParents(population: readonly Individual[], wanted: number, random: Random): Individual[] {
  const dealt = shuffle([...population], random);
  const winners = dealt.slice(0, wanted);
  for (let i = wanted; i < dealt.length; i++) {
    const at = i % wanted;
    if (better(dealt[i]!, winners[at]!)) winners[at] = dealt[i]!;
  }
  return winners;
}

/** By violation, then by rank; equals stay as they were dealt. */
function better(a: Individual, b: Individual): boolean {
  return a.violation === b.violation ? a.rank < b.rank : a.violation < b.violation;
}
