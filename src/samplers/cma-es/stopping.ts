import type { Distribution } from "./distribution.ts";

/** Generations that the slow test for stagnation looks back at most. */
const LONGEST = 20_000;

/** Whether a run has nothing more to find (Hansen, arXiv:1604.00772, appendix B.3). Losses are NaN where there is none. */
export class Stopping {
  readonly #bests: number[] = [];
  readonly #medians: number[] = [];
  readonly #sigma: number;

  constructor(sigma: number) {
    this.#sigma = sigma;
  }

  /** Looks at a generation that was learnt from: the losses of its trials, best first. */
  check(distribution: Distribution, losses: readonly number[]): boolean {
    const { n, strategy } = distribution;
    const known = losses.filter((loss) => !Number.isNaN(loss));
    this.#bests.push(known[0] ?? Infinity);
    this.#medians.push(known[known.length >> 1] ?? Infinity);
    const flat = 10 + Math.ceil((30 * n) / strategy.lambda);
    const recent = this.#bests.slice(-flat);
    if (recent.length === flat && spread(recent) < 1e-12 && spread(known) < 1e-12) return true;
    if (distribution.condition > 1e14 || distribution.generation >= longest(n, strategy.lambda)) return true;
    let widest = 0;
    for (let i = 0; i < n; i++) widest = Math.max(widest, distribution.deviation(i));
    if (n > 0 && widest < Math.max(1e-12 * this.#sigma, 1e-15)) return true;
    return this.#stagnates(120 + (30 * n) / strategy.lambda);
  }

  /** Neither the best nor the median of the last 30 % of the history is better than that of the first. */
  #stagnates(least: number): boolean {
    const long = Math.min(LONGEST, Math.max(least, 0.2 * this.#bests.length));
    if (this.#bests.length < long || this.#bests.length % 10 !== 0) return false;
    const worse = (history: readonly number[]): boolean => {
      const part = history.slice(-Math.ceil(long));
      const third = Math.max(1, Math.floor(0.3 * part.length));
      return median(part.slice(-third)) >= median(part.slice(0, third));
    };
    return worse(this.#bests) && worse(this.#medians);
  }
}

/** The generations of one run at most (Hansen, GECCO 2009 workshop, table 1, MaxIter). */
function longest(n: number, lambda: number): number {
  return 100 + (50 * (n + 3) ** 2) / Math.sqrt(lambda);
}

function spread(values: readonly number[]): number {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return low === high ? 0 : high - low;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
