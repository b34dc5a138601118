import { refuseUnknown, show, usage } from "./errors.ts";
import { identity, labelled } from "./labelled.ts";
import { checkDefault, type DefaultOption, parameter, type Parameter } from "./parameter.ts";

/** What can be chosen: JSON values. */
export type Choosable = string | number | boolean | null | readonly Choosable[] | { readonly [key: string]: Choosable };

/**
 * One of the listed values, in no order. Each value keeps its own type; duplicates are an error.
 * @example choice(["default", "filtered", "rle"])
 */
export function choice<const T extends Choosable>(
  values: readonly T[],
  options: DefaultOption<NoInfer<T>> = {},
): Parameter<T> {
  return listed("choice", false, values, options);
}

/**
 * One of the listed values, in their order: near positions mean near values.
 * @example ordinal(["small", "medium", "large"])
 */
export function ordinal<const T extends Choosable>(
  values: readonly T[],
  options: DefaultOption<NoInfer<T>> = {},
): Parameter<T> {
  return listed("ordinal", true, values, options);
}

function listed<T extends Choosable>(
  type: string,
  ordered: boolean,
  given: readonly T[],
  options: DefaultOption<T>,
): Parameter<T> {
  refuseUnknown(type, options, ["default"]);
  if (!Array.isArray(given) || given.length === 0)
    throw usage(`Expected ${type}() to be given a list of at least one value, got ${show(given)}`);
  const values = [...(given as readonly T[])];
  const seen = new Set<unknown>();
  for (const value of values) {
    if (!isJson(value)) throw usage(`Expected the values of ${type}() to be JSON, got ${show(value)}`);
    if (seen.has(identity(value))) throw usage(`Expected the values of ${type}() to differ, got ${show(value)} twice`);
    seen.add(identity(value));
  }
  const body = labelled(values, {
    ordered,
    problem: (v) => `expected one of ${values.map(show).join(", ")}, got ${show(v)}`,
  });
  return checkDefault(parameter<T>({ ...body, toJSON: () => ({ type, values }) }), options);
}

/** Whether JSON can say the value without loss. */
export function isJson(value: unknown): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object") return false;
  const plain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  return plain && Object.values(value).every(isJson);
}
