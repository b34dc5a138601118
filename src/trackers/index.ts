/** Trackers follow a search. */
export { log } from "./log.ts";
export { mlflow } from "./mlflow.ts";
export { progress } from "./progress.ts";
