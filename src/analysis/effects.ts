import type { Objective } from "../core/objective.ts";
import type { Trial } from "../core/trial.ts";
import type { Axis } from "../space/axis.ts";
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
      .filter(({ count, label }) => count > 0 || label !== "inactive");
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

/** The value of a part that is a single one, else the interval that it covers. */
export function labelOf(axis: Axis, part: number, parts: number): string {
  if (axis.size === parts) {
    const value = axis.low + (part * (axis.high - axis.low)) / Math.max(1, parts - 1);
    const label = axis.labels?.[part];
    return label === undefined ? text(value) : typeof label === "string" ? label : JSON.stringify(label);
  }
  const at = (u: number): number =>
    axis.log ? axis.low * (axis.high / axis.low) ** u : axis.low + u * (axis.high - axis.low);
  const end = (u: number): string => {
    const value = at(u);
    if (axis.labels === undefined) return text(axis.size === Infinity ? value : Math.round(value));
    const label = axis.labels[Math.round(u * (axis.size - 1))]!;
    return typeof label === "string" ? label : JSON.stringify(label);
  };
  return `${end(part / parts)} … ${end((part + 1) / parts)}`;
}

function text(value: number): string {
  return String(Number(value.toPrecision(4)));
}
