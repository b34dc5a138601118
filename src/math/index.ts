/** Numerics on plain numbers: dominance, sorting, hypervolume, reference directions. Pure; knows of no trial. */
export { dominates } from "./dominance.ts";
export { hypervolume } from "./hypervolume.ts";
export { igd, igdPlus } from "./igd.ts";
export { solve } from "./linear.ts";
export { nonDominated, nonDominatedRanks } from "./non-dominated.ts";
export { dasDennis, referenceDirections } from "./reference-directions.ts";
