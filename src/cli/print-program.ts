import { usage } from "../core/errors.ts";
import * as evaluators from "../evaluators/index.ts";
import { readDuration } from "../formats/quantity.ts";
import { readTimeout } from "../formats/timeout.ts";
import { readCommand } from "../search/json-command.ts";
import { pick } from "../search/registry.ts";
import type { JsonSpec } from "../search/json-spec.ts";
import { COMMANDS, keeping, readAttemptFlags } from "./attempt-options.ts";
import { amount, count, integer, readFailures, type SearchOptions } from "./overrides.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The program that does what the command line describes; `attune run` takes it. */
export function programText(spec: JsonSpec, options: SearchOptions): string {
  const used = new Set(["defineSearch"]);
  const call = (name: string, ...given: readonly string[]): string => {
    used.add(name);
    return `${name}(${given.join(", ")})`;
  };
  const stop = [
    ...(options.generations === undefined
      ? []
      : [call("generations", String(count("--generations", options.generations)))]),
    ...(options.timeLimit === undefined
      ? []
      : [call("timeLimit", String(readDuration(options.timeLimit, "--time-limit")))]),
    ...(options.failures === undefined ? [] : [call("failures", json(readFailures(options.failures)))]),
    ...(options.cost === undefined ? [] : [call("cost", String(amount("--cost", options.cost)))]),
  ];
  const attempts = readAttemptFlags(options);
  const settings = {
    ...(options.workers === undefined ? {} : { workers: count("--workers", options.workers) }),
    ...attempts,
  };
  const named = options.evaluator ?? (Object.keys(settings).length > 0 ? keeping(COMMANDS, attempts) : undefined);
  if (named !== undefined) pick(evaluators, "evaluator", named);
  const evaluator =
    named === undefined ? undefined : call(named, ...(Object.keys(settings).length > 0 ? [json(settings)] : []));
  const fields: Readonly<Record<string, string | undefined>> = {
    space: spaceText(spec.space, call),
    objectives: json(spec.objectives),
    objective: objectiveText(spec, call),
    constraints: spec.constraints && json(spec.constraints),
    baseline: spec.baseline === undefined ? undefined : json(spec.baseline),
    trials: options.trials && String(count("--trials", options.trials)),
    stop: stop.length === 0 ? undefined : `[${stop.join(", ")}]`,
    timeout: options.timeout && json(readTimeout(options.timeout, "--timeout")),
    sampler: options.sampler && json(options.sampler),
    pruner: options.pruner === undefined || options.pruner === "none" ? undefined : json(options.pruner),
    evaluator,
    journal: options.journal && json(options.journal),
    seed: options.seed && String(integer("--seed", options.seed)),
  };
  const lines = Object.entries(fields).flatMap(([name, text]) => (text === undefined ? [] : [`  ${name}: ${text},`]));
  return `import { ${[...used].sort().join(", ")} } from "attune";

export default defineSearch({
${lines.join("\n")}
});
`;
}

type Call = (name: string, ...given: readonly string[]) => string;

function objectiveText({ instances, ...spec }: JsonSpec, call: Call): string {
  if (instances !== undefined) return call("instances", json(instances), objectiveText(spec, call));
  const { command, objective } = spec;
  if (objective === undefined) {
    const { run, ...options } = readCommand(command);
    return calling(call, "command", run, options);
  }
  const { python, worker, ...options } = objective as { readonly python?: string; readonly worker?: readonly string[] };
  return python === undefined ? calling(call, "worker", worker, options) : calling(call, "python", python, options);
}

function calling(call: Call, name: string, first: unknown, options: object): string {
  return call(name, json(first), ...(Object.keys(options).length > 0 ? [json(options)] : []));
}

/** A whole space: one parameter per line. */
function spaceText(space: unknown, call: Call): string {
  const list = Array.isArray(space) ? space : isField(space, "list") ? (space["of"] as unknown[]) : undefined;
  if (list !== undefined) return `[${list.map((part) => spaceText(part, call)).join(", ")}]`;
  const shape = isField(space, "object") ? space["of"] : space;
  if (typeof (shape as Fields)["type"] === "string")
    throw usage("Expected the space to be an object of parameters for --print, got one parameter");
  const rows = Object.entries(shape as Fields)
    .filter(([name]) => name !== "$schema")
    .map(([name, of]) => `    ${key(name)}: ${parameterText(of, call)},`);
  return `{\n${rows.join("\n")}\n  }`;
}

/** A parameter in JSON form as the call that makes it. */
function parameterText(given: unknown, call: Call): string {
  if (typeof given !== "object" || given === null) return json(given);
  if (!("type" in given) || typeof given.type !== "string") return shapeText(given as Fields, call);
  const { type, ...rest } = given as Fields & { type: string };
  const made = (first: Readonly<Record<string, string>>): string => {
    const options = Object.fromEntries(Object.entries(rest).filter(([name]) => !Object.hasOwn(first, name)));
    return call(type, ...Object.values(first), ...(Object.keys(options).length > 0 ? [json(options)] : []));
  };
  switch (type) {
    case "object":
      return shapeText(rest["of"] as Fields, call);
    case "optional":
      return made({ of: parameterText(rest["of"], call) });
    case "variant":
      return made({ branches: branchesText(rest["branches"] as Fields, call) });
    case "choice":
    case "ordinal":
      return made({ values: json(rest["values"]) });
    case "constant":
      return made({ value: json(rest["value"]) });
    case "range":
    case "logGrid":
      return made({ start: json(rest["start"]), end: json(rest["end"]) });
    case "list":
      throw usage("Expected no list inside the space for --print: a program has lists at the top only");
    default:
      return made({ low: json(rest["low"]), high: json(rest["high"]) });
  }
}

function branchesText(branches: Fields, call: Call): string {
  return record(Object.entries(branches).map(([kind, body]) => [kind, shapeText(body as Fields, call)]));
}

function shapeText(shape: Fields, call: Call): string {
  return record(Object.entries(shape).map(([name, of]) => [name, parameterText(of, call)]));
}

function isField(json: unknown, type: string): json is Fields {
  return typeof json === "object" && json !== null && (json as { type?: unknown }).type === type;
}

function record(entries: readonly (readonly [string, string])[]): string {
  return entries.length === 0 ? "{}" : `{ ${entries.map(([name, text]) => `${key(name)}: ${text}`).join(", ")} }`;
}

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

/** JSON as a program writes it: names bare where they can be. */
function json(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(json).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return record(Object.entries(value).map(([name, of]) => [name, json(of)]));
}
