import type { Json } from "../../core/json.ts";

/** One generation: the points to try, and which of them are told. */
export class Generation {
  readonly number: number;
  /** Rounds of refilling so far. */
  refills = 0;
  /** Trials of it that completed. */
  passed = 0;
  readonly #points: Float64Array[];
  readonly #told: boolean[] = [];
  #open: number;
  #first = 0;

  constructor(number: number, points: Float64Array[]) {
    this.number = number;
    this.#points = points;
    this.#open = points.length;
  }

  /** Whether every point is told. */
  get told(): boolean {
    return this.#open === 0;
  }

  get size(): number {
    return this.#points.length;
  }

  /** Adds points. */
  extend(points: readonly Float64Array[]): void {
    this.#points.push(...points);
    this.#open += points.length;
  }

  /** The index that a memo names, if it is of this generation and still open. */
  indexOf(memo: Json | undefined): number | undefined {
    if (!Array.isArray(memo) || memo[0] !== this.number) return undefined;
    const index: unknown = memo[1];
    if (typeof index !== "number" || this.#points[index] === undefined || this.#told[index]) return undefined;
    return index;
  }

  /** Takes note that a point is told. */
  close(index: number): void {
    this.#told[index] = true;
    this.#open--;
    while (this.#told[this.#first]) this.#first++;
  }

  /** Puts another point in the place of one that was refused. */
  replace(index: number, point: Float64Array): void {
    this.#points[index] = point;
  }

  /** The first point that is neither told nor out. */
  next(out: ReadonlySet<number>): { readonly index: number; readonly unit: Float64Array } | undefined {
    for (let index = this.#first; index < this.#points.length; index++)
      if (!this.#told[index] && !out.has(index)) return { index, unit: this.#points[index]! };
    return undefined;
  }
}
