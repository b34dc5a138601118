import type { Observation, Running } from "../../core/sampler.ts";
import type { Axis } from "../../space/axis.ts";
import { Columns } from "./columns.ts";
import type { Group } from "./groups.ts";
import { Parzen } from "./parzen.ts";
import { Ranking } from "./ranking.ts";

/** The share of trials that count as good, and how many at most with one objective and with several. */
const SHARE = 0.1;
const MOST = 25;
const MOST_OF_SEVERAL = 100;

/** What is known of one group of axes: its good trials, its other ones, and a density for each. */
export class Model {
  readonly group: Group;
  readonly good: Parzen;
  readonly other: Parzen;
  /** Points to choose from. */
  readonly batch: Columns;
  readonly #running: Columns;
  readonly #ranking: Ranking;
  readonly #most: number;
  /** The rows that count as good, ascending. */
  #best: readonly number[] = [];
  #told = 0;

  constructor(axes: readonly Axis[], group: Group, objectives: number) {
    this.group = group;
    this.#running = new Columns(axes, group.axes);
    this.batch = new Columns(axes, group.axes);
    this.good = new Parzen(axes, group.axes, false);
    this.other = new Parzen(axes, group.axes, true);
    this.#ranking = new Ranking(objectives);
    this.#most = objectives === 1 ? MOST : MOST_OF_SEVERAL;
  }

  /** Whether the group's axes are active at a settled point. */
  active(unit: ArrayLike<number>): boolean {
    return !Number.isNaN(unit[this.group.axes[0]!]!);
  }

  add(observation: Observation): void {
    if (!this.active(observation.unit)) return;
    this.other.rows.push(observation.unit);
    this.#ranking.add(observation);
  }

  /** Divides what was told since the last time into good and other; running trials are others (the constant liar). */
  fit(running: readonly Running[]): void {
    const { good, other } = this;
    const { size } = other.rows;
    this.#running.clear();
    for (const { unit } of running) if (this.active(unit)) this.#running.push(unit);
    if (size === this.#told) return;
    const wanted = Math.min(Math.ceil(SHARE * this.#ranking.measured), this.#most);
    const best = [...this.#ranking.best(wanted)].sort((a, b) => a - b);
    const is = new Set(best);
    for (let row = this.#told; row < size; row++) other.include(row, !is.has(row));
    for (const row of this.#best) other.include(row, !is.has(row));
    for (const row of best) other.include(row, false);
    other.settle();
    this.#told = size;
    if (best.length === this.#best.length && best.every((row, i) => row === this.#best[i])) return;
    this.#best = best;
    good.clear();
    best.forEach((row, at) => {
      good.rows.copy(other.rows, row);
      good.include(at, true);
    });
    good.settle();
  }

  /** The row of the batch where the good trials are densest beside the others: the largest log l(x) − log g(x). */
  best(): number {
    const n = this.batch.size;
    const l = new Float64Array(n);
    const g = new Float64Array(n);
    this.good.score(this.batch, undefined, l);
    this.other.score(this.batch, this.#running, g);
    let best = 0;
    for (let k = 1; k < n; k++) if (l[k]! - g[k]! > l[best]! - g[best]!) best = k;
    return best;
  }
}
