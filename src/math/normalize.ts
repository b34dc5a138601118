/** A monotone map of a sample's numbers. */
export interface Transform {
  value(x: number): number;
  /** Its derivative. */
  slope(x: number): number;
}

/** Powers that are tried, and how much the square of a power's distance from 1 counts against it. */
const POWERS = Array.from({ length: 41 }, (_, k) => (k - 20) / 10);
const RIDGE = 2;
/** Quartiles of a normal distribution are so many standard deviations apart. */
const QUARTILES = 1.349;
/** What is farther from the median, in standard deviations by the quartiles, counts as so far. */
const FARTHEST = 1e9;

/**
 * The map that makes a sample most nearly standard normal: a robust scale by its median and quartiles, so that penalties
 * such as 1e6 do not squeeze the rest together; the power transform of Yeo and Johnson of greatest likelihood (Biometrika
 * 87, 2000, equation 2.1 and section 3), with a prior at 1, which changes nothing; mean 0 and variance 1.
 */
export function normalizing(sample: readonly number[]): Transform {
  const sorted = [...sample].sort((a, b) => a - b);
  const at = (q: number): number => sorted[Math.floor(q * (sorted.length - 1))]!;
  const median = at(0.5);
  const widest = Math.max(sorted.at(-1)! - median, median - sorted[0]!);
  const unit = (at(0.75) - at(0.25)) / QUARTILES || Math.min(widest, Number.MAX_VALUE) || 1;
  const scaled = (x: number): number => Math.max(-FARTHEST, Math.min(FARTHEST, (x - median) / unit));
  const z = sorted.map(scaled);
  const log = z.reduce((sum, x) => sum + Math.sign(x) * Math.log1p(Math.abs(x)), 0);
  let [power, most, centre, deviation] = [1, -Infinity, 0, 1];
  for (const candidate of POWERS) {
    const bent = moments(z.map((x) => yeoJohnson(x, candidate)));
    const likelihood = (candidate - 1) * log - z.length * Math.log(bent.deviation) - RIDGE * (candidate - 1) ** 2;
    if (likelihood > most) [power, most, centre, deviation] = [candidate, likelihood, bent.mean, bent.deviation];
  }
  return {
    value: (x) => (yeoJohnson(scaled(x), power) - centre) / deviation,
    slope: (x) => {
      const s = scaled(x);
      return (1 + Math.abs(s)) ** ((power - 1) * (s < 0 ? -1 : 1)) / (unit * deviation);
    },
  };
}

/** Yeo and Johnson's power transform (equation 2.1). */
export function yeoJohnson(x: number, power: number): number {
  if (x < 0) return -yeoJohnson(-x, 2 - power);
  return power === 0 ? Math.log1p(x) : Math.expm1(power * Math.log1p(x)) / power;
}

/** Mean and standard deviation, 1 where all numbers are the same. */
export function moments(sample: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = sample.reduce((sum, x) => sum + x, 0) / sample.length;
  const variance = sample.reduce((sum, x) => sum + (x - mean) ** 2, 0) / sample.length;
  return { mean, deviation: variance > 0 ? Math.sqrt(variance) : 1 };
}
