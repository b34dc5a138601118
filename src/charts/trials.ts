import { lossOf } from "../core/objective.ts";
import { numberText } from "../formats/quantity.ts";
import type { Fate, ReportAxis, ReportData } from "./report/report-data.ts";
import type { Chosen } from "./chart.ts";
import { isLog, worstDrawn } from "./parts.ts";

/** The trials of a report, as charts ask for them. */
export class Trials {
  readonly data: ReportData;
  readonly count: number;
  readonly #losses = new Map<string, Float64Array>();
  readonly #ranks = new Map<string, Float64Array>();

  constructor(data: ReportData) {
    this.data = data;
    this.count = data.trials.number.length;
  }

  fate(i: number): Fate {
    return this.data.trials.fate[i] as Fate;
  }

  /** The indices of trials with one of these fates. */
  those(...fates: readonly Fate[]): number[] {
    const out: number[] = [];
    for (let i = 0; i < this.count; i++) if (fates.includes(this.fate(i))) out.push(i);
    return out;
  }

  number(i: number): number {
    return this.data.trials.number[i]!;
  }

  /** NaN where the name was not measured. */
  value(name: string, i: number): number {
    return this.data.trials.values[name]?.[i] ?? NaN;
  }

  /** NaN where the parameter is absent. */
  param(axis: number, i: number): number {
    return this.data.trials.params[axis]![i] ?? NaN;
  }

  /** The chosen objective, else the first. */
  objective({ objective }: Chosen): ReportData["objectives"][number] {
    return this.data.objectives.find(({ name }) => name === objective) ?? this.data.objectives[0]!;
  }

  losses(name: string): Float64Array {
    let out = this.#losses.get(name);
    if (out === undefined) {
      const { direction } = this.data.objectives.find((each) => each.name === name)!;
      out = Float64Array.from({ length: this.count }, (_, i) => lossOf(this.value(name, i), direction));
      this.#losses.set(name, out);
    }
    return out;
  }

  /** The ends of a value axis that leaves the worst out where they are far off, and how many those are. */
  range(name: string): {
    readonly log: boolean;
    readonly ends: { readonly min?: number; readonly max?: number };
    readonly beyond: number;
  } {
    const losses = this.losses(name);
    const shown = this.those("c", "i");
    const log = isLog(shown.map((i) => this.value(name, i)));
    const worst = log ? Infinity : worstDrawn(shown.map((i) => losses[i]!));
    if (worst === Infinity) return { log, ends: {}, beyond: 0 };
    const { direction } = this.data.objectives.find((each) => each.name === name)!;
    const end = Number(lossOf(worst, direction).toPrecision(2));
    const beyond = shown.filter((i) => losses[i]! > lossOf(end, direction)).length;
    return { log, ends: direction === "minimize" ? { max: end } : { min: end }, beyond };
  }

  /** How good each feasible trial's value is among them: from 0, the worst, to 1, the best; NaN for the others. */
  goodness(name: string): Float64Array {
    let out = this.#ranks.get(name);
    if (out === undefined) {
      const losses = this.losses(name);
      const order = this.those("c").sort((a, b) => losses[b]! - losses[a]!);
      out = new Float64Array(this.count).fill(NaN);
      for (let k = 0; k < order.length; k++) {
        const same = k > 0 && losses[order[k]!] === losses[order[k - 1]!];
        out[order[k]!] = same ? out[order[k - 1]!]! : order.length < 2 ? 1 : k / (order.length - 1);
      }
      this.#ranks.set(name, out);
    }
    return out;
  }

  /** The axes that vary, the most important for this objective first, then in the order of the space. */
  axes({ objective = "" }: Chosen = {}): readonly number[] {
    const { importance, axes } = this.data;
    const first = (importance[objective] ?? importance[""] ?? Object.values(importance)[0] ?? []).map(([axis]) => axis);
    return [...new Set([...first, ...axes.keys()])].filter((a) => axes[a]!.low < axes[a]!.high);
  }

  axisNamed(name: string | undefined): number {
    return this.data.axes.findIndex((axis) => axis.name === name);
  }

  /** A value of an axis, for people. */
  textOf(axis: number, x: number): string {
    return axisText(this.data.axes[axis]!, x);
  }

  /** A trial in a line: its number, values and parameters. */
  describe(i: number): string[] {
    const fates: Readonly<Record<Fate, string>> = {
      c: "",
      i: ", beyond a limit",
      l: ", cut off",
      p: ", pruned",
      f: `, failed (${this.data.failures[this.data.trials.failure[i]!]?.kind ?? "error"})`,
    };
    const role = i === this.data.baseline ? " (the baseline)" : "";
    const values = Object.keys(this.data.trials.values).flatMap((name) =>
      Number.isNaN(this.value(name, i)) ? [] : [`${name} ${numberText(this.value(name, i))}`],
    );
    const params = this.axes().flatMap((a) =>
      Number.isNaN(this.param(a, i)) ? [] : [`${this.data.axes[a]!.name} = ${this.textOf(a, this.param(a, i))}`],
    );
    const shown = params.length > 12 ? [...params.slice(0, 11), `… and ${params.length - 11} more`] : params;
    return [`trial ${this.number(i)}${role}${fates[this.fate(i)]}`, ...values, ...shown];
  }
}

/** A value of an axis, for people. */
export function axisText({ labels }: ReportAxis, x: number): string {
  return Number.isNaN(x) ? "absent" : (labels?.[x] ?? numberText(Number(x.toPrecision(4))).replace(/\.?0+e/, "e"));
}

/** Evenly fewer of some indices, those in `keep` always among them. */
export function thinned(
  all: readonly number[],
  most: number,
  keep: ReadonlySet<number> = new Set(),
): readonly number[] {
  if (all.length <= most) return all;
  const stride = all.length / most;
  const chosen = new Set(Array.from({ length: most }, (_, k) => all[Math.floor(k * stride)]!));
  return all.filter((i) => chosen.has(i) || keep.has(i));
}
