import { NearRows } from "../../math/simd/near-rows.ts";
import { type Axis, fromUnit } from "../../space/axis.ts";
import { grown, isSmooth } from "./columns.ts";

/**
 * The points of finished trials, a row each: coordinates of smooth axes in single precision, which is far below what a
 * kernel of a hundredth of the axis can tell apart, and cells of the others. Little is kept, as it is kept of every trial.
 */
export class Rows {
  readonly smooth: readonly number[];
  readonly celled: readonly number[];
  /** Coordinates are its centres, and the scales are the kernels' 1 / (√2 σ). */
  readonly near: NearRows;
  cells = new Int32Array(0);
  size = 0;
  readonly #axes: readonly Axis[];

  constructor(axes: readonly Axis[], indices: readonly number[]) {
    this.#axes = axes;
    this.smooth = indices.filter((i) => isSmooth(axes[i]!));
    this.celled = indices.filter((i) => !isSmooth(axes[i]!));
    this.near = new NearRows(this.smooth.length);
  }

  /** The axis of a column of cells. */
  celledAxis(column: number): Axis {
    return this.#axes[this.celled[column]!]!;
  }

  coordinate(row: number, column: number): number {
    return this.near.centres[row * this.smooth.length + column]!;
  }

  cell(row: number, column: number): number {
    return this.cells[row * this.celled.length + column]!;
  }

  /** Adds a settled point whose axes are all active. */
  push(unit: ArrayLike<number>): void {
    const row = this.#add();
    const { smooth, celled } = this;
    for (let j = 0; j < smooth.length; j++) this.near.centres[row * smooth.length + j] = unit[smooth[j]!]!;
    for (let j = 0; j < celled.length; j++) {
      const axis = this.celledAxis(j);
      this.cells[row * celled.length + j] = fromUnit(axis, unit[celled[j]!]!) - axis.low;
    }
  }

  /** Adds a row of others over the same axes. */
  copy(others: Rows, from: number): void {
    const row = this.#add();
    const [d, c] = [this.smooth.length, this.celled.length];
    for (let j = 0; j < d; j++) this.near.centres[row * d + j] = others.coordinate(from, j);
    for (let j = 0; j < c; j++) this.cells[row * c + j] = others.cell(from, j);
  }

  /** Forgets all rows, and keeps the room. */
  clear(): void {
    this.size = 0;
  }

  #add(): number {
    const row = this.size++;
    if (this.smooth.length > 0) this.near.reserve(this.size, this.near.groups);
    const cells = this.size * this.celled.length;
    if (cells > this.cells.length) this.cells = grown(this.cells, cells);
    return row;
  }
}
