import { type Axis, nestAxes } from "./axis.ts";
import { entry } from "./object.ts";
import { expectNumber, refuseUnknown, usage } from "./errors.ts";
import { isOptional, optionalParameter, type OptionalParameter, type Parameter } from "./parameter.ts";
import type { Constant, Shape, Value } from "./types.ts";

export interface OptionalOptions<T> {
  /** The probability of being left out in initial sampling, later learnt. @default 0.5 */
  readonly absent?: number;
  /** The value of the untuned program; @default the parameter's own default where it has axes, else absent */
  readonly default?: T;
}

/**
 * A parameter, constant or object that may be left out: its key is then absent, never null.
 * @example optional("-ftree-vectorize", { absent: 0.5 })
 */
export function optional<const S extends Parameter | Constant | Shape>(
  of: S,
  options: OptionalOptions<Value<S>> = {},
): OptionalParameter<Value<S>> {
  refuseUnknown("optional", options, ["absent", "default"]);
  const { absent = 0.5 } = options;
  expectNumber("absent", absent, { low: 0, high: 1 });
  const inner = entry("optional", of) as Parameter<Value<S>>;
  if (isOptional(inner))
    throw usage("Expected optional() to be given a parameter that is always there, got another optional()");
  const presence: Axis = {
    name: "?",
    low: 0,
    high: 1,
    size: 2,
    log: false,
    ordered: false,
    labels: ["absent", "present"],
    weights: [absent, 1 - absent],
  };
  const stated = "default" in options && options.default !== undefined ? { value: options.default } : undefined;
  const wrong = stated && inner.problem(stated.value);
  if (wrong) throw usage(`Wrong \`default\` of optional(): ${wrong}`);
  const fallback = stated ?? (inner.axes.length > 0 ? inner.default : undefined);
  return optionalParameter<Value<S>>({
    axes: [presence, ...nestAxes(inner.axes, 1, "", { axis: 0, cell: 1 })],
    size: inner.size + 1,
    default: { value: fallback?.value },
    read: (row, offset) => (row[offset] === 1 ? inner.read(row, offset + 1) : undefined),
    write: (value, row, offset) => {
      row[offset] = value === undefined ? 0 : 1;
      if (value === undefined) row.fill(NaN, offset + 1, offset + 1 + inner.axes.length);
      else inner.write(value, row, offset + 1);
    },
    problem: (value) => (value === undefined ? undefined : inner.problem(value)),
    toJSON: () => ({ type: "optional", of: inner.toJSON(), absent, ...(stated ? { default: stated.value } : {}) }),
  });
}
