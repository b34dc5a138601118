/** Samplers: what to try next. Pure; each export configures one. */
export { cmaEs } from "./cma-es/cma-es.ts";
export { discrete } from "./discrete/discrete.ts";
export { genetic } from "./genetic/genetic.ts";
export { grid } from "./grid/grid.ts";
export { qmc } from "./qmc/qmc.ts";
export { random } from "./random.ts";
export { tpe } from "./tpe/tpe.ts";
