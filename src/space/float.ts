import { expectNumber, refuseUnknown, show, usage } from "./errors.ts";
import { gridOf } from "./grid-of.ts";
import { checkDefault, type DefaultOption, parameter, type Parameter } from "./parameter.ts";

export interface FloatOptions extends DefaultOption<number> {
  /** Even in the logarithm; both bounds must be > 0. @default false */
  readonly log?: boolean;
  /** Only `low`, `low + step`, … up to `high`. Not together with `log`. @default continuous */
  readonly step?: number;
}

/**
 * A real number from `low` to `high`, both included.
 * @example float(1e-5, 1e-1, { log: true })
 */
export function float(low: number, high: number, options: FloatOptions = {}): Parameter<number> {
  refuseUnknown("float", options, ["default", "log", "step"]);
  const { log = false, step } = options;
  if (typeof log !== "boolean") throw usage(`Expected \`log\` to be true or false, got ${show(log)}`);
  expectNumber("low", low);
  expectNumber("high", high);
  if (low > high) throw usage(`Expected \`low\` to be ≤ \`high\`, got float(${low}, ${high})`);
  if (log && low <= 0) throw usage(`Expected \`low\` to be > 0 on a log scale, got ${low}`);
  if (step !== undefined) {
    if (log) throw usage(`Expected \`step\` or \`log\`, got both: logGrid() gives a stepped log scale`);
    return checkDefault(gridOf("float", { low, high, step: expectNumber("step", step, { above: 0 }) }), options);
  }
  const a = low + 0;
  const b = high + 0;
  const size = a === b ? 1 : Infinity;
  return checkDefault(
    parameter<number>({
      axes: [{ name: "", low: a, high: b, size, log, ordered: true }],
      size,
      read: (row, offset) => row[offset]!,
      write: (value, row, offset) => {
        row[offset] = value + 0;
      },
      problem: (value) =>
        typeof value === "number" && value >= a && value <= b
          ? undefined
          : `expected a number from ${a} to ${b}, got ${show(value)}`,
      toJSON: () => ({ type: "float", low: a, high: b, ...(log ? { log } : {}) }),
    }),
    options,
  );
}
