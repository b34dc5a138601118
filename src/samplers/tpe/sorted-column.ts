/** Numbers with the rows that they belong to, kept sorted; equal ones by row, so that the order has no history. */
export class SortedColumn {
  #values = new Float64Array(64);
  #rows = new Int32Array(64);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  value(place: number): number {
    return this.#values[place]!;
  }

  row(place: number): number {
    return this.#rows[place]!;
  }

  /** Fills an empty column. */
  fill(values: (row: number) => number, rows: Int32Array): void {
    const sorted = Array.from(rows, (row) => [values(row), row] as const).sort(([a, i], [b, j]) => a - b || i - j);
    this.#size = sorted.length;
    this.#grow();
    sorted.forEach(([value, row], place) => {
      this.#values[place] = value;
      this.#rows[place] = row;
    });
  }

  /** The number of entries before a value and row. */
  place(value: number, row: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = this.#values[middle]!;
      if (at < value || (at === value && this.#rows[middle]! < row)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Adds an entry and says where it stands. */
  insert(value: number, row: number): number {
    const place = this.place(value, row);
    const size = this.#size++;
    this.#grow();
    this.#values.copyWithin(place + 1, place, size);
    this.#rows.copyWithin(place + 1, place, size);
    this.#values[place] = value;
    this.#rows[place] = row;
    return place;
  }

  /** Takes an entry away and says where it stood. */
  remove(value: number, row: number): number {
    const place = this.place(value, row);
    this.#values.copyWithin(place, place + 1, this.#size);
    this.#rows.copyWithin(place, place + 1, this.#size);
    this.#size--;
    return place;
  }

  #grow(): void {
    if (this.#size <= this.#values.length) return;
    const room = 2 * this.#size;
    const values = new Float64Array(room);
    values.set(this.#values);
    const rows = new Int32Array(room);
    rows.set(this.#rows);
    this.#values = values;
    this.#rows = rows;
  }
}
