import { isJson } from "./choice.ts";
import { show, usage } from "./errors.ts";
import { identity } from "./labelled.ts";
import { parameter, type Parameter } from "./parameter.ts";
import type { Choosable } from "./choice.ts";

/** Always the same value, any JSON. A bare string, number, boolean or null in a space means the same. */
export function constant<const T extends Choosable>(value: T): Parameter<T> {
  if (!isJson(value)) throw usage(`Expected constant() to be given JSON, got ${show(value)}`);
  const same = identity(value);
  return parameter<T>({
    axes: [],
    size: 1,
    default: { value },
    read: () => value,
    write: () => {},
    problem: (given) => (identity(given) === same ? undefined : `expected ${show(value)}, got ${show(given)}`),
    toJSON: () => ({ type: "constant", value }),
  });
}
