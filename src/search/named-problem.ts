import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { AttuneError, messageOf, show, usage } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import type { ProblemDefinition } from "../problems/define.ts";
import { type AnyProblem, fromTable, noisy, readTable } from "../problems/index.ts";
import * as problems from "../problems/index.ts";
import { pick } from "./registry.ts";

/** A plugin as the command line names it: `cma-es`, `bbob:f=8:d=20`. */
export interface Named {
  /** As its folder exports it: `cmaEs`. */
  readonly name: string;
  readonly options: Readonly<Record<string, Json>>;
}

/** Reads a name with options: words that begin small or with hyphens between them; values are JSON, or texts. */
export function readNamed(text: string): Named {
  const [word = "", ...rest] = text.split(":");
  const options = rest.map((option) => {
    const [, key, value] = /^(\w+)=(.+)$/s.exec(option) ?? [];
    if (key === undefined)
      throw usage(`Expected the options of ${show(word)} as name=value with : between them, got ${show(option)}`);
    return [key, valueOf(value!)] as const;
  });
  return {
    name: word.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
    options: Object.fromEntries(options),
  };
}

function valueOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** A problem of the registry, or of a table in a file; with noise of a deviation around it. */
export interface ProblemSource {
  readonly problem?: Named;
  /** The path of a table, as JSON or gzipped JSON. */
  readonly table?: string;
  readonly noise?: number;
}

/** Makes the problem of a source. */
export function problemOf({ problem, table, noise }: ProblemSource): AnyProblem {
  const made =
    problem === undefined
      ? tableOf(table!)
      : pick<ProblemDefinition<never, unknown>>(problems, "--problem", problem.name)(problem.options);
  return noise === undefined ? made : noisy(made, { sd: noise });
}

function tableOf(path: string): AnyProblem {
  let json: unknown;
  try {
    const bytes = readFileSync(path);
    json = JSON.parse((bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("utf8"));
  } catch (error) {
    throw new AttuneError("usage", `Cannot read the table ${path}: ${messageOf(error)}`);
  }
  return fromTable(readTable(json));
}
