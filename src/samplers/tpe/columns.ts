import { type Axis, fromUnit, toUnit } from "../../space/axis.ts";

/** Ordered axes with at most as many cells are modelled cell by cell, others as continuous. */
const CELLS = 48;
/** Rows that there is room for at first. */
const ROOM = 64;

/** Whether an axis is modelled as continuous. */
export function isSmooth({ ordered, size }: Axis): boolean {
  return ordered && size > CELLS;
}

/** The points of one group, a row each, in typed columns: coordinates of smooth axes and cells of the others. */
export class Columns {
  readonly axes: readonly Axis[];
  /** Indices of the axes that are modelled as continuous, and of those modelled cell by cell. */
  readonly smooth: readonly number[];
  readonly celled: readonly number[];
  coordinates: Float64Array;
  cells: Int32Array;
  size = 0;

  constructor(axes: readonly Axis[], indices: readonly number[]) {
    this.axes = axes;
    this.smooth = indices.filter((i) => isSmooth(axes[i]!));
    this.celled = indices.filter((i) => !isSmooth(axes[i]!));
    this.coordinates = new Float64Array(ROOM * this.smooth.length);
    this.cells = new Int32Array(ROOM * this.celled.length);
  }

  /** Adds a settled point whose axes are all active. */
  push(unit: ArrayLike<number>): void {
    const row = this.add();
    const { smooth, celled, axes } = this;
    for (let j = 0; j < smooth.length; j++) this.coordinates[row * smooth.length + j] = unit[smooth[j]!]!;
    for (let j = 0; j < celled.length; j++) {
      const axis = axes[celled[j]!]!;
      this.cells[row * celled.length + j] = fromUnit(axis, unit[celled[j]!]!) - axis.low;
    }
  }

  /** Makes room for one more row, and gives it. */
  add(): number {
    const row = this.size++;
    const [d, c] = [this.size * this.smooth.length, this.size * this.celled.length];
    if (d > this.coordinates.length) this.coordinates = grown(this.coordinates, d);
    if (c > this.cells.length) this.cells = grown(this.cells, c);
    return row;
  }

  /** Writes a row into a raw point. */
  place(row: number, raw: Float64Array): void {
    const { smooth, celled, axes } = this;
    for (let j = 0; j < smooth.length; j++) raw[smooth[j]!] = this.coordinates[row * smooth.length + j]!;
    for (let j = 0; j < celled.length; j++) {
      const axis = axes[celled[j]!]!;
      raw[celled[j]!] = toUnit(axis, axis.low + this.cells[row * celled.length + j]!);
    }
  }

  /** Forgets all rows, and keeps the room. */
  clear(): void {
    this.size = 0;
  }
}

/** A copy with room for `length` numbers and a sixteenth more: what is kept for every trial ought to be little. */
export function grown<T extends Float64Array | Int32Array | Uint8Array>(array: T, length: number): T {
  const larger = new (array.constructor as new (length: number) => T)(Math.ceil(1.0625 * Math.max(16, length)));
  larger.set(array);
  return larger;
}
