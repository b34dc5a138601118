import { choice, type Choosable, ordinal } from "./choice.ts";
import { constant } from "./constant.ts";
import { nearest, refuseUnknown, show, usage, AttuneError } from "./errors.ts";
import { float } from "./float.ts";
import { int } from "./int.ts";
import { logGrid } from "./log-grid.ts";
import { objectOf } from "./object.ts";
import { optional } from "./optional.ts";
import type { Parameter } from "./parameter.ts";
import { range } from "./range.ts";
import { type Space, spaceOf, tupleOf } from "./space.ts";
import type { Shape } from "./types.ts";
import { variant } from "./variant.ts";

type Fields = Readonly<Record<string, never>>;
type Reader = (json: Fields, path: string) => Parameter;

const rest = (json: Fields, ...known: string[]): Record<string, never> => {
  const { type: _, ...options } = json as Record<string, never>;
  for (const key of known) delete options[key];
  return options;
};
const shapeOf = (json: unknown, path: string): Shape =>
  Object.fromEntries(
    Object.entries(record(json, path)).map(([key, value]) => [key, readParameter(value, join(path, key))]),
  );
const exactly = (kind: string, json: Fields, keys: readonly string[]): void =>
  refuseUnknown(`"${kind}"`, json, ["type", ...keys]);

/** One reader per `type` of the JSON form. */
const readers: Readonly<Record<string, Reader>> = {
  float: (j) => float(j["low"]!, j["high"]!, rest(j, "low", "high")),
  int: (j) => int(j["low"]!, j["high"]!, rest(j, "low", "high")),
  range: (j) => range(j["start"]!, j["end"]!, rest(j, "start", "end")),
  logGrid: (j) => logGrid(j["start"]!, j["end"]!, rest(j, "start", "end")),
  choice: (j) => choice(j["values"]! as readonly Choosable[], rest(j, "values")),
  ordinal: (j) => ordinal(j["values"]! as readonly Choosable[], rest(j, "values")),
  constant: (j) => (exactly("constant", j, ["value"]), constant(j["value"]! as Choosable)),
  optional: (j, path) => optional(readParameter(j["of"], path), rest(j, "of")) as Parameter,
  variant: (j, path) =>
    variant(
      Object.fromEntries(
        Object.entries(record(j["branches"], path)).map(([kind, body]) => [kind, shapeOf(body, join(path, kind))]),
      ),
      rest(j, "branches"),
    ) as Parameter,
  object: (j, path) => (exactly("object", j, ["of"]), objectOf(shapeOf(j["of"], path), path)),
  list: (j, path) => {
    exactly("list", j, ["of"]);
    const of: unknown = j["of"];
    if (!Array.isArray(of) || of.length === 0) throw usage(`Expected \`of\` to be a list of spaces, got ${show(of)}`);
    return tupleOf(of.map((part, i) => readParameter(part, `${path}[${i}]`)));
  },
};

/** The kinds of parameter that the JSON form knows. */
export const parameterTypes: readonly string[] = Object.keys(readers);

/**
 * Reads the JSON form of a space: `{ "level": { "type": "int", "low": 1, "high": 9 }, "mode": "fast" }`. An object with
 * a string under `type` is a parameter, any other object nests, a list is a list of spaces, and anything else is a
 * constant. A text under `$schema` is for editors.
 */
export function readSpace(given: unknown): Space {
  const json = withoutSchema(given);
  if (typeof json !== "object" || json === null) throw usage(`Expected a space to be a JSON object, got ${show(json)}`);
  if (Object.keys(json).length === 0)
    throw usage(`Expected \`space\` to hold at least one parameter, got ${show(json)}`);
  return spaceOf(readParameter(Array.isArray(json) ? { type: "list", of: json } : json, ""));
}

function withoutSchema(json: unknown): unknown {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return json;
  const { $schema, ...shape } = json as Record<string, unknown>;
  return typeof $schema === "string" && typeof shape["type"] !== "string" ? shape : json;
}

function readParameter(json: unknown, path: string): Parameter {
  if (typeof json !== "object" || json === null) return constant(json as Choosable);
  const type: unknown = (json as { type?: unknown }).type;
  if (typeof type !== "string") return objectOf(shapeOf(json, path), path);
  const reader = Object.hasOwn(readers, type) ? readers[type] : undefined;
  if (reader === undefined) {
    const near = nearest(type, parameterTypes);
    throw usage(
      `Expected \`${join(path, "type")}\` to be ${near ? `${show(near)} or another of ` : "one of "}${parameterTypes.join(", ")}, got ${show(type)}`,
    );
  }
  try {
    return reader(json as Fields, path);
  } catch (error) {
    const message = (error as Error).message;
    if (path === "" || message.startsWith("In ")) throw error;
    throw new AttuneError("usage", `In \`${path}\`: ${message}`, { cause: error });
  }
}

function record(json: unknown, path: string): Record<string, unknown> {
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  throw usage(`Expected \`${path || "space"}\` to be a JSON object, got ${show(json)}`);
}

function join(path: string, key: string): string {
  return path ? `${path}.${key}` : key;
}
