import { usage } from "../core/errors.ts";
import { trialsToCiqCsv } from "../formats/ciq-csv.ts";
import { trialsToArrow } from "../search/arrow.ts";
import { readJournal } from "../search/read-journal.ts";
import type { SearchResult } from "../search/result.ts";
import { EXIT } from "./exit.ts";
import { trialJson } from "./trial-json.ts";
import { writeOutput } from "./write-output.ts";

/** What the trials of a journal can be written as. */
const FORMATS = {
  csv: (result) => result.toCsv(),
  json: (result) => `${JSON.stringify(result.trials, undefined, 1)}\n`,
  jsonl: (result) => result.trials.map((trial) => `${trialJson(trial, result)}\n`).join(""),
  compileiq: (result) => trialsToCiqCsv(result.trials, result.objectives),
  arrow: (result) => trialsToArrow(result.trials),
} satisfies Record<string, (result: SearchResult) => string | Promise<Uint8Array>>;

/** `attune export`: the trials as a table. */
export async function exportTrials(
  journal: string,
  { format, output }: { format: keyof typeof FORMATS; output?: string },
): Promise<number> {
  if (format === "arrow" && output === undefined && process.stdout.isTTY)
    throw usage("An Arrow file is not text: give it a place with --output FILE");
  const { result } = await readJournal(journal);
  const table = await FORMATS[format](result);
  if (output === undefined) process.stdout.write(table);
  else await writeOutput(output, table);
  return EXIT.done;
}
