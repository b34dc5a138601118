/** Samplers: what to try next. Pure; each export configures one. */
export { genetic } from "./genetic/genetic.ts";
export { grid } from "./grid/grid.ts";
export { random } from "./random.ts";
