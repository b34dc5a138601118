import { normalMassInUnit } from "./erfc.ts";

/** The smallest bandwidth, in cells: a normal of it has nine tenths of its mass within its cell. */
const NARROWEST = 0.5 / 1.64;

/**
 * The density of counts on a row of cells. Ordered cells: a mixture of normals cut off at the ends, one at each count
 * with Scott's bandwidth 1.059 · min(s, IQR/1.34) · n^−0.2 (D. W. Scott, "Multivariate Density Estimation", 1992), and
 * one at the middle as wide as all cells, that weighs as much as one count. Unordered ones: the counts, with one count
 * more spread over all cells.
 */
export class GridDensity {
  /** One per cell; they sum to 1. */
  readonly probabilities: Float64Array;

  constructor(counts: Float64Array, ordered: boolean) {
    const cells = counts.length;
    const n = counts.reduce((a, b) => a + b, 0);
    this.probabilities = ordered ? new Float64Array(cells) : counts.map((count) => (count + 1 / cells) / (n + 1));
    if (!ordered) return;
    const sigma = bandwidth(counts, n);
    for (let c = 0; c < cells; c++) if (counts[c]! > 0) this.#add(c, sigma, counts[c]! / (n + 1));
    this.#add((cells - 1) / 2, cells, 1 / (n + 1));
  }

  /** A normal at `centre`, in cells, cut off at the ends. */
  #add(centre: number, sigma: number, weight: number): void {
    const cells = this.probabilities.length;
    const whole = normalMassInUnit((centre + 0.5) / cells, sigma / cells);
    for (let c = 0; c < cells; c++)
      this.probabilities[c]! += (weight * normalMassInUnit(centre + 0.5 - c, sigma)) / whole;
  }
}

function bandwidth(counts: Float64Array, n: number): number {
  if (n === 0) return NARROWEST;
  let mean = 0;
  for (let c = 0; c < counts.length; c++) mean += (c * counts[c]!) / n;
  let squares = 0;
  for (let c = 0; c < counts.length; c++) squares += counts[c]! * (c - mean) ** 2;
  const deviation = Math.sqrt(squares / Math.max(1, n - 1));
  const range = quantile(counts, 0.75 * n) - quantile(counts, 0.25 * n);
  return Math.max(NARROWEST, 1.059 * Math.min(deviation, range / 1.34) * n ** -0.2);
}

/** The cell in which the first `rank` counts end. */
function quantile(counts: Float64Array, rank: number): number {
  let seen = 0;
  for (let c = 0; c < counts.length; c++) if ((seen += counts[c]!) >= rank) return c;
  return counts.length - 1;
}
