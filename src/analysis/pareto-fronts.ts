import { nonDominatedRanks } from "../math/non-dominated.ts";

/**
 * The indices of rows by rank: first those that no other row dominates, then those that only rows of the first front
 * dominate, and so on (non-dominated sorting; K. Deb et al., "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE TEVC
 * 6(2), 2002, section III-A). Equal rows share a rank. Within a front the order of the rows.
 * @param losses one row per trial, one number per objective, minimised; none is NaN
 */
export function paretoFronts(losses: readonly (readonly number[])[]): number[][] {
  const fronts: number[][] = [];
  nonDominatedRanks(losses).forEach((rank, i) => (fronts[rank] ??= []).push(i));
  return fronts;
}
