import type { Observation, Report } from "../core/sampler.ts";

/** Where a trial stands: its class first, then two numbers, all ascending from good to bad. */
export type Standing = readonly [tier: number, first: number, second: number];

/**
 * Classes from the best to the worst: trials that were cut off by their bounds, pruned ones by how far they came,
 * infeasible ones by how little they exceed.
 */
export const FEASIBLE = 0;
const CUT_OFF = 1;
const PRUNED = 2;
const INFEASIBLE = 3;
export const FAILED = 4;

/** Negative where `a` is better. */
export function compareStandings(a: Standing, b: Standing): number {
  return a[0] - b[0] || order(a[1], b[1]) || order(a[2], b[2]);
}

function order(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Where a finished trial stands among `objectives` losses; with several, feasible ones stand level. */
export function standingOf(
  { state, losses, constraints, reports, atLeast }: Observation,
  objectives: number,
): Standing {
  if (state === "pruned") {
    const last = reports.reduce<Report | undefined>(
      (most, one) => (one.step > (most?.step ?? -1) ? one : most),
      undefined,
    );
    const loss = last?.losses[0];
    return [PRUNED, -(last?.step ?? -Infinity), loss === undefined || Number.isNaN(loss) ? Infinity : loss];
  }
  if (state !== "complete" || losses.length !== objectives || !losses.every(Number.isFinite)) return [FAILED, 0, 0];
  if (atLeast) return [CUT_OFF, losses[0]!, 0];
  let violation = 0;
  for (const excess of constraints) violation += Number.isNaN(excess) ? Infinity : Math.max(0, excess);
  if (violation > 0) return [INFEASIBLE, violation, objectives === 1 ? losses[0]! : 0];
  return [FEASIBLE, objectives === 1 ? losses[0]! : 0, 0];
}
