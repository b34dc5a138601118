import { readFile } from "node:fs/promises";
import { AttuneError, expectNumber, messageOf, refuseUnknown, show, usage } from "../core/errors.ts";
import type { Limits } from "../core/objective.ts";
import type { StopRuleFactory } from "../core/stop-rule.ts";
import { checkPlaceholders, command, type CommandOptions } from "../evaluators/command.ts";
import { readDuration } from "../formats/quantity.ts";
import * as samplers from "../samplers/index.ts";
import type { SamplerDefinition } from "../core/sampler.ts";
import type { Objectives } from "../study/definition.ts";
import { generations, timeLimit } from "../study/stop-rules/index.ts";
import { readSpace } from "../space/read.ts";
import { pick } from "./registry.ts";
import { readSpaceFile } from "./resolve-space.ts";
import { Search } from "./search.ts";
import type { AnySpec } from "./spec.ts";

/** A time: milliseconds, or a text such as "10s". */
export type Time = number | string;

/**
 * A search as JSON: a space, a command and options. Published as `schema/search.schema.json`. Relative paths in it are
 * relative to the file that it stands in.
 */
export interface JsonSpec {
  readonly $schema?: string;
  /** The JSON form of a space, or the path of a JSON space file. */
  readonly space: unknown;
  /** The command, as an argument array, or with options. */
  readonly command: readonly string[] | ({ readonly run: readonly string[] } & CommandOptions);
  readonly objectives?: Objectives;
  readonly constraints?: Limits;
  readonly baseline?: unknown;
  readonly first?: readonly unknown[];
  readonly trials?: number;
  readonly generations?: number;
  readonly timeLimit?: Time;
  readonly timeout?: Time;
  readonly stopOnAllFailed?: boolean;
  /** A name, or an object with `name` and the sampler's options. */
  readonly sampler?: string | { readonly name: string; readonly [option: string]: unknown };
  readonly workers?: number;
  readonly journal?: string;
  readonly seed?: number;
}

const KEYS: readonly (keyof JsonSpec)[] = [
  "$schema",
  "space",
  "command",
  "objectives",
  "constraints",
  "baseline",
  "first",
  "trials",
  "generations",
  "timeLimit",
  "timeout",
  "stopOnAllFailed",
  "sampler",
  "workers",
  "journal",
  "seed",
];

/** A search read from JSON, and what does not belong to the search itself. */
export interface ReadSearch {
  readonly search: Search;
  readonly workers?: number;
}

/** Reads a JSON spec file. */
export async function readSearchFile(
  path: string,
  directory: string,
): Promise<ReadSearch & { readonly json: JsonSpec }> {
  let json: JsonSpec;
  try {
    json = JSON.parse(await readFile(path, "utf8")) as JsonSpec;
  } catch (error) {
    throw new AttuneError("usage", `Cannot read the search in ${path}: ${messageOf(error)}`, { cause: error });
  }
  try {
    return { ...(await readSearch(json, directory)), json };
  } catch (error) {
    throw new AttuneError("usage", `In ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** Makes a search from its JSON form; `directory` is where relative paths start. */
export async function readSearch(json: JsonSpec, directory: string): Promise<ReadSearch> {
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw usage(`Expected a search to be a JSON object, got ${show(json)}`);
  refuseUnknown("a search in JSON", json, KEYS);
  if (json.space === undefined) throw usage("Expected a search to be given `space`");
  const space =
    typeof json.space === "string" ? await readSpaceFile(within(directory, json.space)) : readSpace(json.space);
  const { run, ...options } = commandOf(json.command);
  const objective = command(run, { cwd: directory, ...options });
  checkPlaceholders(
    run,
    space.axes.map(({ name }) => name),
    space.toJSON(),
  );
  const stop: StopRuleFactory[] = [];
  if (json.generations !== undefined) stop.push(generations(json.generations));
  if (json.timeLimit !== undefined) stop.push(timeLimit(time(json.timeLimit, "timeLimit")));
  if (json.workers !== undefined) expectNumber("workers", json.workers, { integer: true, low: 1 });
  const { objectives, constraints, baseline, first, trials, stopOnAllFailed, journal, seed } = json;
  const spec: Record<string, unknown> = {
    space,
    objective,
    objectives,
    constraints,
    baseline,
    first,
    trials,
    stopOnAllFailed,
    journal,
    seed,
  };
  if (stop.length > 0) spec["stop"] = stop;
  if (json.timeout !== undefined) spec["timeout"] = time(json.timeout, "timeout");
  if (json.sampler !== undefined) spec["sampler"] = sampler(json.sampler);
  for (const key of Object.keys(spec)) if (spec[key] === undefined) delete spec[key];
  return {
    search: new Search(spec as unknown as AnySpec),
    ...(json.workers === undefined ? {} : { workers: json.workers }),
  };
}

function commandOf(given: unknown): { run: readonly string[] } & CommandOptions {
  const whole = Array.isArray(given) ? { run: given } : given;
  const run: unknown = (whole as { run?: unknown } | null | undefined)?.run;
  if (Array.isArray(run) && run.length > 0 && run.every((part) => typeof part === "string"))
    return whole as { run: string[] };
  throw usage(
    `Expected \`command\` to be a list of texts such as ["./bench", "-t", "{threads}"], or { run: […], … }, got ${show(given)}`,
  );
}

function sampler(given: NonNullable<JsonSpec["sampler"]>): ReturnType<SamplerDefinition> {
  const { name, ...options } = typeof given === "string" ? { name: given } : given;
  return pick<SamplerDefinition>(samplers, "sampler", name)(options);
}

function time(given: Time, name: string): number {
  return typeof given === "number" ? expectNumber(name, given, { above: 0 }) : readDuration(String(given), name);
}

function within(directory: string, path: string): string {
  return path.startsWith("/") ? path : `${directory}/${path}`;
}
