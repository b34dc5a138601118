/** Where a study lives: in a file, or in memory. */
export { file } from "./file.ts";
export { memory } from "./memory.ts";
