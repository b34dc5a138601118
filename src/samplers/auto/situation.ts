import type { Observation, Setting } from "../../core/sampler.ts";
import type { Axis } from "../../space/axis.ts";

/** From as many cells on an ordered axis counts as good as continuous. */
const FINE = 24;

/** What the choice of a sampler goes by. */
export interface Situation {
  /** Axes with more than one value, and how many of them are ordered with many values, ordered with few, and unordered. */
  readonly axes: number;
  readonly fine: number;
  readonly coarse: number;
  readonly unordered: number;
  /** Whether some axes exist only under others. */
  readonly conditional: boolean;
  /** The number of configurations, `where` aside. */
  readonly size: number;
  readonly objectives: number;
  readonly constraints: number;
  /** The trials that the search may have; Infinity when it is not known. */
  readonly budget: number;
  /** The trials that came to losses. */
  readonly measured: number;
  /** The share of the finished trials that failed. */
  readonly failing: number;
  /** The median standard error, as a share of the spread (quartile to quartile) of the first loss; 0 where none is known. */
  readonly noise: number;
}

/** Follows what is told, for {@link Situation}. */
export class Scene {
  readonly #space: Omit<Situation, "measured" | "failing" | "noise">;
  readonly #losses: number[] = [];
  readonly #errors: number[] = [];
  #failed = 0;
  #measured = 0;

  constructor({ cube, objectives, constraints, budget = Infinity }: Setting) {
    const open = cube.axes.filter(({ size }) => size > 1);
    const count = (which: (axis: Axis) => boolean): number => open.filter(which).length;
    this.#space = {
      axes: open.length,
      fine: count(({ ordered, size }) => ordered && size >= FINE),
      coarse: count(({ ordered, size }) => ordered && size < FINE),
      unordered: count(({ ordered }) => !ordered),
      conditional: open.some(({ when }) => when !== undefined),
      size: cube.size,
      objectives,
      constraints,
      budget,
    };
  }

  /** The trials that came to losses. */
  get measured(): number {
    return this.#measured;
  }

  add({ state, losses, errors }: Observation): void {
    if (state === "failed") this.#failed++;
    if (state !== "complete") return;
    this.#measured++;
    if (losses.length > 0) this.#losses.push(losses[0]!);
    const error = errors?.[0];
    if (error !== undefined && Number.isFinite(error)) this.#errors.push(error);
  }

  /** The situation after what was told so far. */
  get situation(): Situation {
    const finished = this.#measured + this.#failed;
    return {
      ...this.#space,
      measured: this.#measured,
      failing: finished === 0 ? 0 : this.#failed / finished,
      noise: this.#noise(),
    };
  }

  #noise(): number {
    const spread = quantile(this.#losses, 0.75) - quantile(this.#losses, 0.25);
    return this.#errors.length === 0 || !(spread > 0) ? 0 : quantile(this.#errors, 0.5) / spread;
  }
}

function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))] ?? NaN;
}
