/** Samplers: what to try next. Pure; each export configures one. */
export { auto } from "./auto/auto.ts";
export { cmaEs } from "./cma-es/cma-es.ts";
export { discrete } from "./discrete/discrete.ts";
export { genetic } from "./genetic/genetic.ts";
export { gp } from "./gp/gp.ts";
export { grid } from "./grid/grid.ts";
export { nsga2 } from "./nsga/nsga2.ts";
export { nsga3 } from "./nsga/nsga3.ts";
export { qmc } from "./qmc/qmc.ts";
export { random } from "./random.ts";
export { tpe } from "./tpe/tpe.ts";
