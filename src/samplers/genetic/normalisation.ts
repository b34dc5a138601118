import { dominates } from "../../math/dominance.ts";
import { solve } from "../../math/linear.ts";
import type { Individual } from "./individual.ts";

/**
 * The adaptive normalisation of NSGA-III (Deb & Jain 2014, section IV-C): ideal, worst and extreme points persist over
 * generations; the nadir is where the hyperplane through the extreme points meets the axes, and the worst of the front
 * where there is no such plane (Blank, Deb & Roy, "Investigating the normalization procedure of NSGA-III", EMO 2019).
 */
export class Normalisation {
  readonly #ideal: Float64Array;
  readonly #worst: Float64Array;
  #extremes: (readonly number[])[] = [];
  #span: Float64Array;

  constructor(objectives: number) {
    this.#ideal = new Float64Array(objectives).fill(Infinity);
    this.#worst = new Float64Array(objectives).fill(-Infinity);
    this.#span = new Float64Array(objectives).fill(1);
  }

  /** The least of each loss so far. */
  get ideal(): Float64Array {
    return this.#ideal;
  }

  /** From the ideal to the nadir, all > 0. */
  get span(): Float64Array {
    return this.#span;
  }

  /** Takes a generation into account: every feasible individual, and the first front of them. */
  update(all: readonly Individual[], front: readonly Individual[]): void {
    for (const { losses } of all) {
      for (let c = 0; c < losses.length; c++) {
        if (losses[c]! < this.#ideal[c]!) this.#ideal[c] = losses[c]!;
        if (losses[c]! > this.#worst[c]!) this.#worst[c] = losses[c]!;
      }
    }
    const worstOfFront = this.#reach(front);
    this.#findExtremes(front, worstOfFront);
    const intercepts = this.#intercepts();
    const worstOfAll = this.#reach(all);
    this.#span = worstOfFront.map((reach, c) => {
      const least = 1e-9 * worstOfAll[c]!;
      const span = intercepts === undefined ? reach : Math.min(intercepts[c]!, this.#worst[c]! - this.#ideal[c]!);
      return span > least ? span : worstOfAll[c]! > 0 ? worstOfAll[c]! : 1;
    });
  }

  /** How far the individuals reach beyond the ideal, per loss. */
  #reach(of: readonly Individual[]): Float64Array {
    const reach = new Float64Array(this.#ideal.length);
    for (const { losses } of of)
      for (let c = 0; c < reach.length; c++) reach[c] = Math.max(reach[c]!, losses[c]! - this.#ideal[c]!);
    return reach;
  }

  /** Equation 4: for each axis the point of the least achievement scalarising value, earlier extremes included. */
  #findExtremes(front: readonly Individual[], scale: Float64Array): void {
    const kept = this.#extremes.filter((extreme) => !front.some(({ losses }) => dominates(losses, extreme)));
    const points = [...kept, ...front.map(({ losses }) => losses)];
    this.#extremes = Array.from(this.#ideal, (_, axis) => {
      let best = points[0]!;
      let least = Infinity;
      for (const point of points) {
        let value = 0;
        for (let c = 0; c < point.length; c++) {
          const off = (point[c]! - this.#ideal[c]!) / (scale[c]! > 0 ? scale[c]! : 1);
          value = Math.max(value, c === axis ? off : (off < 1e-3 ? 0 : off) * 1e6);
        }
        if (value < least) [best, least] = [point, value];
      }
      return best;
    });
  }

  /** Where the hyperplane through the extreme points meets each axis, from the ideal. */
  #intercepts(): Float64Array | undefined {
    const plane = solve(
      this.#extremes.map((extreme) => extreme.map((x, c) => x - this.#ideal[c]!)),
      new Float64Array(this.#ideal.length).fill(1),
    );
    if (plane === undefined || !plane.every((x) => x > 0)) return undefined;
    const intercepts = plane.map((x) => 1 / x);
    return intercepts.every(Number.isFinite) ? intercepts : undefined;
  }
}
