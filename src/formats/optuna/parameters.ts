import type { Axis } from "../../space/axis.ts";
import { isActive } from "../../space/axis.ts";
import { type Distribution, encodeDistribution } from "./distribution.ts";
import type { PythonJson } from "./python-json.ts";

/** An axis of a space as a parameter of Optuna's. */
export interface AxisParameter {
  readonly name: string;
  readonly distribution: Distribution;
  /** The distribution as records have it. */
  readonly text: string;
  /** The number that a record holds where a row holds `x`. */
  internal(x: number): number;
}

/**
 * The parameter for an axis: evenly spaced numbers are an Int- or FloatDistribution with a step, anything else that is
 * listed a CategoricalDistribution, whose lists and objects stand as JSON text; the rest are ranges.
 */
export function parameterOf(axis: Axis): AxisParameter {
  const { low, high, log, labels } = axis;
  const grid = labels === undefined || !axis.ordered ? undefined : gridOf(labels);
  const whole = Number.isInteger(low) && Number.isInteger(high);
  let distribution: Distribution;
  let internal = (x: number): number => x;
  if (grid !== undefined) {
    distribution = grid;
    internal = (x) => labels![x] as number;
  } else if (labels !== undefined) distribution = { kind: "categorical", choices: labels.map(choiceOf) };
  else if (axis.size === Infinity || !whole) distribution = { kind: "float", low, high, log, step: undefined };
  else distribution = { kind: "int", low, high, log, step: 1 };
  return {
    name: axis.name === "" ? "value" : axis.name,
    distribution,
    text: encodeDistribution(distribution),
    internal,
  };
}

function choiceOf(label: unknown): PythonJson {
  return typeof label === "object" && label !== null ? JSON.stringify(label) : (label as PythonJson);
}

/** The distribution of ascending, evenly spaced numbers. */
function gridOf(labels: readonly unknown[]): Distribution | undefined {
  if (!labels.every((label) => typeof label === "number")) return undefined;
  const [low, high] = [labels[0]!, labels.at(-1)!];
  const step = labels.length === 1 ? 1 : Number((labels[1]! - low).toPrecision(12));
  if (step <= 0) return undefined;
  const even = labels.every((label, k) => Math.abs(low + k * step - label) <= 1e-9 * step);
  if (!even) return undefined;
  const whole = labels.every((label) => Number.isInteger(label)) && Number.isInteger(step);
  return { kind: whole ? "int" : "float", low, high, log: false, step };
}

/** The value of a parameter of Optuna's by its name; undefined where the trial does not have it. */
export type Lookup = (name: string) => PythonJson | undefined;

/**
 * The row of a configuration that is given as Optuna's parameters, or the name of what is missing or not allowed. A
 * parameter is looked up by the name of its axis, or by its bare key; one that may be absent is present where it, or
 * something in it, has a value.
 */
export function rowFrom(axes: readonly Axis[], names: readonly string[], value: Lookup): Float64Array | string {
  const row = new Float64Array(axes.length).fill(NaN);
  for (let i = 0; i < axes.length; i++) {
    if (!isActive(axes, row, i)) continue;
    const axis = axes[i]!;
    const found = namesOf(axis.name)
      .map(value)
      .find((each) => each !== undefined);
    const x = found === undefined ? presence(axis, names) : numberOf(axis, found);
    if (x === undefined)
      return found === undefined
        ? `\`${axis.name}\` is missing`
        : `\`${axis.name}\` cannot be ${JSON.stringify(found)}`;
    row[i] = x;
  }
  return row;
}

/** What the axes may be called in Optuna. */
export function knownNames(axes: readonly Axis[]): ReadonlySet<string> {
  return new Set(axes.flatMap(({ name }) => namesOf(name)));
}

/** What a parameter may be called: `schedule.kind` is also `schedule`, a key in quotes stands for itself. */
function namesOf(name: string): string[] {
  const names = [name === "" ? "value" : name];
  if (/^"(?:[^"\\]|\\.)*"$/.test(name)) names.push(JSON.parse(name) as string);
  if (name.endsWith(".kind")) names.push(name.slice(0, -".kind".length));
  return names;
}

function presence({ name }: Axis, names: readonly string[]): number | undefined {
  if (!name.endsWith("?")) return undefined;
  const [exact, bare = exact] = namesOf(name.slice(0, -1));
  return names.some((each) => each === bare || each === exact || each.startsWith(`${exact}.`)) ? 1 : 0;
}

/** The number of an axis at a value. */
function numberOf(axis: Axis, value: PythonJson): number | undefined {
  const { labels, low, high } = axis;
  if (labels === undefined) {
    const fits = typeof value === "number" && value >= low && value <= high;
    return fits && (axis.size === Infinity || low === high || Number.isInteger(value)) ? value : undefined;
  }
  const at = labels.findIndex((label) => isSame(label, value));
  return at < 0 ? undefined : at;
}

function isSame(label: unknown, value: PythonJson): boolean {
  if (typeof label === "number" && typeof value === "number")
    return label === value || Math.abs(label - value) <= 1e-9 * Math.max(Math.abs(label), Math.abs(value));
  return choiceOf(label) === (typeof value === "object" && value !== null ? JSON.stringify(value) : value);
}
