import type { Parameter } from "./parameter.ts";
import { parameter } from "./parameter.ts";

/** A parameter over a list of distinct values; its axis is the index. @internal */
export function labelled<T>(
  values: readonly T[],
  {
    ordered,
    problem,
    focus,
  }: { ordered: boolean; problem: (value: unknown) => string; focus?: readonly [number, number] | undefined },
): Parameter<T> {
  const index = new Map<unknown, number>(values.map((value, i) => [identity(value), i]));
  const size = values.length;
  return parameter<T>({
    axes: [
      { name: "", low: 0, high: size - 1, size, log: false, ordered, labels: values, ...(focus ? { focus } : {}) },
    ],
    size,
    read: (row, offset) => values[row[offset]!]!,
    write: (value, row, offset) => {
      row[offset] = index.get(identity(value)) ?? NaN;
    },
    problem: (value) => (index.has(identity(value)) ? undefined : problem(value)),
    toJSON: () => ({ type: "ordinal", values }),
  });
}

/** What two equal values share: themselves, or their JSON where they are lists or objects. */
export function identity(value: unknown): unknown {
  return typeof value === "object" && value !== null
    ? `json:${JSON.stringify(value)}`
    : typeof value === "string"
      ? `text:${value}`
      : value;
}
