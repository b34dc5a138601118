import { readJournal } from "../search/read-journal.ts";
import { programOf } from "./journal-program.ts";
import type { SearchOptions } from "./overrides.ts";
import { search } from "./run.ts";

/** `attune resume`: finds the search in the journal's header and goes on with it. */
export async function resume(journal: string, options: SearchOptions): Promise<number> {
  const content = await readJournal(journal);
  const loaded = await programOf(journal, content, {
    elsewhere: `attune run FILE --journal ${journal}`,
    alone: "start that again with the same `journal`",
  });
  return search(loaded, { ...options, journal }, content.settings);
}
