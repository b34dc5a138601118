export { local } from "./local.ts";
export { replay } from "./replay.ts";
export { synthetic } from "./synthetic.ts";
