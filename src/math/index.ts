/** Numerics on plain numbers: dominance, sorting, hypervolume, reference directions. Pure; knows of no trial. */
export { dominates } from "./dominance.ts";
export { primes, radicalInverse } from "./halton.ts";
export { eigenSymmetric } from "./eigen.ts";
export { erfc } from "./erfc.ts";
export { hypervolume } from "./hypervolume.ts";
export { hypervolumeSubset } from "./hypervolume-subset.ts";
export { igd, igdPlus } from "./igd.ts";
export { solve } from "./linear.ts";
export { nonDominated, nonDominatedRanks } from "./non-dominated.ts";
export { dasDennis, referenceDirections } from "./reference-directions.ts";
export { owenScramble, sobol, SOBOL_DIMENSIONS } from "./sobol.ts";
