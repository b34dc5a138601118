import { normalMassInUnit } from "../../math/erfc.ts";
import { type Columns, grown } from "./columns.ts";
import { SortedColumn } from "./sorted-column.ts";

/**
 * One normal kernel, truncated to [0, 1], for each member row and smooth axis. Its deviation is the larger distance to a
 * neighbour (Bergstra et al., NeurIPS 2011, section 4), where the outermost two have one neighbour each (a single one the ends of the axis), and is clipped
 * to [1 / min(100, n + 1), 1] over n kernels ("magic clip", Watanabe, arXiv:2304.11127, section 3.3.4). Kept up to date
 * member by member: a row changes its own kernel and its two neighbours' only.
 */
export class Bandwidths {
  readonly #columns: Columns;
  readonly #sorted: SortedColumn[];
  #low = 1;
  /** 1 / (√2 σ), by row and smooth axis. */
  inverse = new Float64Array(64);
  /** The logarithm of the kernel at its centre, by row and smooth axis, and its sum over the axes, by row. */
  #terms = new Float64Array(64);
  peak = new Float64Array(64);
  #stale = new Set<number>();

  constructor(columns: Columns) {
    this.#columns = columns;
    this.#sorted = columns.smooth.map(() => new SortedColumn());
  }

  /** Replaces all members. */
  reset(rows: Int32Array): void {
    this.#reserve();
    const d = this.#sorted.length;
    this.#low = least(rows.length);
    this.#sorted.forEach((column, j) => {
      column.fill((row) => this.#columns.coordinates[row * d + j]!, rows);
      for (let place = 0; place < column.size; place++) this.#refresh(j, place);
    });
    this.#stale.clear();
    for (const row of rows) this.#total(row);
  }

  add(row: number): void {
    this.#reserve();
    this.#stale.add(row);
    const d = this.#sorted.length;
    for (let j = 0; j < d; j++) {
      const place = this.#sorted[j]!.insert(this.#columns.coordinates[row * d + j]!, row);
      this.#around(j, place, 1);
    }
  }

  remove(row: number): void {
    const d = this.#sorted.length;
    for (let j = 0; j < d; j++) {
      const place = this.#sorted[j]!.remove(this.#columns.coordinates[row * d + j]!, row);
      this.#around(j, place - 1, 1);
    }
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
    const deviation = this.#between(value, left, right);
    const row = column.row(place);
    const at = row * this.#sorted.length + j;
    const inverse = Math.SQRT1_2 / deviation;
    if (this.inverse[at] === inverse && this.#terms[at] !== 0) return;
    this.inverse[at] = inverse;
    this.#terms[at] = logPeak(value, deviation);
    this.#stale.add(row);
  }

  #total(row: number): void {
    const d = this.#sorted.length;
    let sum = 0;
    for (let j = 0; j < d; j++) sum += this.#terms[row * d + j]!;
    this.peak[row] = sum;
  }

  #reserve(): void {
    const { size } = this.#columns;
    const d = Math.max(1, this.#sorted.length);
    while (this.inverse.length < size * d) this.inverse = grown(this.inverse);
    while (this.#terms.length < size * d) this.#terms = grown(this.#terms);
    while (this.peak.length < size) this.peak = grown(this.peak);
  }
}

function least(members: number): number {
  return 1 / Math.min(100, members + 2);
}

/** The logarithm of a truncated normal density at its centre. */
export function logPeak(centre: number, deviation: number): number {
  return -Math.log(deviation * Math.sqrt(2 * Math.PI) * normalMassInUnit(centre, deviation));
}
