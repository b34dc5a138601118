import { dominates } from "../math/dominance.ts";

/** Losses of trials at one position, with how many of the others dominate each. */
export class Standings {
  /** Ascending by the first loss, so that whoever dominates stands before. */
  readonly #rows: { readonly losses: readonly number[]; beaten: number }[] = [];
  /** How often they are dominated, ascending; undefined when someone has come since. */
  #sorted: number[] | undefined = undefined;

  /** How many trials there are. */
  get count(): number {
    return this.#rows.length;
  }

  /** Adds a trial; one that lacks an objective is not compared. */
  add(losses: readonly number[]): void {
    if (losses.some(Number.isNaN)) return;
    const own = { losses: [...losses], beaten: 0 };
    for (const other of this.#rows)
      if (dominates(other.losses, losses)) own.beaten++;
      else if (dominates(losses, other.losses)) other.beaten++;
    this.#rows.splice(this.#ahead(losses[0]!), 0, own);
    this.#sorted = undefined;
  }

  /** Whether more of them dominate these losses than that quantile of how many dominate each of them; `share` is from 0 to 1. */
  beats(losses: readonly number[], share: number): boolean {
    this.#sorted ??= this.#rows.map(({ beaten }) => beaten).sort((a, b) => a - b);
    const at = share * (this.count - 1);
    const [below = Infinity, above = Infinity] = [this.#sorted[Math.floor(at)], this.#sorted[Math.ceil(at)]];
    const limit = below + (above - below) * (at - Math.floor(at));
    const ahead = this.#ahead(losses[0]!);
    let beaten = 0;
    for (let i = 0; i < ahead && beaten <= limit; i++) if (dominates(this.#rows[i]!.losses, losses)) beaten++;
    return beaten > limit;
  }

  /** How many have no larger first loss. */
  #ahead(first: number): number {
    let [low, high] = [0, this.#rows.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#rows[middle]!.losses[0]! <= first) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
