/** Pruners: which trials to stop early. Pure; each export configures one. */
export { median } from "./median.ts";
export { percentile } from "./percentile.ts";
