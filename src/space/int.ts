import { expectNumber, refuseUnknown, show, usage } from "./errors.ts";
import { gridOf } from "./grid-of.ts";
import { checkDefault, type DefaultOption, parameter, type Parameter } from "./parameter.ts";

export interface IntOptions extends DefaultOption<number> {
  /** Even in the logarithm; `low` must be ≥ 1. @default false */
  readonly log?: boolean;
  /** Only `low`, `low + step`, … up to `high`. Not together with `log`. @default 1 */
  readonly step?: number;
}

/**
 * An integer from `low` to `high`, both included. On a log scale the value v holds the cell from v − ½ to v + ½ of the
 * logarithm.
 * @example int(1, 64, { log: true })
 */
export function int(low: number, high: number, options: IntOptions = {}): Parameter<number> {
  refuseUnknown("int", options, ["default", "log", "step"]);
  const { log = false, step = 1 } = options;
  if (typeof log !== "boolean") throw usage(`Expected \`log\` to be true or false, got ${show(log)}`);
  expectNumber("low", low, { integer: true });
  expectNumber("high", high, { integer: true });
  if (low > high) throw usage(`Expected \`low\` to be ≤ \`high\`, got int(${low}, ${high})`);
  if (high - low >= Number.MAX_SAFE_INTEGER)
    throw usage(`Expected \`high\` − \`low\` to be < 2^53 − 1, got int(${low}, ${high})`);
  if (log && low < 1) throw usage(`Expected \`low\` to be ≥ 1 on a log scale, got ${low}`);
  expectNumber("step", step, { integer: true, low: 1 });
  if (step !== 1) {
    if (log) throw usage(`Expected \`step\` or \`log\`, got both: logGrid() gives a stepped log scale`);
    return checkDefault(gridOf("int", { low, high, step }), options);
  }
  return checkDefault(
    parameter<number>({
      axes: [{ name: "", low, high, size: high - low + 1, log, ordered: true }],
      size: high - low + 1,
      read: (row, offset) => row[offset]!,
      write: (value, row, offset) => {
        row[offset] = value + 0;
      },
      problem: (value) =>
        Number.isInteger(value) && (value as number) >= low && (value as number) <= high
          ? undefined
          : `expected an integer from ${low} to ${high}, got ${show(value)}`,
      toJSON: () => ({ type: "int", low, high, ...(log ? { log } : {}) }),
    }),
    options,
  );
}
