import type { Observation } from "../../core/sampler.ts";
import { normalQuantile } from "../../math/normal.ts";
import type { Random } from "../../core/random.ts";
import { compareStandings, FAILED, FEASIBLE, type Standing, standingOf } from "../standing.ts";

/** The weight of the sum beside the greatest loss (Knowles 2006, equation 2). */
const RHO = 0.05;

/** What trials came to, in standard units: the lower, the better. */
export interface Scores {
  readonly values: Float64Array;
  readonly variances: Float64Array;
}

/** One told trial. */
interface Entry {
  readonly unit: Float64Array;
  readonly standing: Standing;
  readonly losses: readonly number[];
  readonly errors: readonly number[] | undefined;
}

/** The trials that were told. */
export class Told {
  readonly #objectives: number;
  readonly #entries: Entry[] = [];
  /** Trials that measured something. */
  measured = 0;

  constructor(objectives: number) {
    this.#objectives = objectives;
  }

  get size(): number {
    return this.#entries.length;
  }

  unit(index: number): Float64Array {
    return this.#entries[index]!.unit;
  }

  add(observation: Observation): void {
    const { unit, losses, errors } = observation;
    const standing = standingOf(observation, this.#objectives);
    if (standing[0] !== FAILED) this.measured++;
    this.#entries.push({ unit, standing, losses, errors });
  }

  /**
   * The first `count` trials from good to bad, by what they measured: with several objectives by the augmented Tchebycheff
   * function of the losses in units of the front's extent, with random weights (ParEGO: Knowles, IEEE TEVC 2006).
   */
  ranking(count: number, random: Random): Ranking {
    const entries = this.#entries.slice(0, count);
    if (this.#objectives === 1)
      return new Ranking(entries.map(({ standing, errors }) => [standing, errors?.[0] ?? NaN]));
    const weights = Array.from({ length: this.#objectives }, () => -Math.log(1 - random.uniform()));
    const total = weights.reduce((a, b) => a + b, 0);
    const feasible = entries.filter(({ standing }) => standing[0] === FEASIBLE).map(({ losses }) => losses);
    const low = weights.map((_, k) => feasible.reduce((least, losses) => Math.min(least, losses[k]!), Infinity));
    const high = weights.map((_, k) => feasible.reduce((most, losses) => Math.max(most, losses[k]!), -Infinity));
    const scale = weights.map((weight, k) => weight / total / (high[k]! - low[k]! || 1));
    return new Ranking(
      entries.map(({ standing, losses, errors }) => {
        if (standing[0] !== FEASIBLE) return [standing, NaN];
        const terms = losses.map((loss, k) => scale[k]! * (loss - low[k]!));
        const most = terms.indexOf(Math.max(...terms));
        const value = terms[most]! + RHO * terms.reduce((a, b) => a + b, 0);
        return [[FEASIBLE, value, 0], scale[most]! * (errors?.[most] ?? NaN)];
      }),
    );
  }
}

/** Trials in order, from good to bad; feasible ones first. */
export class Ranking {
  readonly order: readonly number[];
  readonly #standings: readonly (readonly [Standing, number])[];

  constructor(standings: readonly (readonly [Standing, number])[]) {
    this.#standings = standings;
    this.order = [...standings.keys()].sort((a, b) => compareStandings(standings[a]![0], standings[b]![0]) || a - b);
  }

  /**
   * Normal scores of the trials at `indices`: the quantile of the standard normal distribution at each one's rank, equal
   * ones at their middle. Whatever monotone scale the losses have, what is cut off, pruned, infeasible or failed has a place
   * in it. A standard error becomes that of the score, by the scores at one error to either side.
   */
  scores(indices: readonly number[]): Scores {
    const standings = this.#standings;
    const among = new Set(indices);
    const order = this.order.filter((i) => among.has(i));
    const scoreOf = new Map<number, number>();
    const losses: number[] = [];
    const n = order.length;
    for (let from = 0, to = 0; from < n; from = to) {
      while (to < n && compareStandings(standings[order[from]!]![0], standings[order[to]!]![0]) === 0) to++;
      const score = normalQuantile((from + to) / (2 * n));
      for (let k = from; k < to; k++) scoreOf.set(order[k]!, score);
    }
    for (const i of order) if (standings[i]![0][0] === FEASIBLE) losses.push(standings[i]![0][1]);
    const at = (loss: number): number => {
      let [low, high] = [0, losses.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (losses[middle]! < loss) low = middle + 1;
        else high = middle;
      }
      return normalQuantile((low + 0.5) / (n + 1));
    };
    return {
      values: Float64Array.from(indices, (i) => scoreOf.get(i)!),
      variances: Float64Array.from(indices, (i) => {
        const [[tier, loss], error] = standings[i]!;
        return tier === FEASIBLE && error > 0 ? ((at(loss + error) - at(loss - error)) / 2) ** 2 : 0;
      }),
    };
  }

  /** At most `most` indices that stand for all, ascending: the best half, and of the rest as many at even distances. */
  sample(most: number): number[] {
    const n = this.order.length;
    if (n <= most) return [...this.order.keys()];
    const half = most >> 1;
    const rest = Array.from(
      { length: most - half },
      (_, k) => this.order[half + Math.floor(((k + 0.5) * (n - half)) / (most - half))]!,
    );
    return [...this.order.slice(0, half), ...rest].sort((a, b) => a - b);
  }
}
