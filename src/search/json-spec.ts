import { resolve } from "node:path";
import { AttuneError, expectNumber, messageOf, refuseUnknown, show, usage } from "../core/errors.ts";
import type { AttemptOptions } from "../core/attempt-policy.ts";
import type { AttemptSettings } from "../core/attempt-settings.ts";
import type { EvaluatorDefinition } from "../core/evaluator.ts";
import { isRecord, type Json } from "../core/json.ts";
import type { Limits } from "../core/objective.ts";
import type { StopRuleFactory } from "../core/stop-rule.ts";
import { checkPlaceholders, command, type CommandObjective } from "../evaluators/command.ts";
import * as evaluators from "../evaluators/index.ts";
import { instancePlaceholders, instances, type InstancesOptions } from "../evaluators/instances.ts";
import * as samplers from "../samplers/index.ts";
import type { SamplerDefinition } from "../core/sampler.ts";
import type { Objectives } from "../study/definition.ts";
import { checkOptions } from "../study/study-options.ts";
import { cost, failures, type FailureTolerance, generations, timeLimit } from "../study/stop-rules/index.ts";
import { readSpace } from "../space/read.ts";
import type { Space } from "../space/space.ts";
import { type JsonCommand, readCommand } from "./json-command.ts";
import { type JsonObjective, readObjective } from "./json-objective.ts";
import { type JsonTimeout, readAttempts, readJsonTimeout, time, type Time } from "./json-attempts.ts";
import { readJsonFile } from "./json-file.ts";
import { type JsonPruner, readPruner } from "./json-pruner.ts";
import { type JsonTracker, readTrackers } from "./json-trackers.ts";
import { pick } from "./registry.ts";
import { readSpaceFile } from "./resolve-space.ts";
import { Search } from "./search.ts";
import type { AnySpec } from "./spec.ts";

/**
 * A search as JSON: a space, a command or a program in another language, and options. Published as `schema/search.schema.json`. Relative paths in it are
 * relative to the file that it stands in.
 */
export interface JsonSpec {
  readonly $schema?: string;
  /** The JSON form of a space, or the path of a JSON space file. */
  readonly space: unknown;
  /** The command, as an argument array, or with options. This or `objective`. */
  readonly command?: JsonCommand;
  /** A Python function, or a worker program in any language, with options. */
  readonly objective?: JsonObjective;
  /** What the objective is measured on, and how that is reduced. */
  readonly instances?: Omit<InstancesOptions<Json>, "name">;
  readonly objectives?: Objectives;
  readonly constraints?: Limits;
  readonly baseline?: unknown;
  readonly first?: readonly unknown[];
  readonly trials?: number;
  readonly generations?: number;
  readonly timeLimit?: Time;
  /** What trials may cost together. */
  readonly cost?: number;
  /** A time, `"3xbest"`, `"3xbaseline,10s"`, or an object with `timesBest` or `timesBaseline` and `max`. */
  readonly timeout?: JsonTimeout;
  /** How many failed trials are too many: a number, an object with `count`, `inARow` or `rate`, or false: any number is fine. */
  readonly failures?: number | false | FailureTolerance;
  /** A name, or an object with `name` and the sampler's options. */
  readonly sampler?: string | { readonly name: string; readonly [option: string]: unknown };
  /** A name, or an object with `name` and the pruner's options. */
  readonly pruner?: JsonPruner;
  /** The name of an evaluator. */
  readonly evaluator?: string;
  readonly workers?: number;
  /** Bytes, or a text such as "512M". */
  readonly memory?: number | string;
  readonly cpuTime?: Time;
  readonly retry?: AttemptOptions["retry"];
  readonly keep?: AttemptOptions["keep"];
  readonly directory?: AttemptOptions["directory"];
  /** A directory. */
  readonly scratch?: string;
  readonly resources?: AttemptOptions["resources"];
  readonly trackers?: readonly JsonTracker[];
  readonly repeats?: AttemptOptions["repeats"];
  readonly normalize?: AttemptOptions["normalize"];
  readonly minSteps?: number;
  readonly maxSteps?: number;
  readonly journal?: string;
  readonly seed?: number;
}

const KEYS: readonly (keyof JsonSpec)[] = [
  "$schema",
  "space",
  "command",
  "objective",
  "instances",
  "objectives",
  "constraints",
  "baseline",
  "first",
  "trials",
  "generations",
  "timeLimit",
  "cost",
  "timeout",
  "failures",
  "sampler",
  "pruner",
  "evaluator",
  "workers",
  "memory",
  "cpuTime",
  "retry",
  "keep",
  "directory",
  "scratch",
  "resources",
  "trackers",
  "repeats",
  "normalize",
  "minSteps",
  "maxSteps",
  "journal",
  "seed",
];

/** A search read from JSON, and what does not belong to the search itself. */
export interface ReadSearch {
  readonly search: Search;
  readonly workers?: number;
  readonly attempts?: AttemptSettings;
}

/** Reads a JSON spec file. */
export async function readSearchFile(
  path: string,
  directory: string,
): Promise<ReadSearch & { readonly json: JsonSpec }> {
  const json = (await readJsonFile("the search in", path)) as JsonSpec;
  try {
    return { ...(await readSearch(json, directory)), json };
  } catch (error) {
    throw new AttuneError("usage", `In ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** Makes a search from its JSON form; `directory` is where relative paths start. */
export async function readSearch(json: JsonSpec, directory: string): Promise<ReadSearch> {
  if (!isRecord(json)) throw usage(`Expected a search to be a JSON object, got ${show(json)}`);
  refuseUnknown("a search in JSON", json, KEYS);
  if (json.$schema !== undefined && typeof json.$schema !== "string")
    throw usage(`Expected \`$schema\` to be a path or an address, got ${show(json.$schema)}`);
  if (json.space === undefined) throw usage("Expected a search to be given `space`");
  if (json.command === undefined && json.objective === undefined)
    throw usage("Expected a search to be given `command`, or `objective` for a program in another language");
  if (json.command !== undefined && json.objective !== undefined)
    throw usage("Expected a search to be given `command` or `objective`, got both");
  const space =
    typeof json.space === "string" ? await readSpaceFile(resolve(directory, json.space)) : readSpace(json.space);
  const { instances: measuredOn } = json;
  const one =
    json.objective === undefined
      ? commandFor(space, json.command, directory, measuredOn)
      : readObjective(json.objective, directory);
  const objective = measuredOn === undefined ? one : instances(measuredOn, one);
  const { objectives, constraints, baseline, first, trials, journal, seed, workers } = json;
  if (constraints !== undefined && !isRecord(constraints))
    throw usage(`Expected \`constraints\` to be limits by name, got ${show(constraints)}`);
  if (journal !== undefined && (typeof journal !== "string" || journal === ""))
    throw usage(`Expected \`journal\` to be a path, got ${show(journal)}`);
  if (first !== undefined && !Array.isArray(first))
    throw usage(`Expected \`first\` to be a list of configurations, got ${show(first)}`);
  checkOptions({ space, settings: {}, baseline, ...(first === undefined ? {} : { first }) });
  if (workers !== undefined) expectNumber("workers", workers, { integer: true, low: 1 });
  const stop: StopRuleFactory[] = [];
  if (json.generations !== undefined) stop.push(generations(json.generations));
  if (json.timeLimit !== undefined) stop.push(timeLimit(time(json.timeLimit, "timeLimit")));
  if (json.cost !== undefined) stop.push(cost(json.cost));
  if (json.failures !== undefined) stop.push(failures(json.failures));
  const spec: Record<string, unknown> = {
    space,
    objective,
    objectives,
    constraints,
    baseline,
    first,
    trials,
    journal: journal === undefined ? undefined : resolve(directory, journal),
    seed,
    stop: stop.length === 0 ? undefined : stop,
    timeout: json.timeout === undefined ? undefined : readJsonTimeout(json.timeout),
    sampler: json.sampler === undefined ? undefined : sampler(json.sampler),
    pruner: json.pruner === undefined ? undefined : readPruner(json.pruner),
    evaluator: json.evaluator === undefined ? undefined : evaluatorName(json.evaluator),
    trackers: json.trackers === undefined ? undefined : readTrackers(json.trackers, directory),
  };
  for (const key of Object.keys(spec)) if (spec[key] === undefined) delete spec[key];
  return {
    search: new Search(spec as unknown as AnySpec),
    ...(workers === undefined ? {} : { workers }),
    attempts: readAttempts(json, directory),
  };
}

/** The command, whose placeholders the space must know. */
function commandFor(
  space: Space,
  given: unknown,
  directory: string,
  measuredOn: JsonSpec["instances"],
): CommandObjective {
  const { run, ...options } = readCommand(given);
  const { templates } = command(run, options);
  const over: unknown = isRecord(measuredOn) ? measuredOn.over : undefined;
  const names = [...space.axes.map(({ name }) => name), ...(Array.isArray(over) ? instancePlaceholders(over) : [])];
  checkPlaceholders(templates, names, space.toJSON());
  return command(run, { ...options, cwd: cwdOf(options.cwd, directory) });
}

/** The working directory of a command, from the file's directory on; one that begins with `{dir}` stands for itself. */
function cwdOf(given: string | undefined, directory: string): string {
  return given?.startsWith("{dir}") ? given : resolve(directory.replaceAll("{", "{{"), given ?? ".");
}

function evaluatorName(given: unknown): string {
  if (typeof given !== "string") throw usage(`Expected \`evaluator\` to be a name, got ${show(given)}`);
  return pick<EvaluatorDefinition>(evaluators, "evaluator", given).info.name;
}

function sampler(given: unknown): ReturnType<SamplerDefinition> {
  const { name, ...options } = isRecord(given) ? given : { name: given };
  if (typeof name !== "string")
    throw usage(`Expected \`sampler\` to be a name, or { name, … } with options, got ${show(given)}`);
  return pick<SamplerDefinition>(samplers, "sampler", name)(options);
}
