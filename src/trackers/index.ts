/** Trackers follow a search. */
export { log } from "./log.ts";
export { progress } from "./progress.ts";
export { optuna } from "./optuna/optuna.ts";
