/** Pruners: which trials to stop early. Pure; each export configures one. */
export { dominance } from "./dominance.ts";
export { hyperband } from "./hyperband.ts";
export { median } from "./median.ts";
export { patient } from "./patient.ts";
export { percentile } from "./percentile.ts";
export { successiveHalving } from "./successive-halving.ts";
export { threshold } from "./threshold.ts";
export { wilcoxon } from "./wilcoxon.ts";
