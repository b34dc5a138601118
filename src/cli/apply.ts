import { existsSync, readFileSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { AttuneError, messageOf, usage } from "../core/errors.ts";
import { isRecord } from "../core/json.ts";
import { assign, type Replacement, unassign } from "../formats/assignments.ts";
import { settingsOf } from "../formats/settings.ts";
import { EXIT } from "./exit.ts";
import { type Chosen, chosenTrial } from "./chosen-trial.ts";
import { integer } from "./overrides.ts";
import { plural, table } from "./table.ts";
import { writeOutput } from "./write-output.ts";

/** What was put into a file, so that it can be taken back. */
interface Applied {
  readonly journal: string;
  readonly trial: number;
  readonly replaced: readonly Replacement[];
}

interface ApplyOptions {
  from?: string;
  trial?: string;
  revert?: boolean;
  dryRun?: boolean;
}

/** `attune apply`: puts the best configuration's values into a file that assigns them; `--revert` puts the old ones back. */
export async function apply(path: string, { from, trial, revert, dryRun = false }: ApplyOptions): Promise<number> {
  if (revert && (from !== undefined || trial !== undefined))
    throw usage("--revert takes no --from and no --trial: it puts back what the last `attune apply` replaced");
  return revert ? putBack(path, dryRun) : putIn(path, from ?? (await onlyJournal(path)), trial, dryRun);
}

async function putIn(path: string, journal: string, trial: string | undefined, dryRun: boolean): Promise<number> {
  const chosen: Chosen = await chosenTrial(journal, trial === undefined ? undefined : integer("--trial", trial));
  const { text, replaced, missing } = assign(read(path), settingsOf(chosen.trial.params), path);
  const names = missing.map((name) => `\`${name}\``).join(", ");
  if (replaced.length === 0) throw usage(`Expected ${path} to assign a parameter, as in \`name = value\`: ${names}`);
  const record: Applied = { journal: resolve(journal), trial: chosen.trial.number, replaced: first(path, replaced) };
  print(replaced);
  if (missing.length > 0) process.stderr.write(`Not found in ${path}: ${names}\n`);
  if (dryRun) return EXIT.done;
  await writeOutput(recordOf(path), `${JSON.stringify(record, undefined, 1)}\n`); // before the file: nothing old is lost
  await writeOutput(path, text);
  process.stderr.write(
    `${path} holds trial ${chosen.trial.number} of ${journal}. Back: attune apply ${path} --revert\n`,
  );
  return EXIT.done;
}

async function putBack(path: string, dryRun: boolean): Promise<number> {
  const record = recordAt(path);
  if (record === undefined)
    throw usage(`Cannot revert ${path}: there is no ${recordOf(path)}, which \`attune apply\` writes`);
  const { text, changed } = unassign(read(path), record.replaced);
  print(
    record.replaced
      .filter(({ name }) => !changed.includes(name))
      .map((r) => ({ ...r, before: r.after, after: r.before })),
  );
  if (changed.length > 0)
    process.stderr.write(`Left as they are, because they were changed since: ${changed.join(", ")}\n`);
  if (dryRun) return EXIT.done;
  await writeOutput(path, text);
  await rm(recordOf(path));
  return EXIT.done;
}

/** The replacements, with the values from before anything was applied: applying again keeps those. */
function first(path: string, replaced: readonly Replacement[]): Replacement[] {
  const earlier = new Map(recordAt(path)?.replaced.map((each) => [each.name, each]));
  const now = replaced.map((each) => {
    const before = earlier.get(each.name);
    earlier.delete(each.name);
    return before?.after === each.before ? { ...each, before: before.before } : each;
  });
  return [...now, ...earlier.values()];
}

function recordOf(path: string): string {
  return `${path}.attune-applied.json`;
}

function recordAt(path: string): Applied | undefined {
  if (!existsSync(recordOf(path))) return undefined;
  let record: unknown;
  try {
    record = JSON.parse(readFileSync(recordOf(path), "utf8"));
  } catch (error) {
    throw new AttuneError("usage", `Cannot read ${recordOf(path)}: ${messageOf(error)}`, { cause: error });
  }
  const whole = (each: unknown): boolean =>
    isRecord(each) && ["name", "before", "after"].every((key) => typeof each[key] === "string");
  if (isRecord(record) && Array.isArray(record["replaced"]) && record["replaced"].every(whole))
    return record as unknown as Applied;
  throw usage(`Expected ${recordOf(path)} to be what \`attune apply\` writes, with \`replaced\``);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new AttuneError("usage", `Cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** The only journal beside the file. */
async function onlyJournal(path: string): Promise<string> {
  const directory = dirname(path);
  const found = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith(".attune.jsonl")).sort();
  if (found.length === 1) return join(directory, found[0]!);
  throw usage(
    found.length === 0
      ? `Expected --from JOURNAL: there is no journal beside ${path}`
      : `Expected --from JOURNAL: beside ${path} there are ${found.join(", ")}`,
  );
}

function print(replaced: readonly Replacement[]): void {
  const rows = replaced.map(({ name, line, before, after }) => [name, String(line), before, after]);
  process.stdout.write(`${table(["parameter", "line", "before", "after"], rows)}\n`);
  const same = replaced.filter(({ before, after }) => before === after).length;
  if (same > 0) process.stdout.write(`${plural(same, "value")} as before\n`);
}
