import { existsSync, statSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { AttuneError, messageOf, refuseUnknown, show, usage } from "../core/errors.ts";
import type { StudyDefinition } from "../core/event.ts";
import type { Values } from "../core/trial.ts";
import type { OptunaStudy } from "../formats/optuna/fold.ts";
import { libraryVersion, studiesFromTables } from "../formats/optuna/from-tables.ts";
import { chooseStudy, studiesFromJournal } from "../formats/optuna/read-journal.ts";
import { definitionIn } from "../formats/optuna/script.ts";
import { definitionOf, objectivesOf } from "../formats/optuna/terms.ts";
import type { TimeForm } from "../formats/optuna/times.ts";
import { eventsOf, type Imported } from "../formats/optuna/to-events.ts";
import { problemOf } from "../formats/journal-fields.ts";
import { file } from "../journals/index.ts";
import { readSpace } from "../space/read.ts";
import type { Rule, Space } from "../space/space.ts";
import { Fold } from "../study/fold.ts";
import { realClock } from "../system/clock.ts";
import { randomSeed } from "../system/entropy.ts";
import { readSqlite } from "../system/sqlite.ts";
import { definitionOf as definitionOfSpec } from "./parts.ts";
import { resolveSpace } from "./resolve-space.ts";
import { resultOf } from "./result-of.ts";
import type { SearchResult } from "./result.ts";
import { isSearch, type Search } from "./search.ts";
import type { AnySpec } from "./spec.ts";
import type { StartOptions } from "./session.ts";

/** What is taken from an Optuna file, and where it goes. */
export interface ImportOptions<P = unknown, V = Values> {
  /** The name of the study; needed where the file holds several. */
  readonly study?: string;
  /** Names for the objectives, in Optuna's order. @default the study's metric names, else `value`, or `value_0`, `value_1`, … */
  readonly names?: readonly string[];
  /** A new journal that the trials are written to, so that a search can go on from them. @default none */
  readonly journal?: string;
  /**
   * The search that is to go on: trials are taken by the names of its parameters, as far as its space allows them.
   * @default a search of its own, whose space is derived from what the trials were drawn from
   */
  readonly search?: Search<P, V>;
  /** Recorded as for {@link Search.start}: where the search came from, and a hash of its objective. */
  readonly origin?: Pick<StartOptions, "source" | "objectiveHash">;
}

/** What an import came to. */
export interface OptunaImport<P = unknown, V = Values> {
  /** The name of the study. */
  readonly study: string;
  readonly space: Space<P>;
  readonly result: SearchResult<P, V>;
  /** How many trials were taken. */
  readonly taken: number;
  /** The trials that were left out, by Optuna's number, and why. */
  readonly left: Imported["left"];
}

/**
 * Reads a study from an Optuna journal or SQLite file (docs/optuna.md). Throws an `AttuneError`: "usage" for a study
 * that is not there, a journal that is, or trials of which none can be taken; "journal" for a file that is neither.
 * @example
 * const { result } = await importOptuna("study.log", { study: "svm" });
 * console.log(result.best.params);
 */
export async function importOptuna<P = unknown, V = Values>(
  path: string,
  options: ImportOptions<P, V> = {},
): Promise<OptunaImport<P, V>> {
  refuseUnknown("importOptuna", options, ["study", "names", "journal", "search", "origin"]);
  const { journal, search, names, origin = {} } = options;
  if (search !== undefined && !isSearch(search))
    throw usage(`Expected \`search\` to be made by defineSearch({ … }), got ${show(search)}`);
  if (journal !== undefined && existsSync(journal))
    throw usage(`Expected a new journal to import into, but ${journal} exists`);
  const { studies, times } = await readStudies(path);
  const study = chooseStudy(studies, path, options.study);
  const { definition, space } =
    search === undefined ? termsOf(study, names) : await termsFor(search.spec, study, { names, origin });
  const imported = eventsOf(study, { definition, space, writer: "optuna", times, now: realClock.now() });
  const { taken, left, events } = imported;
  if (taken === 0) {
    const first = left[0] === undefined ? "it has none" : `trial ${left[0].number}: ${left[0].why}`;
    throw usage(`None of the ${left.length} trials of the study ${show(study.name)} can be taken: ${first}`);
  }
  if (journal !== undefined) {
    await using target = await file(journal).open();
    await target.append(events);
  }
  const fold = new Fold<P>(space as Space<P>, definition);
  for (const event of events) fold.apply(event);
  const result = resultOf(fold.trials, definition) as unknown as SearchResult<P, V>;
  return { study: study.name, space: space as Space<P>, result, taken, left };
}

/** The studies of a file, which says itself what it is, and how its times without an offset are meant. */
async function readStudies(path: string): Promise<{ studies: OptunaStudy[]; times: TimeForm }> {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw usage(`Cannot import ${path}: there is no such file`);
  try {
    if (await isSqlite(path))
      return await readSqlite(path, (query) => ({
        studies: studiesFromTables(query, path),
        times: Number.parseInt(libraryVersion(query), 10) >= 5 ? "utc" : "local",
      }));
    return { studies: studiesFromJournal(await readFile(path, "utf8"), path), times: "local" };
  } catch (error) {
    if (error instanceof AttuneError) throw error;
    throw new AttuneError("journal", `Cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

async function isSqlite(path: string): Promise<boolean> {
  await using handle = await open(path, "r");
  const { buffer } = await handle.read(Buffer.alloc(16), 0, 16, 0);
  return buffer.toString("latin1") === "SQLite format 3\0";
}

interface Terms {
  readonly definition: StudyDefinition;
  readonly space: Space;
}

/** What the study is about: as attune said when it wrote it, else as its trials tell. */
function termsOf(study: OptunaStudy, names: readonly string[] | undefined): Terms {
  const own = names === undefined ? definitionIn(study.systemAttrs) : undefined;
  if (own !== undefined && problemOf({ type: "study-created", at: 0, version: 1, study: own }) === undefined) {
    const definition = own as unknown as StudyDefinition;
    if (definition.objectives.length === study.directions.length)
      return { definition, space: readSpace(definition.space) };
  }
  const definition = definitionOf(study, randomSeed(), names);
  return { definition, space: readSpace(definition.space) };
}

/** What the search is about; the study's values are brought into the order of its objectives. */
async function termsFor(
  spec: AnySpec,
  study: OptunaStudy,
  { names, origin }: { names: readonly string[] | undefined; origin: NonNullable<ImportOptions["origin"]> },
): Promise<Terms> {
  const space = await resolveSpace(spec.space, [spec.where ?? []].flat() as Rule<never>[]);
  const definition = definitionOfSpec(spec, space, spec.seed ?? randomSeed(), origin);
  const { objectives } = definition;
  const own = objectivesOf(study, names);
  const byName = objectives.map(({ name }) => own.findIndex((each) => each.name === name));
  const order = byName.includes(-1) || own.length !== objectives.length ? own.map((_, i) => i) : byName;
  const ordered = order.map((i) => own[i]!);
  if (
    ordered.length !== objectives.length ||
    ordered.some(({ direction }, i) => direction !== objectives[i]!.direction)
  )
    throw usage(
      `The study ${show(study.name)} is after ${textOf(own)}, the search after ${textOf(objectives)}: they must agree in number and direction`,
    );
  for (const trial of study.trials)
    if (trial.values?.length === order.length) trial.values = order.map((i) => trial.values![i]!);
  return { definition, space };
}

function textOf(objectives: StudyDefinition["objectives"]): string {
  return objectives.map(({ name, direction }) => `${direction} ${name}`).join(", ");
}
