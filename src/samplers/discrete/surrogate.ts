import { Cholesky } from "../../math/cholesky.ts";
import type { Features } from "./features.ts";

/** The prior of ln θ: deviation, and the mean of Σ θ over all features. */
const SPREAD = 2;
const TOTAL = 1.1;
/** The prior of the logarithm of the noise's share: mean and deviation. */
const NOISE = Math.log(1e-3);
const NOISE_SPREAD = 2;
/** Steps of the fit. */
const STEPS = 20;
const JITTER = 1e-8;

/** Logarithms of a kernel's parameters: one weight per feature, and the noise as a share of the variance, last. */
export type KernelLogs = Float64Array;

/** Points told, as rows of features, with what is known of each: a value in standard units and its own variance. */
export interface Sample {
  readonly rows: Float64Array;
  readonly values: Float64Array;
  readonly variances: Float64Array;
}

/**
 * A Gaussian process with the kernel exp(−Σ θₖ Dₖ), Dₖ the distance of two points in feature k: 1 for two cells that differ,
 * 2 |Δ| for two positions Δ apart. One weight per feature (automatic relevance determination). On categories alone it is
 * the exponentiated Hamming kernel (Ru et al., ICML 2020; a diffusion kernel: Oh et al., COMBO, NeurIPS 2019), on
 * positions the Laplace kernel; an ordered axis has both, and the evidence says which it follows.
 */
export class Surrogate {
  readonly #features: Features;
  readonly #factor = new Cholesky();
  #weights: Float64Array = new Float64Array(0);
  #rows: Float64Array = new Float64Array(0);
  #alpha = new Float64Array(0);
  /** The variance of the process, estimated with the weight of one observation of the prior's 1 (its mode). */
  #variance = 1;

  constructor(features: Features) {
    this.#features = features;
  }

  /** Conditions the process on a sample. Means at its points. */
  condition({ rows, values, variances }: Sample, logs: KernelLogs): Float64Array {
    const n = values.length;
    const noise = Math.exp(logs[this.#features.count]!);
    this.#weights = Float64Array.from(logs.subarray(0, this.#features.count), Math.exp);
    this.#rows = rows;
    const packed = new Float64Array((n * (n + 1)) / 2);
    for (let i = 0, at = 0; i < n; i++) {
      this.#covariances(rows, i * this.#features.count, i, packed.subarray(at));
      at += i;
      packed[at++] = 1 + noise + variances[i]!;
    }
    for (let jitter = JITTER; ; jitter *= 10) {
      for (let i = 0, at = 0; i < n; i++, at += i + 1) packed[at] = packed[at]! + jitter;
      if (this.#factor.factor(packed, n)) break;
    }
    const alpha = values.slice();
    this.#factor.forward(alpha);
    let squares = 0;
    for (const x of alpha) squares += x * x;
    this.#variance = (squares + 2) / (n + 2);
    this.#factor.backward(alpha);
    this.#alpha = alpha;
    return values.map((value, i) => value - (noise + variances[i]!) * alpha[i]!);
  }

  /** Adds a point that is supposed to come to the mean there (the Kriging believer: Ginsbourger et al. 2010): only deviations shrink. */
  suppose(row: Float64Array): void {
    const n = this.#factor.size;
    const d = this.#features.count;
    const covariances = new Float64Array(n + 1);
    this.#covariances(row, 0, n, covariances);
    covariances[n] = 1 + 1e-4;
    if (!this.#factor.append(covariances)) return;
    const rows = new Float64Array((n + 1) * d);
    rows.set(this.#rows.subarray(0, n * d));
    rows.set(row, n * d);
    const alpha = new Float64Array(n + 1);
    alpha.set(this.#alpha);
    this.#rows = rows;
    this.#alpha = alpha;
  }

  /** Means and deviations at `count` points. */
  predict(rows: Float64Array, count: number, means: Float64Array, deviations: Float64Array): void {
    const n = this.#factor.size;
    const d = this.#features.count;
    const four = new Float64Array(4 * n);
    for (let from = 0; from < count; from += 4) {
      const some = Math.min(4, count - from);
      for (let k = 0; k < 4; k++) {
        const at = from + Math.min(k, some - 1);
        const to = four.subarray(k * n, (k + 1) * n);
        this.#covariances(rows, at * d, n, to);
        let mean = 0;
        for (let i = 0; i < n; i++) mean += to[i]! * this.#alpha[i]!;
        means[at] = mean;
      }
      this.#factor.forwardFour(four, n);
      for (let k = 0; k < some; k++) {
        let known = 0;
        for (let i = k * n; i < (k + 1) * n; i++) known += four[i]! ** 2;
        deviations[from + k] = Math.sqrt(this.#variance * Math.max(1 - known, JITTER));
      }
    }
  }

  /** Covariances, as shares of the variance, of a point with the first `n` told. */
  #covariances(rows: Float64Array, at: number, n: number, out: Float64Array): void {
    const { count, matches } = this.#features;
    const weights = this.#weights;
    const told = this.#rows;
    for (let i = 0, p = 0; i < n; i++, p += count) {
      let sum = 0;
      for (let k = 0; k < matches; k++) if (rows[at + k]! !== told[p + k]!) sum += weights[k]!;
      for (let k = matches; k < count; k++) {
        const difference = rows[at + k]! - told[p + k]!;
        if (difference === difference) sum += 2 * Math.abs(difference) * weights[k]!;
      }
      out[i] = Math.exp(-sum);
    }
  }
}

/** The logarithms that the prior holds for likeliest: the weight is shared evenly, first by the axes and then by their features. */
export function priorLogs({ count, shares }: Features): KernelLogs {
  let axes = 0;
  for (const share of shares) axes += 1 / share;
  const logs = new Float64Array(count + 1);
  for (let k = 0; k < count; k++) logs[k] = Math.log(TOTAL / axes / shares[k]!);
  logs[count] = NOISE;
  return logs;
}

/**
 * The kernel with the greatest posterior density that a local search from the prior's mode finds: the marginal likelihood
 * (Rasmussen & Williams 2006, equations 5.8 and 5.9, the variance maximised out) and a normal prior of the logarithms,
 * by resilient propagation (Igel & Hüsken 2000, iRprop−).
 */
export function fitKernel(features: Features, sample: Sample): KernelLogs {
  const prior = priorLogs(features);
  const evidence = new Evidence(features, sample, prior);
  const logs = prior.slice();
  const gradient = new Float64Array(logs.length);
  const last = new Float64Array(logs.length);
  const steps = new Float64Array(logs.length).fill(0.25);
  for (let t = 0; t < STEPS && evidence.differentiate(logs, gradient); t++)
    for (let k = 0; k < logs.length; k++) {
      const same = gradient[k]! * last[k]!;
      if (same > 0) steps[k] = Math.min(1, 1.2 * steps[k]!);
      else if (same < 0) [steps[k], gradient[k]] = [0.5 * steps[k]!, 0];
      last[k] = gradient[k]!;
      const low = k === features.count ? -14 : -9;
      logs[k] = Math.min(4, Math.max(low, logs[k]! - Math.sign(gradient[k]!) * steps[k]!));
    }
  return logs;
}

/** The negative logarithm of the posterior density of a kernel's logarithms, differentiated. */
class Evidence {
  readonly #sample: Sample;
  readonly #prior: KernelLogs;
  /** For each pair i > j the distances in every feature. */
  readonly #distances: Float64Array;
  readonly #packed: Float64Array;
  readonly #factor = new Cholesky();

  constructor(features: Features, sample: Sample, prior: KernelLogs) {
    this.#sample = sample;
    this.#prior = prior;
    const { count, matches } = features;
    const { rows, values } = sample;
    const n = values.length;
    this.#distances = new Float64Array(((n * (n - 1)) / 2) * count);
    this.#packed = new Float64Array((n * (n + 1)) / 2);
    let at = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < i; j++)
        for (let k = 0; k < count; k++) {
          const [a, b] = [rows[i * count + k]!, rows[j * count + k]!];
          this.#distances[at++] = k < matches ? Number(a !== b) : 2 * Math.abs(a - b) || 0;
        }
  }

  /** False where the covariances are not positive definite. */
  differentiate(logs: KernelLogs, gradient: Float64Array): boolean {
    const { values, variances } = this.#sample;
    const n = values.length;
    const count = logs.length - 1;
    const weights = logs.map(Math.exp);
    const noise = weights[count]!;
    const packed = this.#packed;
    const distances = this.#distances;
    let [at, pair] = [0, 0];
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++, at++, pair += count) {
        let sum = 0;
        for (let k = 0; k < count; k++) sum += weights[k]! * distances[pair + k]!;
        packed[at] = Math.exp(-sum);
      }
      packed[at++] = 1 + JITTER + noise + variances[i]!;
    }
    if (!this.#factor.factor(packed, n)) return false;
    const alpha = values.slice();
    this.#factor.forward(alpha);
    let squares = 0;
    for (const x of alpha) squares += x * x;
    const variance = (squares + 2) / (n + 2);
    this.#factor.backward(alpha);
    const inverse = this.#factor.inverse();
    gradient.fill(0);
    [at, pair] = [0, 0];
    for (let i = 0; i < n; i++) {
      const a = alpha[i]! / variance;
      for (let j = 0; j < i; j++, at++, pair += count) {
        // ∂/∂θ = ½ tr((K⁻¹ − α αᵀ / s²) ∂K/∂θ), every pair twice
        const slope = (a * alpha[j]! - inverse[at]!) * packed[at]!;
        for (let k = 0; k < count; k++) gradient[k]! += slope * distances[pair + k]!;
      }
      gradient[count]! += ((inverse[at++]! - a * alpha[i]!) / 2) * noise;
    }
    for (let k = 0; k < count; k++)
      gradient[k] = gradient[k]! * weights[k]! + (logs[k]! - this.#prior[k]!) / SPREAD ** 2;
    gradient[count]! += (logs[count]! - this.#prior[count]!) / NOISE_SPREAD ** 2;
    return true;
  }
}
