import type { Observation } from "../../core/sampler.ts";
import { dominates } from "../../math/dominance.ts";
import { nonDominatedRanks } from "../../math/non-dominated.ts";
import { hypervolumeSubset } from "../../math/hypervolume-subset.ts";
import { compareStandings, FAILED, FEASIBLE, type Standing, standingOf } from "../standing.ts";

interface Choice {
  readonly rows: readonly number[];
  readonly front: readonly (readonly number[])[];
}

/**
 * Trials from good to bad, kept in order: feasible ones by loss, then those cut off, by their bounds, then pruned ones (the later the better, then by the last
 * report), then infeasible ones by how much they exceed their constraints, then failed ones. Several losses: feasible
 * trials by non-dominated rank, of the rank that is cut the subset with the largest hypervolume (MOTPE: Ozaki et al.,
 * GECCO 2020; the greedy choice of the subset: Ozaki et al., JAIR 73, 2022).
 */
export class Ranking {
  readonly #objectives: number;
  readonly #keys: Standing[] = [];
  readonly #losses: (readonly number[])[] = [];
  readonly #order: number[] = [];
  /** Trials that measured something. */
  measured = 0;
  #feasible = 0;
  /** The last choice among several losses, and the front that was cut for it. */
  #chosen: Choice | undefined;

  constructor(objectives: number) {
    this.#objectives = objectives;
  }

  /** Adds a trial; its row is the number of those before it. */
  add(observation: Observation): void {
    const key = standingOf(observation, this.#objectives);
    const row = this.#keys.length;
    const { losses } = observation;
    this.#keys.push(key);
    this.#losses.push(losses);
    if (key[0] !== FAILED) this.measured++;
    if (key[0] === FEASIBLE) {
      this.#feasible++;
      // a trial that the front which was cut dominates changes nothing
      if (!this.#chosen?.front.some((other) => dominates(other, losses))) this.#chosen = undefined;
    }
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareStandings(this.#keys[this.#order[middle]!]!, key) <= 0) low = middle + 1;
      else high = middle;
    }
    this.#order.splice(low, 0, row);
  }

  /** The rows of the best trials, as many as wanted if so many measured something. */
  best(wanted: number): readonly number[] {
    const count = Math.min(wanted, this.measured);
    if (this.#objectives === 1 || this.#feasible <= count) return this.#order.slice(0, count);
    if (this.#chosen?.rows.length !== count) this.#chosen = this.#choose(count);
    return this.#chosen.rows;
  }

  #choose(count: number): Choice {
    // equal keys stay as they were added, so the feasible ones come in the order of their rows
    const feasible = this.#order.slice(0, this.#feasible);
    const ranks = nonDominatedRanks(feasible.map((row) => this.#losses[row]!));
    const sizes: number[] = [];
    for (const rank of ranks) sizes[rank] = (sizes[rank] ?? 0) + 1;
    let cut = 0;
    let before = 0;
    while (before + sizes[cut]! < count) before += sizes[cut++]!;
    const rows = feasible.filter((_, i) => ranks[i]! < cut);
    const last = feasible.filter((_, i) => ranks[i] === cut);
    const front = last.map((row) => this.#losses[row]!);
    const subset = hypervolumeSubset(front, count - before, referenceOf(front));
    return { rows: [...rows, ...subset.map((i) => last[i]!)], front };
  }
}

/** A little beyond the worst losses (Ozaki et al. 2022, section 5.1). */
function referenceOf(front: readonly (readonly number[])[]): number[] {
  return front[0]!.map((_, c) => {
    const worst = front.reduce((most, losses) => Math.max(most, losses[c]!), -Infinity);
    return Math.max(1.1 * worst, 0.9 * worst);
  });
}
