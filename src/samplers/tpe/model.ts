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
  readonly #columns: Columns;
  readonly #running: Columns;
  readonly #ranking: Ranking;
  readonly #most: number;
  #flags = new Uint8Array(0);
  #told = 0;

  constructor(axes: readonly Axis[], group: Group, objectives: number) {
    this.group = group;
    this.#columns = new Columns(axes, group.axes);
    this.#running = new Columns(axes, group.axes);
    this.batch = new Columns(axes, group.axes);
    this.good = new Parzen(this.#columns, false);
    this.other = new Parzen(this.#columns, true);
    this.#ranking = new Ranking(objectives);
    this.#most = objectives === 1 ? MOST : MOST_OF_SEVERAL;
  }

  /** Whether the group's axes are active at a settled point. */
  active(unit: ArrayLike<number>): boolean {
    return !Number.isNaN(unit[this.group.axes[0]!]!);
  }

  add(observation: Observation): void {
    if (!this.active(observation.unit)) return;
    this.#columns.push(observation.unit);
    this.#ranking.add(observation);
  }

  /** Divides what was told since the last time into good and other; running trials are others (the constant liar). */
  fit(running: readonly Running[]): void {
    const { size } = this.#columns;
    this.#running.clear();
    for (const { unit } of running) if (this.active(unit)) this.#running.push(unit);
    if (size === this.#told) return;
    this.#told = size;
    if (this.#flags.length < size) this.#flags = new Uint8Array(2 * size);
    this.#flags.fill(0);
    const wanted = Math.min(Math.ceil(SHARE * this.#ranking.measured), this.#most);
    for (const row of this.#ranking.best(wanted)) this.#flags[row] = 1;
    this.good.update(this.#flags, 1);
    this.other.update(this.#flags, 0);
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
