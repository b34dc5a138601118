import { existsSync } from "node:fs";
import { AttuneError, usage } from "../core/errors.ts";
import type { JsonSpec } from "../search/json-spec.ts";
import type { JournalContent } from "../search/read-journal.ts";
import { type LoadedSearch, loadSearch, loadSpec } from "./load-search.ts";

/** Loads the search that a journal says it came from. `elsewhere` is what to do where its file has moved, `alone` where it names none. */
export async function programOf(
  journal: string,
  { definition }: Pick<JournalContent, "definition">,
  { elsewhere, alone }: { readonly elsewhere: string; readonly alone: string },
): Promise<LoadedSearch> {
  const source = definition.source as { file?: string; spec?: JsonSpec; directory?: string } | undefined;
  if (source?.file !== undefined && !existsSync(source.file))
    throw usage(
      `Cannot find ${source.file}, which the journal ${journal} came from. If it is elsewhere now: ${elsewhere}`,
    );
  if (source?.file !== undefined) return loadSearch(source.file);
  if (source?.spec !== undefined) return loadSpec(source.spec, source.directory ?? process.cwd());
  throw new AttuneError(
    "journal",
    `The journal ${journal} does not say which program it came from: it was written by a library; ${alone}`,
  );
}
