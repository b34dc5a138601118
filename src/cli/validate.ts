import { usage } from "../core/errors.ts";
import { readDuration } from "../formats/quantity.ts";
import { locationOf } from "../search/parts.ts";
import { readJournal } from "../search/read-journal.ts";
import type { ValidateOn } from "../search/validate-instances.ts";
import { EXIT } from "./exit.ts";
import { interruptible } from "./interrupt.ts";
import { programOf } from "./journal-program.ts";
import { loadSearch } from "./load-search.ts";
import { writeLine } from "./narration.ts";
import { count, number, override } from "./overrides.ts";
import { plural } from "./table.ts";
import { validationText } from "./validation-text.ts";
import { writeOutput } from "./write-output.ts";

/** What `attune validate` is told. */
interface ValidateFlags {
  readonly top?: string;
  readonly repeats?: string;
  readonly on?: ValidateOn;
  readonly confidence?: string;
  readonly maxTime?: string;
  readonly journal?: string;
  readonly evaluator?: string;
  readonly timeout?: string;
  readonly json?: boolean;
  readonly output?: string;
}

/** The names of files that are searches; any other is a journal. */
const PROGRAM = /\.(json|[cm]?[jt]sx?)$/;

/** `attune validate`: measures the best trials again beside the baseline. Exits with 7 where none is kept. */
export async function validate(given: string, flags: ValidateFlags): Promise<number> {
  const { top, repeats, on, confidence, maxTime, evaluator, timeout, json, output } = flags;
  const options = {
    ...(top === undefined ? {} : { k: count("--top", top) }),
    ...(repeats === undefined ? {} : { repeats: count("--repeats", repeats) }),
    ...(on === undefined ? {} : { on }),
    ...(confidence === undefined ? {} : { confidence: number("--confidence", confidence) / 100 }),
    ...(maxTime === undefined ? {} : { maxTime: readDuration(maxTime, "--max-time") }),
  };
  const { loaded, content, journal } = await found(given, flags.journal);
  const how = { journal, quiet: true, ...(evaluator ? { evaluator } : {}), ...(timeout ? { timeout } : {}) };
  const { search } = override(loaded, how, content.settings);
  const result = await interruptible((signal) =>
    search.validate(content.result, {
      ...options,
      ...(loaded.module === undefined ? {} : { module: loaded.module }),
      log: (text) => writeLine(text),
      progress: (rounds, measured) => told(`round ${rounds}: ${plural(measured, "candidate")} still measured`),
      signal,
    }),
  );
  told("");
  if (result === undefined) return EXIT.interrupted;
  if (output !== undefined) await writeOutput(output, `${JSON.stringify({ journal, ...result }, undefined, 1)}\n`);
  process.stdout.write(`${json ? JSON.stringify(result) : validationText(result, content.result, journal)}\n`);
  return result.kept.length > 0 ? EXIT.done : EXIT.nothingKept;
}

/** The search and its journal, of which one is given. */
async function found(given: string, other: string | undefined) {
  if (!PROGRAM.test(given)) {
    if (other !== undefined) throw usage("--journal needs a program beside it, and a journal is given already");
    const content = await readJournal(given);
    const loaded = await programOf(given, content, {
      elsewhere: `attune validate FILE --journal ${given}`,
      alone: "give the program beside it: attune validate FILE --journal JOURNAL",
    });
    return { journal: given, content, loaded };
  }
  const loaded = await loadSearch(given);
  const journal = other ?? locationOf(loaded.search.spec.journal) ?? `./${loaded.name}.attune.jsonl`;
  return { journal, content: await readJournal(journal), loaded };
}

/** A line that the next one takes the place of, on a terminal. */
function told(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
}
