/** One loss per trial, in ascending order. NaNs are counted and not kept. */
export class Ascending {
  readonly #values: number[] = [];
  /** How many were added, NaNs included. */
  count = 0;

  add(losses: readonly number[]): void {
    const value = losses[0]!;
    this.count++;
    if (!Number.isNaN(value)) this.#values.splice(this.#below(value), 0, value);
  }

  /** The value with so many smaller ones before it; NaN where there is none. */
  at(rank: number): number {
    return this.#values[rank] ?? NaN;
  }

  /** The quantile at a share from 0 to 1, linear between the two values around it; NaN where there is none. */
  quantile(share: number): number {
    const at = share * (this.#values.length - 1);
    const [a, b] = [this.at(Math.floor(at)), this.at(Math.ceil(at))];
    return a === b ? a : a + (b - a) * (at - Math.floor(at));
  }

  #below(value: number): number {
    let [low, high] = [0, this.#values.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#values[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
