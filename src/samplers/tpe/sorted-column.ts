import { grown } from "./columns.ts";

/** Rows in the order of a number that each has; equal ones by row, so that the order has no history. */
export class SortedColumn {
  readonly #value: (row: number) => number;
  #rows = new Int32Array(16);
  #size = 0;

  constructor(value: (row: number) => number) {
    this.#value = value;
  }

  get size(): number {
    return this.#size;
  }

  value(place: number): number {
    return this.#value(this.#rows[place]!);
  }

  row(place: number): number {
    return this.#rows[place]!;
  }

  /** Takes these rows, and no others. */
  fill(rows: Int32Array): void {
    this.#size = rows.length;
    this.#grow();
    this.#rows.set(rows);
    this.#rows.subarray(0, rows.length).sort((i, j) => this.#value(i) - this.#value(j) || i - j);
  }

  /** The number of entries before a value and row. */
  place(value: number, row: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#rows[middle]!;
      const at = this.#value(other);
      if (at < value || (at === value && other < row)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Adds a row and says where it stands. */
  insert(row: number): number {
    const place = this.place(this.#value(row), row);
    const size = this.#size++;
    this.#grow();
    this.#rows.copyWithin(place + 1, place, size);
    this.#rows[place] = row;
    return place;
  }

  /** Takes a row away and says where it stood. */
  remove(row: number): number {
    const place = this.place(this.#value(row), row);
    this.#rows.copyWithin(place, place + 1, this.#size);
    this.#size--;
    return place;
  }

  #grow(): void {
    if (this.#size > this.#rows.length) this.#rows = grown(this.#rows, this.#size);
  }
}
