/** Trackers follow a search. */
export { csv } from "./csv.ts";
export { disabled } from "./disabled.ts";
export { log } from "./log.ts";
export { profile } from "./profile.ts";
export { progress } from "./progress.ts";
export { summary } from "./summary.ts";
export { optuna } from "./optuna/optuna.ts";
