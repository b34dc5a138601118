import { AttuneError } from "../../core/errors.ts";
import { OptunaFold, type OptunaStudy } from "./fold.ts";
import { decodeRecord } from "./record.ts";

/**
 * The studies in the text of an Optuna journal. A last line without an end is not counted, as Optuna does not count it.
 * Throws an `AttuneError` ("journal") naming the line that is none.
 */
export function studiesFromJournal(text: string, name: string): OptunaStudy[] {
  const lines = text.split("\n");
  lines.pop();
  const fold = new OptunaFold();
  for (const [i, line] of lines.entries()) fold.apply(decodeRecord(line, i + 1, name));
  return [...fold.studies.values()];
}

/** The study of a name, or the only one. */
export function chooseStudy(studies: readonly OptunaStudy[], file: string, name?: string): OptunaStudy {
  const names = studies.map((study) => JSON.stringify(study.name)).join(", ");
  const found = name === undefined ? studies : studies.filter((study) => study.name === name);
  if (found.length === 1) return found[0]!;
  if (studies.length === 0) throw new AttuneError("usage", `There is no study in ${file}`);
  throw new AttuneError(
    "usage",
    name === undefined
      ? `Expected \`study\` to name one of the ${studies.length} studies in ${file}: ${names}`
      : `There is no study ${JSON.stringify(name)} in ${file}; it has ${names}`,
  );
}
