import { readJournal } from "../search/read-journal.ts";
import { trialJson } from "./trial-json.ts";
import { EXIT } from "./exit.ts";
import { count } from "./overrides.ts";
import { report } from "./report.ts";
import { trialsText } from "./trials-text.ts";

/** `attune best`: the best trial of one objective, the Pareto front of several, or the k best. */
export async function best(journal: string, { top, json }: { top?: string; json?: boolean }): Promise<number> {
  const k = top === undefined ? undefined : count("--top", top);
  const { result, space } = await readJournal(journal);
  const trials = k === undefined ? result.leaders : result.top(k);
  if (json) for (const trial of trials) process.stdout.write(`${trialJson(trial, result)}\n`);
  else process.stdout.write(`${k === undefined ? report(result, space) : trialsText(trials, result)}\n`);
  return EXIT.done;
}
