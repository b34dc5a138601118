import type { Objective } from "../core/objective.ts";
import type { Trial } from "../core/trial.ts";
import { type Axis, fromUnit, toUnit } from "../space/axis.ts";
import type { Space } from "../space/space.ts";
import { evidence } from "./importance/evidence.ts";

/** The trials of one part of a parameter's range. */
export interface Level {
  /** What the part is called: a value, or an interval; "inactive" where the parameter is. */
  readonly label: string;
  readonly count: number;
  /** The mean, the median and the best of the value there, in the user's sign; NaN without trials. */
  readonly mean: number;
  readonly median: number;
  readonly best: number;
  /** The standard error of the mean; NaN with fewer than two trials. */
  readonly stderr: number;
}

/** How a value goes with one parameter, whatever the others are. */
export interface Effect {
  readonly name: string;
  readonly levels: readonly Level[];
}

/** Parts of a range that has more values. */
const PARTS = 8;

/**
 * The marginal effect of each parameter on a measured name: the trials are grouped by its value, or by equal parts of its
 * range (of its logarithm where it is searched so). A sampler tries good values more often, so that groups are compared
 * as they were tried, not as uniform draws would be.
 */
export function effects<P>(
  space: Space<P>,
  trials: readonly Trial<P>[],
  objectives: readonly Objective[],
  name: string = objectives[0]!.name,
): Effect[] {
  const { axes, columns, losses } = evidence(space, trials, objectives, name);
  const sign = objectives.find((each) => each.name === name)?.direction === "maximize" ? -1 : 1;
  return axes.map((axis, i) => {
    const parts = axis.size <= PARTS ? axis.size : PARTS;
    const groups: number[][] = Array.from({ length: parts + 1 }, () => []);
    columns[i]!.forEach((unit, t) => {
      const part = Number.isNaN(unit) ? parts : Math.min(parts - 1, Math.floor(unit * parts));
      groups[part]!.push(losses[t]![0]!);
    });
    const levels = groups
      .map((group, part) => levelOf(part < parts ? labelOf(axis, part, parts) : "inactive", group, sign))
      .filter(({ count, label }) => count > 0 || (label !== "inactive" && label !== ""));
    return { name: axis.name, levels };
  });
}

function levelOf(label: string, losses: number[], sign: number): Level {
  const n = losses.length;
  const sorted = losses.sort((a, b) => a - b);
  const mean = sorted.reduce((a, b) => a + b, 0) / n;
  const deviation = Math.sqrt(sorted.reduce((s, x) => s + (x - mean) ** 2, 0) / (n - 1));
  return {
    label,
    count: n,
    mean: sign * mean,
    median: n === 0 ? NaN : (sign * (sorted[(n - 1) >> 1]! + sorted[n >> 1]!)) / 2,
    best: n === 0 ? NaN : sign * sorted[0]!,
    stderr: n < 2 ? NaN : deviation / Math.sqrt(n),
  };
}

/** The value of a part of a range that is a single one, else the interval that it covers; empty where no value lies in it. */
export function labelOf(axis: Axis, part: number, parts: number): string {
  if (axis.size === Infinity)
    return `${text(fromUnit(axis, part / parts))} … ${text(fromUnit(axis, (part + 1) / parts))}`;
  const partOf = (x: number): number => Math.min(parts - 1, Math.floor(toUnit(axis, x) * parts));
  let [first, last] = [fromUnit(axis, part / parts), fromUnit(axis, (part + 1) / parts)];
  while (first <= axis.high && partOf(first) < part) first++;
  while (last >= axis.low && partOf(last) > part) last--;
  const labelled = (x: number): string => {
    const label = axis.labels === undefined ? x : axis.labels[x];
    return typeof label === "number" ? text(label) : typeof label === "string" ? label : JSON.stringify(label);
  };
  return first > last ? "" : first === last ? labelled(first) : `${labelled(first)} … ${labelled(last)}`;
}

function text(value: number): string {
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(4)));
}
