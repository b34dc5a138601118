import { show } from "./errors.ts";
import { parameter, type Parameter } from "./parameter.ts";
import { labelled } from "./labelled.ts";

/**
 * The values `low + k·step` up to `high`, exact in decimals: 0.1 + 2·0.1 is 0.3. Its axis counts the steps.
 * @internal
 */
export function gridOf(
  type: string,
  { low, high, step }: { low: number; high: number; step: number },
): Parameter<number> {
  const values = gridValues(low, high, step, low);
  const body = labelled(values, {
    ordered: true,
    problem: (v) => `expected ${low}, ${low} + ${step}, … up to ${high}, got ${show(v)}`,
  });
  return parameter<number>({ ...body, toJSON: () => ({ type, low, high, step }) });
}

/** The points of a grid through `anchor` within [low, high], ascending, rounded to the decimals of its numbers. */
export function gridValues(low: number, high: number, step: number, anchor: number): number[] {
  const digits = Math.max(decimals(step), decimals(anchor));
  const slack = 1e-9;
  const first = Math.ceil((low - anchor) / step - slack);
  const last = Math.floor((high - anchor) / step + slack);
  return Array.from({ length: last - first + 1 }, (_, k) => Number((anchor + (first + k) * step).toFixed(digits)) + 0);
}

/** How many decimals a number is written with, at most 20. */
function decimals(x: number): number {
  const [mantissa = "", exponent = "0"] = String(x).split("e");
  return Math.min(20, Math.max(0, (mantissa.split(".")[1] ?? "").length - Number(exponent)));
}
