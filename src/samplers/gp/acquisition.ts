import type { Box } from "../../math/boxes.ts";
import type { GaussianProcess } from "../../math/gaussian-process.ts";
import { logDifference, logImprovement, logNormalCdf, logNormalDensity } from "../../math/log-improvement.ts";

/** What is expected at points. */
export type Posterior = Pick<GaussianProcess, "predict" | "differentiate">;

/** A quantity that must stay below a limit. */
export interface Limited {
  readonly process: Posterior;
  readonly limit: number;
}

/** An interval of one loss, and where its two ends stand among the thresholds of that loss. */
interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The logarithm of the expected improvement, times the probability of keeping every limit (Gardner et al., ICML 2014). With
 * several objectives, the expected improvement of the hypervolume: over disjoint boxes of the region that nothing
 * dominates, Σ Πⱼ (E[(uⱼ − yⱼ)⁺] − E[(lⱼ − yⱼ)⁺]) (Yang, Emmerich, Deutz & Bäck, J. Glob. Optim. 75, 2019, equation 12), exact
 * for independent objectives, and in logarithms throughout (Ament et al., NeurIPS 2023). One objective is the case of one
 * box. Without boxes the limits alone count.
 */
export class Acquisition {
  readonly #objectives: readonly Posterior[];
  readonly #limits: readonly Limited[];
  /** For each objective the intervals of its boxes; and the boxes, an interval of each objective. */
  readonly #intervals: readonly Interval[][];
  readonly #boxes: readonly Int32Array[];

  constructor(objectives: readonly Posterior[], boxes: readonly Box[], limits: readonly Limited[]) {
    this.#objectives = boxes.length === 0 ? [] : objectives;
    this.#limits = limits;
    this.#intervals = this.#objectives.map(() => []);
    const places = this.#objectives.map(() => new Map<string, number>());
    this.#boxes = boxes.map((box) =>
      Int32Array.from(this.#objectives, (_, j) => {
        const [low, high] = [box.low[j]!, box.high[j]!];
        const key = `${low} ${high}`;
        const known = places[j]!.get(key);
        if (known !== undefined) return known;
        places[j]!.set(key, this.#intervals[j]!.length);
        return this.#intervals[j]!.push({ low, high }) - 1;
      }),
    );
  }

  /** Its value at each of many points. */
  scores(points: Float64Array, count: number): Float64Array {
    const scores = new Float64Array(count);
    const means = new Float64Array(count);
    const variances = new Float64Array(count);
    if (this.#boxes.length > 0) {
      const logs = this.#objectives.map((process, j) => {
        process.predict(points, count, means, variances);
        const intervals = this.#intervals[j]!;
        const out = new Float64Array(count * intervals.length);
        for (let i = 0; i < count; i++)
          intervals.forEach((interval, k) => {
            out[i * intervals.length + k] = logShare(interval, means[i]!, Math.sqrt(variances[i]!));
          });
        return out;
      });
      const terms = new Float64Array(this.#boxes.length);
      for (let i = 0; i < count; i++)
        scores[i] = this.#sum((j, k) => logs[j]![i * this.#intervals[j]!.length + k]!, terms);
    }
    for (const { process, limit } of this.#limits) {
      process.predict(points, count, means, variances);
      for (let i = 0; i < count; i++) scores[i]! += logNormalCdf((limit - means[i]!) / Math.sqrt(variances[i]!));
    }
    return scores;
  }

  /** Its value at a point, and its gradient by the ordered numbers of the point. */
  differentiate(point: Float64Array, gradient: Float64Array): number {
    const width = point.length;
    const byMean = new Float64Array(width);
    const byVariance = new Float64Array(width);
    gradient.fill(0);
    const add = (mean: number, deviation: number): void => {
      const half = deviation === 0 ? 0 : deviation;
      for (let j = 0; j < width; j++) gradient[j]! += mean * byMean[j]! + half * byVariance[j]!;
    };
    let score = 0;
    if (this.#boxes.length > 0) {
      const posteriors = this.#objectives.map((process) => {
        const { mean, variance } = process.differentiate(point, byMean, byVariance);
        return { mean, deviation: Math.sqrt(variance), byMean: byMean.slice(), byVariance: byVariance.slice() };
      });
      const logs = posteriors.map(({ mean, deviation }, j) =>
        this.#intervals[j]!.map((interval) => logShare(interval, mean, deviation)),
      );
      const terms = new Float64Array(this.#boxes.length);
      score = this.#sum((j, k) => logs[j]![k]!, terms);
      posteriors.forEach((posterior, j) => {
        const shares = new Float64Array(this.#intervals[j]!.length);
        this.#boxes.forEach((box, b) => (shares[box[j]!]! += Math.exp(terms[b]! - score)));
        const { mean, deviation } = posterior;
        let [perMean, perDeviation] = [0, 0];
        this.#intervals[j]!.forEach((interval, k) => {
          if (shares[k] === 0) return;
          const [m, s] = slopesOf(interval, mean, deviation, logs[j]![k]!);
          perMean += shares[k]! * m;
          perDeviation += shares[k]! * s;
        });
        byMean.set(posterior.byMean);
        byVariance.set(posterior.byVariance);
        add(perMean, perDeviation / (2 * deviation));
      });
    }
    for (const { process, limit } of this.#limits) {
      const { mean, variance } = process.differentiate(point, byMean, byVariance);
      const deviation = Math.sqrt(variance);
      const z = (limit - mean) / deviation;
      const log = logNormalCdf(z);
      const hazard = Math.exp(logNormalDensity(z) - log);
      score += log;
      add(-hazard / deviation, (-hazard * z) / (2 * variance));
    }
    return score;
  }

  /** ln Σ over the boxes of the product over the objectives; the logarithms of the products into `terms`. */
  #sum(log: (objective: number, interval: number) => number, terms: Float64Array): number {
    let most = -Infinity;
    for (let b = 0; b < terms.length; b++) {
      const box = this.#boxes[b]!;
      let sum = 0;
      for (let j = 0; j < box.length; j++) sum += log(j, box[j]!);
      terms[b] = sum;
      if (sum > most) most = sum;
    }
    if (most === -Infinity) return most;
    let total = 0;
    for (const term of terms) total += Math.exp(term - most);
    return most + Math.log(total);
  }
}

/** ln (E[(high − y)⁺] − E[(low − y)⁺]) for y normal. */
function logShare({ low, high }: Interval, mean: number, deviation: number): number {
  const upper = Math.log(deviation) + logImprovement((high - mean) / deviation);
  if (low === -Infinity) return upper;
  return logDifference(upper, Math.log(deviation) + logImprovement((low - mean) / deviation));
}

/** Its derivatives by the mean and by the deviation: of E[(t − y)⁺] they are −Φ(z) and φ(z) at z = (t − μ) / σ. */
function slopesOf({ low, high }: Interval, mean: number, deviation: number, log: number): readonly [number, number] {
  const at = (t: number): readonly [number, number] => {
    if (t === -Infinity) return [0, 0];
    const z = (t - mean) / deviation;
    return [Math.exp(logNormalCdf(z) - log), Math.exp(logNormalDensity(z) - log)];
  };
  const [upper, lower] = [at(high), at(low)];
  return [lower[0] - upper[0], upper[1] - lower[1]];
}
