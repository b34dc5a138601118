export { replay } from "./replay.ts";
export { synthetic } from "./synthetic.ts";
