import { usage } from "../core/errors.ts";
import { trialsToCiqCsv } from "../formats/ciq-csv.ts";
import { trialsToArrow } from "../search/arrow.ts";
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { journalOf } from "../formats/optuna/write-journal.ts";
import { type JournalContent, readJournal } from "../search/read-journal.ts";
import { EXIT } from "./exit.ts";
import { trialJson } from "./trial-json.ts";
import { writeOutput } from "./write-output.ts";

/** How the trials are written. */
interface ExportFlags {
  readonly format: keyof typeof FORMATS;
  readonly output?: string;
  readonly study?: string;
}

/** What the trials of a journal can be written as; `study` is the name that they go by there. */
const FORMATS = {
  csv: ({ result }) => result.toCsv(),
  json: ({ result }) => `${JSON.stringify(result.trials, undefined, 1)}\n`,
  jsonl: ({ result }) => result.trials.map((trial) => `${trialJson(trial, result)}\n`).join(""),
  compileiq: ({ result }) => trialsToCiqCsv(result.trials, result.objectives),
  arrow: ({ result }) => trialsToArrow(result.trials),
  optuna: ({ id, ...content }, study) => journalOf({ name: study, id }, content, { worker: `attune-${id}` }),
} satisfies Record<string, (content: JournalContent, study: string) => string | Promise<Uint8Array>>;

/** `attune export`: the trials as a table, or as an Optuna journal. */
export async function exportTrials(journal: string, { format, output, study }: ExportFlags): Promise<number> {
  if (format === "arrow" && output === undefined && process.stdout.isTTY)
    throw usage("An Arrow file is not text: give it a place with --output FILE");
  if (format === "optuna" && output !== undefined && existsSync(output))
    throw usage(
      `Expected a new file for the Optuna journal, but ${output} exists: whoever reads it would lose its place`,
    );
  const name = study ?? basename(journal).replace(/(\.attune)?\.jsonl$/, "");
  const table = await FORMATS[format](await readJournal(journal), name);
  if (output === undefined) process.stdout.write(table);
  else await writeOutput(output, table);
  return EXIT.done;
}
