import type { Ask } from "../core/sampler.ts";
import type { Cube } from "../space/cube.ts";

/** How many draws in a row may be taken before the space is enumerated. */
const DRAWS = 50;
/** Spaces with at most as many configurations are enumerated. */
const ENUMERABLE = 10_000;

/**
 * A feasible draw from the prior that no trial holds. In a large space that is nearly full it may be one that a trial
 * holds; undefined where a small one holds no other.
 */
export function drawUntaken(
  cube: Cube,
  { random, taken }: Pick<Ask, "random" | "taken">,
  priorShare?: number,
): Float64Array | undefined {
  const uniform = (): number => random.uniform();
  for (let draws = 1; ; draws++) {
    const unit = cube.draw(uniform, priorShare);
    if (cube.size === Infinity || !taken(unit)) return unit;
    if (draws < DRAWS) continue;
    const all = cube.points(ENUMERABLE);
    if (all === undefined) return unit;
    const left = all.filter((point) => !taken(point));
    return left[random.integer(left.length)];
  }
}
