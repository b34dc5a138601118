import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { collectReport } from "../charts/report/collect.ts";
import { pageOf } from "../charts/report/page.ts";
import { readJournal } from "../search/read-journal.ts";
import { EXIT } from "./exit.ts";
import { writeOutput } from "./write-output.ts";

/** `attune report`: a page with everything that a journal tells. */
export async function htmlReport(journal: string, { output }: { output?: string }): Promise<number> {
  const content = await readJournal(journal);
  const page = pageOf(collectReport(content, basename(journal)));
  if (output === "-") process.stdout.write(page);
  else {
    const path = output ?? `${journal.replace(/\.attune\.jsonl$/, "")}.attune.html`;
    await writeOutput(path, page);
    process.stdout.write(`${pathToFileURL(resolve(path)).href}\n`);
  }
  return EXIT.done;
}
