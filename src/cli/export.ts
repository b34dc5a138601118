import { readJournal } from "../search/read-journal.ts";
import { EXIT } from "./exit.ts";
import { writeOutput } from "./write-output.ts";

/** `attune export`: the trials as CSV, or as one JSON array. */
export async function exportTrials(
  journal: string,
  { format, output }: { format: "csv" | "json"; output?: string },
): Promise<number> {
  const { result } = await readJournal(journal);
  const text = format === "csv" ? result.toCsv() : `${JSON.stringify(result.trials, undefined, 1)}\n`;
  if (output === undefined) process.stdout.write(text);
  else await writeOutput(output, text);
  return EXIT.done;
}
