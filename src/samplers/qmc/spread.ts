import type { Ask } from "../../core/sampler.ts";
import { type Axis, drawUnit } from "../../space/axis.ts";
import type { Cube } from "../../space/cube.ts";
import { drawUntaken } from "../untaken.ts";
import type { Sequence } from "./sequence.ts";

/** How many points of the sequence are tried for one trial, and how far apart they lie in it. */
const TRIES = 64;
const STRIDE = 2 ** 24;

/** The point that a sequence gives the trial with that number; undefined when a small space holds no more. */
export type Spread = (ask: Pick<Ask, "number" | "random" | "taken">) => Float64Array | undefined;

/**
 * A sequence over a cube: trial n takes point n, a pure function of its number, so that a resumed search goes on where it
 * stopped and parallel ones never meet. Where `where` refuses the point or a trial holds it already, points n + k·2²⁴
 * stand in for it, then draws.
 */
export function spreadOver(cube: Cube, sequence: Sequence, priorShare: number): Spread {
  const raw = new Float64Array(cube.axes.length);
  return (ask) => {
    for (let k = 0; k < TRIES; k++) {
      const index = (ask.number + k * STRIDE) % 2 ** 32;
      for (let i = 0; i < raw.length; i++) raw[i] = byPrior(cube.axes[i]!, sequence(index, i), priorShare);
      const unit = cube.settle(raw);
      if (unit !== undefined && (cube.size === Infinity || !ask.taken(unit))) return unit;
    }
    return drawUntaken(cube, ask, priorShare);
  };
}

/** The quantile `u` of an axis's prior: one even coordinate, weights and focus included, stays one. */
function byPrior(axis: Axis, u: number, priorShare: number): number {
  if (axis.focus === undefined) return drawUnit(axis, () => u, 0);
  const focused = u < priorShare;
  const rest = focused ? u / priorShare : (u - priorShare) / (1 - priorShare);
  return drawUnit(axis, () => rest, focused ? Infinity : 0);
}
