export { inline } from "./inline.ts";
export { isolated } from "./isolated.ts";
export { processes } from "./processes.ts";
export { simulated, type SimulatedOptions } from "./simulated/simulated.ts";
export { threads } from "./threads.ts";
export type { SimulatedTrial } from "./simulated/plan.ts";
