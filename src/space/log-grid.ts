import { expectNumber, refuseUnknown, show, usage } from "./errors.ts";
import { labelled } from "./labelled.ts";
import { checkDefault, type DefaultOption, parameter, type Parameter } from "./parameter.ts";

export interface LogGridOptions extends DefaultOption<number> {
  /** The number of values, ≥ 1; one value is `start`. @default 10 */
  readonly total?: number;
}

/**
 * `total` numbers in geometric progression from `start` to `end`, both included and > 0; descending when
 * `start > end`. Ordered.
 * @example logGrid(1, 1000, { total: 4 }) // 1, 10, 100, 1000
 */
export function logGrid(start: number, end: number, options: LogGridOptions = {}): Parameter<number> {
  refuseUnknown("logGrid", options, ["default", "total"]);
  const { total = 10 } = options;
  expectNumber("start", start, { above: 0 });
  expectNumber("end", end, { above: 0 });
  expectNumber("total", total, { integer: true, low: 1 });
  if (start === end && total > 1)
    throw usage(`Expected \`start\` and \`end\` to differ, got logGrid(${start}, ${end})`);
  const ratio = Math.log(end) - Math.log(start);
  const values = Array.from({ length: total }, (_, k) => {
    if (k === 0) return start;
    if (k === total - 1) return end;
    return Number((start * Math.exp((ratio * k) / (total - 1))).toPrecision(15));
  });
  const body = labelled(values, {
    ordered: true,
    problem: (v) => `expected one of the ${total} values of logGrid(${start}, ${end}), got ${show(v)}`,
  });
  return checkDefault(parameter<number>({ ...body, toJSON: () => ({ type: "logGrid", start, end, total }) }), options);
}
