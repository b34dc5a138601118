import { changes } from "../analysis/gain.ts";
import type { FinishedTrial, Trial } from "../core/trial.ts";
import type { SearchResult } from "../search/result.ts";

/**
 * A trial as one line of JSON; where there is a baseline, `change` holds each objective's relative change against it:
 * −0.12 is 12 % less.
 */
export function trialJson(trial: Trial, { baseline, objectives }: SearchResult): string {
  if (baseline === undefined || trial.state !== "complete") return JSON.stringify(trial);
  const known = changes(trial as FinishedTrial, baseline, objectives).filter(({ relative }) =>
    Number.isFinite(relative),
  );
  const change = Object.fromEntries(known.map(({ name, relative }) => [name, relative]));
  return JSON.stringify({ ...(JSON.parse(JSON.stringify(trial)) as object), change });
}
