import { readFileSync } from "node:fs";
import { AttuneError, messageOf, usage } from "../core/errors.ts";
import type { FinishedTrial } from "../core/trial.ts";
import { fillTemplate } from "../formats/fill-template.ts";
import { numberText } from "../formats/quantity.ts";
import { settingsOf } from "../formats/settings.ts";
import { WINNER_FORMATS, type WinnerFormatName } from "../formats/winner.ts";
import { readJournal } from "../search/read-journal.ts";
import type { SearchResult } from "../search/result.ts";
import { type Chosen, chosenTrial } from "./chosen-trial.ts";
import { EXIT } from "./exit.ts";
import { bestPerInstanceText, portfolioText } from "./instances-text.ts";
import { count, integer } from "./overrides.ts";
import { report } from "./report.ts";
import { trialJson } from "./trial-json.ts";
import { trialsText } from "./trials-text.ts";
import { writeOutput } from "./write-output.ts";

interface BestOptions {
  top?: string;
  json?: boolean;
  format?: WinnerFormatName;
  template?: string;
  trial?: string;
  output?: string;
  perInstance?: boolean;
  portfolio?: string;
}

/** `attune best`: the best trial of one objective, the Pareto front of several, or the k best; or its parameters, for the program that is to use them. */
export async function best(journal: string, options: BestOptions): Promise<number> {
  const { top, json, format, template, trial, output, perInstance, portfolio } = options;
  if (perInstance || portfolio !== undefined) return onInstances(journal, options);
  if (format !== undefined || template !== undefined) return winner(journal, options);
  for (const [name, value] of Object.entries({ trial, output }))
    if (value !== undefined) throw usage(`--${name} needs --format or --template`);
  const k = top === undefined ? undefined : count("--top", top);
  const { result, space } = await readJournal(journal);
  const trials = k === undefined ? result.leaders : result.top(k);
  if (json) for (const each of trials) process.stdout.write(`${trialJson(each, result)}\n`);
  else process.stdout.write(`${k === undefined ? report(result, space) : trialsText(trials, result)}\n`);
  return EXIT.done;
}

/** The best on each instance, or the few trials that serve all of them. */
async function onInstances(journal: string, options: BestOptions): Promise<number> {
  const { perInstance, portfolio, json, ...rest } = options;
  const other = Object.keys(rest)[0] ?? (perInstance ? portfolio && "portfolio" : undefined);
  if (other !== undefined)
    throw usage(`--${perInstance ? "per-instance" : "portfolio"} and --${other} exclude each other`);
  const { result } = await readJournal(journal);
  const { objectives } = result;
  const k = portfolio === undefined ? undefined : count("--portfolio", portfolio);
  const lines = !json
    ? [k === undefined ? bestPerInstanceText(result) : portfolioText(result, k)]
    : k === undefined
      ? objectives.flatMap(({ name }) =>
          result.bestPerInstance(name).map((best) => JSON.stringify({ objective: name, ...best })),
        )
      : [JSON.stringify(result.portfolio(k))];
  process.stdout.write(`${lines.join("\n")}\n`);
  return EXIT.done;
}

async function winner(
  journal: string,
  { top, json, format, template, trial: wanted, output }: BestOptions,
): Promise<number> {
  if (format !== undefined && template !== undefined) throw usage("--format and --template exclude each other");
  if (top !== undefined || json)
    throw usage("--format and --template write one configuration: they take no --top and no --json");
  const chosen = await chosenTrial(journal, wanted === undefined ? undefined : integer("--trial", wanted));
  const { trial, content } = chosen;
  const text =
    template === undefined
      ? WINNER_FORMATS[format!].write(trial.params, provenance(journal, chosen))
      : fillTemplate(readTemplate(template), trial.params, namesOf(content.result.trials));
  if (output === undefined) process.stdout.write(text);
  else await writeOutput(output, text);
  return EXIT.done;
}

/** The names of all parameters that some trial had: another branch's too. */
function namesOf(trials: readonly FinishedTrial[]): string[] {
  return [...new Set(trials.flatMap(({ params }) => settingsOf(params).map(({ path }) => path.join("."))))];
}

function provenance(journal: string, { trial, content: { result } }: Chosen): string[] {
  const values = result.objectives.map(({ name }) => valueText(name, trial, result)).join(", ");
  return [`Trial ${trial.number} of ${journal}, found by attune`, values].filter((line) => line !== "");
}

function valueText(name: string, trial: FinishedTrial, { baseline }: SearchResult): string {
  const value = trial.values[name];
  if (value === undefined) return `${name}: not measured`;
  const before = trial.normalizedBy?.values[name] ?? baseline?.values[name];
  return `${name} ${numberText(value)}${before === undefined || baseline === trial ? "" : `, baseline ${numberText(before)}`}`;
}

function readTemplate(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new AttuneError("usage", `Cannot read the template ${path}: ${messageOf(error)}`, { cause: error });
  }
}
