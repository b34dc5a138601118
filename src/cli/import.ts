import { basename, extname } from "node:path";
import { importOptuna, type OptunaImport } from "../search/import-optuna.ts";
import { EXIT } from "./exit.ts";
import { loadSearch } from "./load-search.ts";
import { plural } from "./table.ts";

interface ImportFlags {
  readonly study?: string;
  readonly output?: string;
  readonly names?: string;
  readonly for?: string;
}

/** `attune import optuna`: a study of Optuna's becomes a journal. */
export async function importStudy(_format: "optuna", file: string, flags: ImportFlags): Promise<number> {
  const { study, names } = flags;
  const loaded = flags.for === undefined ? undefined : await loadSearch(flags.for);
  const journal =
    flags.output ?? ownJournal(loaded?.search.spec.journal) ?? `./${loaded?.name ?? nameOf(file)}.attune.jsonl`;
  const imported = await importOptuna(file, {
    journal,
    ...(study === undefined ? {} : { study }),
    ...(names === undefined ? {} : { names: names.split(",") }),
    ...(loaded === undefined
      ? {}
      : { search: loaded.search, origin: { source: loaded.source, objectiveHash: loaded.hash } }),
  });
  process.stdout.write(`${leftText(imported)}${takenText(imported, journal)}\n`);
  const next = flags.for === undefined ? `attune show ${journal}` : `attune run ${flags.for}${goesOn(flags)}`;
  process.stdout.write(`Go on with: ${next}\n`);
  return EXIT.done;
}

/** Where a search keeps its journal, where it says so. */
function ownJournal(given: string | { readonly location: string } | undefined): string | undefined {
  return (typeof given === "string" ? given : given?.location) || undefined;
}

function goesOn({ output }: ImportFlags): string {
  return output === undefined ? "" : ` --journal ${output}`;
}

function nameOf(file: string): string {
  return basename(file, extname(file));
}

function takenText({ study, taken, left }: OptunaImport, journal: string): string {
  return `Imported ${taken} of ${plural(taken + left.length, "trial")} of the study ${JSON.stringify(study)} into ${journal}`;
}

/** The reasons for which trials were left out, with the trials. */
function leftText({ left }: OptunaImport): string {
  const reasons = new Map<string, number[]>();
  for (const { number, why } of left) reasons.set(why, [...(reasons.get(why) ?? []), number]);
  return [...reasons]
    .map(([why, numbers]) => {
      const shown = numbers.slice(0, 10).join(", ");
      const more = numbers.length > 10 ? `, … (${numbers.length})` : "";
      return `Left out: ${numbers.length === 1 ? "trial" : "trials"} ${shown}${more}: ${why}\n`;
    })
    .join("");
}
