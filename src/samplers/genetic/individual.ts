import type { Observation } from "../../core/sampler.ts";

/** A finished trial as a member of a population. `rank`, `niche` and `distance` are set by survival. */
export interface Individual {
  readonly unit: Float64Array;
  readonly losses: readonly number[];
  /** The sum of what it exceeds its constraints by; 0 is feasible, `Infinity` where that is unknown, or it was cut off or pruned. */
  readonly violation: number;
  /** Its identity among configurations, from `Seen`. */
  readonly key: number;
  /** Its non-dominated front, 0 the best; one objective: its place by loss. */
  rank: number;
  /** The reference direction nearest to it, and how far off it lies. */
  niche: number;
  distance: number;
}

/**
 * The individual of an observation, undefined where it measured nothing. A pruned trial has the losses that it reported last, and
 * stands behind every complete one.
 */
export function individual(observation: Observation, key: number, objectives: number): Individual | undefined {
  const { unit, state, constraints, atLeast, reports } = observation;
  const pruned = state === "pruned";
  if (state !== "complete" && !pruned) return undefined;
  const losses = pruned ? (reports.at(-1)?.losses ?? []) : observation.losses;
  if (losses.length !== objectives || !losses.every(Number.isFinite)) return undefined;
  let violation = atLeast || pruned ? Infinity : 0;
  for (const excess of constraints) violation += Number.isNaN(excess) ? Infinity : Math.max(0, excess);
  return { unit, losses, violation, key, rank: 0, niche: 0, distance: 0 };
}
