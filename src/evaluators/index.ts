export { inline } from "./inline.ts";
export { isolated } from "./isolated.ts";
export { processes } from "./processes.ts";
export { threads } from "./threads.ts";
