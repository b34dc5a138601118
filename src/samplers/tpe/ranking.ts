import type { Observation } from "../../core/sampler.ts";
import { dominates } from "../../math/dominance.ts";
import { nonDominatedRanks } from "../../math/non-dominated.ts";
import { hypervolumeSubset } from "../../math/hypervolume-subset.ts";
import { compareStandings, FAILED, FEASIBLE, type Standing, standingOf } from "../standing.ts";
import { grown } from "./columns.ts";

interface Choice {
  readonly rows: readonly number[];
  readonly front: readonly (readonly number[])[];
}

/** The feasible trials of the first non-dominated ranks, in the order of their rows. */
interface Pool {
  readonly rows: number[];
  /** The last rank that it holds, and the losses of those who were of that rank when it was made. */
  readonly deepest: number;
  readonly front: readonly (readonly number[])[];
}

/** How many ranks beyond the one that is cut a pool holds, so that it lasts. */
const SPARE = 3;

/**
 * Trials from good to bad, kept in order: feasible ones by loss, then those cut off, by their bounds, then pruned ones (the later the better, then by the last
 * report), then infeasible ones by how much they exceed their constraints, then failed ones. Several losses: feasible
 * trials by non-dominated rank, of the rank that is cut the subset with the largest hypervolume (MOTPE: Ozaki et al.,
 * GECCO 2020; the greedy choice of the subset: Ozaki et al., JAIR 73, 2022).
 */
export class Ranking {
  readonly #objectives: number;
  /** The standings, a class and two numbers for each trial, and the losses where there are several objectives. */
  #tiers = new Uint8Array(0);
  #keys = new Float64Array(0);
  #losses = new Float64Array(0);
  /** Rows from good to bad. */
  #order = new Int32Array(0);
  #size = 0;
  /** Trials that measured something. */
  measured = 0;
  #feasible = 0;
  /** The last choice among several losses, and the front that was cut for it. */
  #chosen: Choice | undefined;
  #pool: Pool | undefined;

  constructor(objectives: number) {
    this.#objectives = objectives;
  }

  /** Adds a trial; its row is the number of those before it. */
  add(observation: Observation): void {
    const key = standingOf(observation, this.#objectives);
    const row = this.#size++;
    const { losses } = observation;
    this.#reserve();
    this.#tiers[row] = key[0];
    this.#keys[2 * row] = key[1];
    this.#keys[2 * row + 1] = key[2];
    if (key[0] !== FAILED) this.measured++;
    if (key[0] === FEASIBLE) {
      this.#feasible++;
      if (this.#objectives > 1) this.#losses.set(losses, row * this.#objectives);
      // a trial that the front which was cut dominates changes nothing
      if (!this.#chosen?.front.some((other) => dominates(other, losses))) this.#chosen = undefined;
      if (!this.#pool?.front.some((other) => dominates(other, losses))) this.#pool?.rows.push(row);
    }
    let low = 0;
    let high = row;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareStandings(this.#key(this.#order[middle]!), key) <= 0) low = middle + 1;
      else high = middle;
    }
    this.#order.copyWithin(low + 1, low, row);
    this.#order[low] = row;
  }

  #key(row: number): Standing {
    return [this.#tiers[row]!, this.#keys[2 * row]!, this.#keys[2 * row + 1]!];
  }

  #lossesOf(row: number): number[] {
    return [...this.#losses.subarray(row * this.#objectives, (row + 1) * this.#objectives)];
  }

  #reserve(): void {
    const size = this.#size;
    if (this.#order.length >= size) return;
    this.#order = grown(this.#order, size);
    this.#tiers = grown(this.#tiers, size);
    this.#keys = grown(this.#keys, 2 * this.#order.length);
    if (this.#objectives > 1) this.#losses = grown(this.#losses, this.#objectives * this.#order.length);
  }

  /** The rows of the best trials, as many as wanted if so many measured something. */
  best(wanted: number): readonly number[] {
    const count = Math.min(wanted, this.measured);
    if (this.#objectives === 1 || this.#feasible <= count) return [...this.#order.subarray(0, count)];
    if (this.#chosen?.rows.length !== count) this.#chosen = this.#choose(count);
    return this.#chosen.rows;
  }

  #choose(count: number): Choice {
    const chosen = this.#pool && this.#cut(this.#pool, count);
    if (chosen !== undefined) return chosen;
    // equal keys stay as they were added, so the feasible ones come in the order of their rows
    const feasible = [...this.#order.subarray(0, this.#feasible)];
    const ranks = nonDominatedRanks(feasible.map((row) => this.#lossesOf(row)));
    const sizes: number[] = [];
    for (const rank of ranks) sizes[rank] = (sizes[rank] ?? 0) + 1;
    let deepest = 0;
    for (let sum = sizes[0]!; sum < count; sum += sizes[deepest]!) deepest++;
    deepest += SPARE;
    const last = feasible.filter((_, i) => ranks[i] === deepest);
    const rows = feasible.filter((_, i) => ranks[i]! <= deepest);
    this.#pool = { rows, deepest, front: last.map((row) => this.#lossesOf(row)) };
    return this.#cut(this.#pool, count)!;
  }

  /**
   * The best `count` of a pool. Who dominates one of its trials is in it as well, so that ranks within it are those
   * among all; undefined where ranks that it may not hold whole would be needed.
   */
  #cut(pool: Pool, count: number): Choice | undefined {
    const losses = pool.rows.map((row) => this.#lossesOf(row));
    const ranks = nonDominatedRanks(losses);
    const sizes = new Int32Array(pool.deepest + 1);
    for (const rank of ranks) if (rank <= pool.deepest) sizes[rank]!++;
    let cut = 0;
    let before = 0;
    while (cut <= pool.deepest && before + sizes[cut]! < count) before += sizes[cut++]!;
    if (cut > pool.deepest) return undefined;
    const rows = pool.rows.filter((_, i) => ranks[i]! < cut);
    const last = pool.rows.filter((_, i) => ranks[i] === cut);
    const front = losses.filter((_, i) => ranks[i] === cut);
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
