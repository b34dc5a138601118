import type { Observation, Report } from "./sampler.ts";

/** What the objective is told after a report. */
export type Verdict = "continue" | "prune";

/** Stops one trial early. Like a sampler it learns only from what it is told. */
export interface Pruner {
  report(number: number, report: Report): Verdict;
  tell(observation: Observation): void;
}
