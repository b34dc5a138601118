import type { Random } from "../../core/random.ts";
import { type Axis, fromUnit } from "../../space/axis.ts";

/** How fast the probabilities follow a generation. */
const RATE = 0.3;

/**
 * A distribution over the cells of each unordered axis, learnt along with the normal one: each generation moves it
 * towards the cells of its better half, and no cell falls below a margin (CatCMA with margin in spirit: Hamano et al.,
 * GECCO 2024 and 2025; the update is PBIL's, Baluja 1994, with the weights of CMA-ES).
 */
export class Categories {
  readonly #axes: readonly Axis[];
  readonly #indices: readonly number[];
  readonly #shares: Float64Array[];

  constructor(axes: readonly Axis[], indices: readonly number[]) {
    this.#axes = axes;
    this.#indices = indices;
    this.#shares = indices.map((i) =>
      Float64Array.from({ length: axes[i]!.size }, (_, k) => axes[i]!.weights?.[k] ?? 1 / axes[i]!.size),
    );
  }

  /** Draws a cell for each axis into a raw point. */
  draw(random: Random, raw: Float64Array): void {
    this.#indices.forEach((index, j) => {
      const shares = this.#shares[j]!;
      let u = random.uniform();
      let cell = 0;
      while (cell < shares.length - 1 && (u -= shares[cell]!) >= 0) cell++;
      raw[index] = (cell + 0.5) / shares.length;
    });
  }

  /** Learns from settled points, best first; `weights` of the worse half are negative and do not count. */
  update(units: readonly Float64Array[], weights: Float64Array, alpha: number): void {
    this.#indices.forEach((index, j) => {
      const shares = this.#shares[j]!;
      const axis = this.#axes[index]!;
      const seen = new Float64Array(shares.length);
      let total = 0;
      units.forEach((unit, k) => {
        const weight = weights[k]!;
        if (!(weight > 0) || Number.isNaN(unit[index]!)) return;
        seen[fromUnit(axis, unit[index]!) - axis.low]! += weight;
        total += weight;
      });
      if (total === 0) return;
      const least = Math.min(alpha, 0.5) / shares.length;
      let sum = 0;
      for (let k = 0; k < shares.length; k++)
        sum += shares[k] = Math.max(least, (1 - RATE) * shares[k]! + (RATE * seen[k]!) / total);
      for (let k = 0; k < shares.length; k++) shares[k]! /= sum;
    });
  }
}
