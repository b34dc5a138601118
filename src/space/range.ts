import { expectNumber, refuseUnknown, show, usage } from "./errors.ts";
import { gridValues } from "./grid-of.ts";
import { labelled } from "./labelled.ts";
import { checkDefault, type DefaultOption, parameter, type Parameter } from "./parameter.ts";

export interface RangeOptions extends DefaultOption<number> {
  /** The distance between values, > 0. @default 1 */
  readonly step?: number;
  /** The interval that most initial samples come from; how many is the sampler's `priorShare`. */
  readonly prior?: readonly [low: number, high: number];
  /** The end that is always in the grid. @default "end" */
  readonly anchor?: "start" | "end";
}

/**
 * Every `step`-th number from `start` to `end`. Both ends are included when they are a whole number of steps apart; when
 * not, the grid keeps its anchor, and a warning says so once: `range(0, 9, { step: 2 })` is 1, 3, 5, 7, 9.
 */
export function range(start: number, end: number, options: RangeOptions = {}): Parameter<number> {
  refuseUnknown("range", options, ["default", "step", "prior", "anchor"]);
  const { step = 1, prior, anchor = "end" } = options;
  expectNumber("start", start);
  expectNumber("end", end);
  expectNumber("step", step, { above: 0 });
  if (start >= end) throw usage(`Expected \`start\` to be < \`end\`, got range(${start}, ${end})`);
  if (anchor !== "start" && anchor !== "end")
    throw usage(`Expected \`anchor\` to be "start" or "end", got ${show(anchor)}`);
  const values = gridValues(start, end, step, anchor === "end" ? end : start);
  if (options.anchor === undefined && values[0] !== start + 0) warnOnce(start, end, step, values);
  const focus = prior === undefined ? undefined : focusOf(prior, start, end, values);
  const body = labelled(values, {
    ordered: true,
    focus,
    problem: (v) => `expected one of ${values[0]}, ${values[1] ?? ""}… ${values.at(-1)} (step ${step}), got ${show(v)}`,
  });
  return checkDefault(
    parameter<number>({
      ...body,
      toJSON: () => ({
        type: "range",
        start,
        end,
        step,
        ...(prior ? { prior } : {}),
        ...(options.anchor ? { anchor } : {}),
      }),
    }),
    options,
  );
}

function focusOf(prior: readonly unknown[], start: number, end: number, values: readonly number[]): [number, number] {
  const [low, high] = Array.isArray(prior) ? (prior as readonly unknown[]) : [];
  if (
    !Array.isArray(prior) ||
    prior.length !== 2 ||
    typeof low !== "number" ||
    typeof high !== "number" ||
    !(low <= high)
  ) {
    throw usage(`Expected \`prior\` to be [low, high] with low ≤ high, got ${show(prior)}`);
  }
  if (low < start || high > end)
    throw usage(`Expected \`prior\` to lie within ${start} and ${end}, got ${show(prior)}`);
  const first = values.findIndex((v) => v >= low);
  const last = values.findLastIndex((v) => v <= high);
  if (first < 0 || last < first) throw usage(`Expected \`prior\` to hold a value of the range, got ${show(prior)}`);
  return [first, last];
}

const warned = new Set<string>();

function warnOnce(start: number, end: number, step: number, values: readonly number[]): void {
  const call = `range(${start}, ${end}, { step: ${step} })`;
  if (warned.has(call)) return;
  warned.add(call);
  console.warn(
    `attune: ${call} does not meet its start: it is ${values.slice(0, 3).join(", ")}${values.length > 3 ? `, … ${values.at(-1)}` : ""}. ` +
      `Say { anchor: "start" } to keep the start, { anchor: "end" } to keep the end.`,
  );
}
