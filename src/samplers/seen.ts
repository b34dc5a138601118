/**
 * The configurations that were suggested or told, as a set of 53-bit keys: a few dozen bytes each, whatever the number
 * of axes. Coordinates count to 2⁻³⁰, so a copy that a round trip moved by one unit in the last place is still a copy.
 */
export class Seen {
  readonly #keys = new Set<number>();

  /** The key of a settled point. */
  keyOf(unit: ArrayLike<number>): number {
    let a = 0x9e3779b9 | 0;
    let b = 0x85ebca6b | 0;
    for (let i = 0; i < unit.length; i++) {
      const u = unit[i]!;
      const word = Number.isNaN(u) ? -1 : Math.round(u * 0x40000000);
      a = Math.imul(a ^ word, 0xcc9e2d51);
      a ^= a >>> 15;
      b = Math.imul(b + word, 0x1b873593) ^ (b >>> 13);
    }
    a = Math.imul(a ^ (a >>> 16), 0xc2b2ae35);
    b = Math.imul(b ^ (b >>> 16), 0x27d4eb2f);
    return ((a ^ (a >>> 13)) >>> 0) * 0x200000 + ((b ^ (b >>> 15)) >>> 11);
  }

  has(unit: ArrayLike<number>): boolean {
    return this.#keys.has(this.keyOf(unit));
  }

  /** Adds a point; false when it was there. */
  add(unit: ArrayLike<number>): boolean {
    return this.addKey(this.keyOf(unit));
  }

  /** Adds a point by its key; false when it was there. */
  addKey(key: number): boolean {
    if (this.#keys.has(key)) return false;
    this.#keys.add(key);
    return true;
  }
}
