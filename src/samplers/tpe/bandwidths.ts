import { normalMassInUnit } from "../../math/erfc.ts";
import { grown } from "./columns.ts";
import type { Rows } from "./rows.ts";
import { SortedColumn } from "./sorted-column.ts";

/**
 * One normal kernel, truncated to [0, 1], for each member row and smooth axis. Its deviation is the larger distance to a
 * neighbour (Bergstra et al., NeurIPS 2011, section 4), where the outermost two have one neighbour each (a single one the ends of the axis), and is clipped
 * to [1 / min(100, n + 1), 1] over n kernels ("magic clip", Watanabe, arXiv:2304.11127, section 3.3.4). Kept up to date
 * member by member: a row changes its own kernel and its two neighbours' only.
 */
export class Bandwidths {
  readonly #rows: Rows;
  readonly #sorted: SortedColumn[];
  #low = 1;
  /** The logarithm of the product of the kernels at their centres, by row. */
  peak = new Float64Array(16);
  #stale = new Set<number>();

  /** It writes 1 / (√2 σ) into the scales of the rows. */
  constructor(rows: Rows) {
    this.#rows = rows;
    this.#sorted = rows.smooth.map((_, j) => new SortedColumn((row) => rows.coordinate(row, j)));
  }

  /** Replaces all members. */
  reset(members: Int32Array): void {
    this.#reserve();
    this.#low = least(members.length);
    this.#sorted.forEach((column, j) => {
      column.fill(members);
      for (let place = 0; place < column.size; place++) this.#refresh(j, place);
    });
    this.#stale.clear();
    for (const row of members) this.#total(row);
  }

  add(row: number): void {
    this.#reserve();
    this.#stale.add(row);
    for (let j = 0; j < this.#sorted.length; j++) this.#around(j, this.#sorted[j]!.insert(row), 1);
  }

  remove(row: number): void {
    for (let j = 0; j < this.#sorted.length; j++) this.#around(j, this.#sorted[j]!.remove(row) - 1, 1);
    this.#stale.delete(row);
  }

  /** Brings everything up to date after members came and went. */
  settle(members: number): void {
    const low = least(members);
    if (low !== this.#low) {
      this.#low = low;
      for (let j = 0; j < this.#sorted.length; j++)
        for (let place = 0; place < this.#sorted[j]!.size; place++) this.#refresh(j, place);
    }
    for (const row of this.#stale) this.#total(row);
    this.#stale.clear();
  }

  /** The deviation that one more kernel at `value` would have among the members. */
  deviation(j: number, value: number): number {
    const column = this.#sorted[j]!;
    const place = column.place(value, Infinity);
    return this.#between(
      value,
      place > 0 ? column.value(place - 1) : -Infinity,
      place < column.size ? column.value(place) : Infinity,
    );
  }

  #between(value: number, left: number, right: number): number {
    const alone = left === -Infinity && right === Infinity;
    const below = alone ? value : left === -Infinity ? 0 : value - left;
    const above = alone ? 1 - value : right === Infinity ? 0 : right - value;
    return Math.min(1, Math.max(below, above, this.#low));
  }

  #around(j: number, place: number, reach: number): void {
    const column = this.#sorted[j]!;
    for (let p = Math.max(0, place - reach); p <= Math.min(column.size - 1, place + reach); p++) this.#refresh(j, p);
  }

  #refresh(j: number, place: number): void {
    const column = this.#sorted[j]!;
    const value = column.value(place);
    const left = place > 0 ? column.value(place - 1) : -Infinity;
    const right = place + 1 < column.size ? column.value(place + 1) : Infinity;
    const row = column.row(place);
    const { scales } = this.#rows.near;
    const at = row * this.#sorted.length + j;
    const scale = Math.fround(Math.SQRT1_2 / this.#between(value, left, right));
    if (scales[at] === scale) return;
    scales[at] = scale;
    this.#stale.add(row);
  }

  #total(row: number): void {
    const d = this.#sorted.length;
    const { centres, scales } = this.#rows.near;
    let sum = 0;
    for (let at = row * d; at < (row + 1) * d; at++) sum += logPeak(centres[at]!, Math.SQRT1_2 / scales[at]!);
    this.peak[row] = sum;
  }

  #reserve(): void {
    const { size } = this.#rows;
    if (this.peak.length < size) this.peak = grown(this.peak, size);
  }
}

function least(members: number): number {
  return 1 / Math.min(100, members + 2);
}

/** The logarithm of a truncated normal density at its centre. */
export function logPeak(centre: number, deviation: number): number {
  return -Math.log(deviation * Math.sqrt(2 * Math.PI) * normalMassInUnit(centre, deviation));
}
