import { existsSync } from "node:fs";
import { AttuneError, usage } from "../core/errors.ts";
import type { JsonSpec } from "../search/json-spec.ts";
import { readJournal } from "../search/read-journal.ts";
import { loadSearch, loadSpec } from "./load-search.ts";
import type { SearchOptions } from "./overrides.ts";
import { search } from "./run.ts";

/** `attune resume`: finds the search in the journal's header and goes on with it. */
export async function resume(journal: string, options: SearchOptions): Promise<number> {
  const { definition, settings } = await readJournal(journal);
  const source = definition.source as { file?: string; spec?: JsonSpec; directory?: string } | undefined;
  const again = { ...options, journal };
  if (source?.file !== undefined && !existsSync(source.file))
    throw usage(
      `Cannot find ${source.file}, which the journal ${journal} came from. If it is elsewhere now: attune run FILE --journal ${journal}`,
    );
  if (source?.file !== undefined) return search(await loadSearch(source.file), again, settings);
  if (source?.spec !== undefined)
    return search(await loadSpec(source.spec, source.directory ?? process.cwd()), again, settings);
  throw new AttuneError(
    "journal",
    `The journal ${journal} does not say which program it came from: it was written by a library; start that again with the same \`journal\``,
  );
}
