import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { basename, dirname, extname, resolve } from "node:path";
import type { AttemptSettings } from "../core/attempt-settings.ts";
import { show, usage } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { foreignText } from "../evaluators/foreign.ts";
import { isForeign } from "../evaluators/foreign-objective.ts";
import { readCommand } from "../search/json-command.ts";
import { type JsonSpec, readSearch, readSearchFile } from "../search/json-spec.ts";
import { isSearch, type Search } from "../search/search.ts";
import { loadModule } from "../system/module.ts";
import { consoleToStderr } from "./narration.ts";

/** A search as the command line found it. */
export interface LoadedSearch {
  readonly search: Search;
  /** What default journals are called after. */
  readonly name: string;
  /** Recorded in the journal, so that `attune resume` finds the search again. */
  readonly source: Json;
  /** The program, where there is one: what process evaluators load. */
  readonly module?: string;
  /** The number of workers that a search in JSON asks for. */
  readonly workers?: number;
  /** What a search in JSON says about attempts. */
  readonly attempts?: AttemptSettings;
  /** A hash of the text that the objective comes from. */
  readonly hash: string;
}

/** Loads the search of a program, or of a JSON file. */
export async function loadSearch(file: string): Promise<LoadedSearch> {
  const path = resolve(file);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw usage(`Cannot find ${file}: there is no such file`);
  if (!found.isFile()) throw usage(`Expected ${file} to be a program or a JSON search, got a directory`);
  const name = basename(path, extname(path));
  const source = { file: path };
  if (extname(path) === ".json") {
    const { json, ...read } = await readSearchFile(path, dirname(path));
    return { ...read, name, source, hash: hashOfSpec(json, read.search) };
  }
  consoleToStderr();
  const exports = await loadModule(path);
  // a module without a default may still give itself for one
  if (!Object.hasOwn(exports, "default"))
    throw usage(`Expected ${file} to export a search by default: export default defineSearch({ … })`);
  const exported = exports["default"];
  if (!isSearch(exported))
    throw usage(
      `Expected the default export of ${file} to be a search, made by defineSearch({ … }), got ${show(exported)}`,
    );
  return { search: exported, name, source, module: path, hash: hashOf(readFileSync(path)) };
}

/** The search of a specification that was given on the command line. */
export async function loadSpec(json: JsonSpec, directory: string): Promise<LoadedSearch> {
  const source = { spec: json as unknown as Json, directory };
  const read = await readSearch(json, directory);
  const program = programOf(json);
  return { ...read, name: basename(program, extname(program)), source, hash: hashOfSpec(json, read.search) };
}

/** What journals are called after. */
function programOf({ command, objective }: JsonSpec): string {
  if (objective !== undefined)
    return "python" in objective ? objective.python.replace(/:[^:/\\]*$/, "") : objective.worker[0]!;
  return readCommand(command).run[0]!;
}

function hashOfSpec({ command, instances }: JsonSpec, { spec: { objective } }: Search): string {
  const text = isForeign(objective) ? foreignText(objective) : JSON.stringify(command);
  return hashOf(instances === undefined ? text : text + JSON.stringify(instances));
}

function hashOf(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
