/** Which trial holds a row: a hash table over rows of numbers, exact. */
export class RowIndex {
  readonly #row: (number: number) => Float64Array | undefined;
  readonly #buckets = new Map<number, number | number[]>();

  /** `row` looks up the row of a trial that was added. */
  constructor(row: (number: number) => Float64Array | undefined) {
    this.#row = row;
  }

  find(row: Float64Array): number | undefined {
    const bucket = this.#buckets.get(hash(row));
    if (bucket === undefined) return undefined;
    if (typeof bucket === "number") return this.#holds(bucket, row) ? bucket : undefined;
    return bucket.find((number) => this.#holds(number, row));
  }

  /** Adds a trial, unless another one holds its row already. */
  add(row: Float64Array, number: number): void {
    const key = hash(row);
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, number);
    else if (typeof bucket !== "number") bucket.push(number);
    else this.#buckets.set(key, [bucket, number]);
  }

  remove(row: Float64Array, number: number): void {
    const key = hash(row);
    const bucket = this.#buckets.get(key);
    if (bucket === number) this.#buckets.delete(key);
    else if (Array.isArray(bucket))
      this.#buckets.set(
        key,
        bucket.filter((n) => n !== number),
      );
  }

  #holds(number: number, row: Float64Array): boolean {
    const other = this.#row(number);
    if (other === undefined) return false;
    for (let i = 0; i < row.length; i++) if (!Object.is(other[i], row[i])) return false;
    return true;
  }
}

const scratch = new Float64Array(1);
const words = new Int32Array(scratch.buffer);

/** FNV-1a over 32-bit words (Fowler, Noll & Vo); every NaN counts as the same. */
function hash(row: Float64Array): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < row.length; i++) {
    const x = row[i]!;
    scratch[0] = Number.isNaN(x) ? NaN : x;
    h = Math.imul(h ^ words[0]!, 0x01000193);
    h = Math.imul(h ^ words[1]!, 0x01000193);
    h ^= h >>> 15;
  }
  return h;
}
