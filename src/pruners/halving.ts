import { expectNumber } from "../core/errors.ts";
import type { Verdict } from "../core/pruner.ts";
import { Ascending } from "./ascending.ts";

/** How successive halving goes on. */
export interface HalvingOptions {
  /** One trial in so many is promoted from a rung to the next; each is as many times as far. @default 4, of hyperband 3 */
  readonly factor?: number;
  /** So many trials must have reached a rung before any is promoted from it: until then they are pruned there. @default 0 */
  readonly bootstrap?: number;
}

/** Checks them for the pruner of this name. */
export function checkHalving(name: string, { factor = 4, bootstrap = 0 }: HalvingOptions): Required<HalvingOptions> {
  expectNumber(`${name}.factor`, factor, { integer: true, low: 2 });
  expectNumber(`${name}.bootstrap`, bootstrap, { integer: true, low: 0 });
  return { factor, bootstrap };
}

/**
 * Asynchronous successive halving (L. Li et al., "A system for massively parallel hyperparameter tuning", MLSys 2020,
 * algorithm 2, by stopping in place of pausing): rungs stand at `first`·factor^k, and a trial that reaches one goes on if
 * it is among the best 1/factor of those that have reached it so far; the first of all always goes on.
 */
export class Halving {
  readonly #options: Required<HalvingOptions>;
  readonly #first: number;
  readonly #rungs: Ascending[] = [];
  /** How many rungs running trials have reached. */
  readonly #reached = new Map<number, number>();

  constructor(first: number, options: Required<HalvingOptions>) {
    this.#first = first;
    this.#options = options;
  }

  /** The verdict on a trial that has come so far, with its value there. */
  judge(number: number, position: number, value: number): Verdict {
    const { factor, bootstrap } = this.#options;
    for (let k = this.#reached.get(number) ?? 0; position >= this.#first * factor ** k; k++) {
      if (Number.isNaN(value)) return "prune";
      const rung = (this.#rungs[k] ??= new Ascending());
      rung.add([value]);
      this.#reached.set(number, k + 1);
      if (rung.count <= bootstrap) return "prune";
      if (value > rung.at(Math.max(1, Math.floor(rung.count / factor)) - 1)) return "prune";
    }
    return "continue";
  }

  /** The trial is over; what it reached stays. */
  end(number: number): void {
    this.#reached.delete(number);
  }
}
