import { existsSync } from "node:fs";
import { basename } from "node:path";
import { usage } from "../core/errors.ts";
import { journalOf } from "../formats/optuna/write-journal.ts";
import { type JournalContent, readJournal } from "../search/read-journal.ts";
import { EXIT } from "./exit.ts";
import { writeOutput } from "./write-output.ts";

interface ExportFlags {
  readonly format: "csv" | "json" | "optuna";
  readonly output?: string;
  readonly study?: string;
}

/** `attune export`: the trials as CSV, as one JSON array, or as an Optuna journal. */
export async function exportTrials(journal: string, { format, output, study }: ExportFlags): Promise<number> {
  const content = await readJournal(journal);
  if (format === "optuna" && output !== undefined && existsSync(output))
    throw usage(
      `Expected a new file for the Optuna journal, but ${output} exists: whoever reads it would lose its place`,
    );
  const texts: Readonly<Record<ExportFlags["format"], () => string>> = {
    csv: () => content.result.toCsv(),
    json: () => `${JSON.stringify(content.result.trials, undefined, 1)}\n`,
    optuna: () => optunaJournal(content, study ?? basename(journal).replace(/(\.attune)?\.jsonl$/, "")),
  };
  const text = texts[format]();
  if (output === undefined) process.stdout.write(text);
  else await writeOutput(output, text);
  return EXIT.done;
}

function optunaJournal({ id, ...content }: JournalContent, name: string): string {
  return journalOf({ name, id }, content, { worker: `attune-${id}` });
}
