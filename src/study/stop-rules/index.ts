/** Stop rules end a search; a list of them stops at the first that speaks. */
export { allOf, anyOf } from "./combine.ts";
export { computeTime } from "./compute-time.ts";
export { cost } from "./cost.ts";
export { failures, type FailureTolerance } from "./failures.ts";
export { generations } from "./generations.ts";
export { iterations } from "./iterations.ts";
export { stagnation } from "./stagnation.ts";
export { target } from "./target.ts";
export { timeLimit } from "./time-limit.ts";
export { trials } from "./trials.ts";
export { when } from "./when.ts";
