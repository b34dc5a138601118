import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, resolve } from "node:path";
import { AttuneError, show } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { type JsonSpec, readSearch, readSearchFile } from "../search/json-spec.ts";
import { isSearch, type Search } from "../search/search.ts";
import { loadModule } from "../system/module.ts";

/** A search as the command line found it. */
export interface LoadedSearch {
  readonly search: Search;
  /** What default journals are called after. */
  readonly name: string;
  /** Recorded in the journal, so that `attune resume` finds the search again. */
  readonly source: Json;
  /** The program, where there is one: what process evaluators load. */
  readonly module?: string;
  /** The number of workers that the search itself asks for. */
  readonly workers?: number;
  /** A hash of the text that the objective comes from. */
  readonly hash: string;
}

/** Loads the search of a program, or of a JSON file. */
export async function loadSearch(file: string): Promise<LoadedSearch> {
  const path = resolve(file);
  if (!existsSync(path)) throw new AttuneError("usage", `Cannot find ${file}`);
  const name = basename(path, extname(path));
  const hash = hashOf(readFileSync(path));
  const source = { file: path };
  if (extname(path) === ".json") return { ...(await readSearchFile(path, dirname(path))), name, source, hash };
  const exported = (await loadModule(path))["default"];
  if (exported === undefined)
    throw new AttuneError(
      "usage",
      `Expected ${file} to export a search by default: export default defineSearch({ … })`,
    );
  if (!isSearch(exported))
    throw new AttuneError(
      "usage",
      `Expected the default export of ${file} to be a search, made by defineSearch({ … }), got ${show(exported)}`,
    );
  return { search: exported, name, source, module: path, hash };
}

/** The search of a specification that was given on the command line. */
export async function loadSpec(json: JsonSpec, directory: string): Promise<LoadedSearch> {
  const run = Array.isArray(json.command)
    ? (json.command as readonly string[])
    : (json.command as { run: readonly string[] }).run;
  const source = { spec: json as unknown as Json, directory };
  return {
    ...(await readSearch(json, directory)),
    name: basename(run[0]!, extname(run[0]!)),
    source,
    hash: hashOf(JSON.stringify(json.command)),
  };
}

function hashOf(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
