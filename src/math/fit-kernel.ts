import { Cholesky } from "./cholesky.ts";
import type { Kernel, PointKind } from "./gaussian-process.ts";
import { minimize } from "./minimize.ts";

/** What a kernel is fitted to: `values[i]` observed at the i-th of `points`, with a known part of its variance. */
export interface Sample {
  readonly kind: PointKind;
  readonly points: Float64Array;
  readonly values: Float64Array;
  readonly variances: Float64Array;
}

/** The logarithm of the density of the logarithms of a kernel's parameters up to a constant, and its derivatives. */
export interface KernelPrior {
  /** Of ln w. */
  weight(log: number): readonly [number, number];
  scale(log: number): readonly [number, number];
  noise(log: number): readonly [number, number];
}

/** Bounds of ln w, of ln scale and of ln noise. */
const BOUNDS = { weight: [-9, 9], scale: [-6, 6], noise: [-14, 1] } as const;

/**
 * The negative logarithm of the marginal likelihood (Rasmussen & Williams 2006, equations 5.8 and 5.9) and of the prior,
 * and its gradient, by the logarithms of the weights, the scale and the noise, in this order.
 */
export class KernelEvidence {
  readonly #sample: Sample;
  readonly #prior: KernelPrior;
  /** For every pair i > j, and every number of a point, the squared difference, or 1 for different categories. */
  readonly #squares: Float64Array;
  readonly #packed: Float64Array;
  readonly #slopes: Float64Array;
  readonly #factor = new Cholesky();

  constructor(sample: Sample, prior: KernelPrior) {
    this.#sample = sample;
    this.#prior = prior;
    const { kind, points, values } = sample;
    const n = values.length;
    const { width, ordered } = kind;
    this.#squares = new Float64Array(((n * (n - 1)) / 2) * width);
    this.#packed = new Float64Array((n * (n + 1)) / 2);
    this.#slopes = new Float64Array((n * (n + 1)) / 2);
    let at = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < i; j++)
        for (let k = 0; k < width; k++) {
          const difference = points[i * width + k]! - points[j * width + k]!;
          this.#squares[at++] = k < ordered ? difference * difference : difference === 0 ? 0 : 1;
        }
  }

  evaluate(logs: Float64Array, gradient: Float64Array): number {
    const { kind, values, variances } = this.#sample;
    const { width } = kind;
    const n = values.length;
    const packed = this.#packed;
    const slopes = this.#slopes;
    const squares = this.#squares;
    const weights = Float64Array.from({ length: width }, (_, k) => Math.exp(logs[k]!));
    const scale = Math.exp(logs[width]!);
    const noise = Math.exp(logs[width + 1]!);
    let at = 0;
    let pair = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++, at++) {
        let square = 0;
        for (let k = 0; k < width; k++) square += weights[k]! * squares[pair + k]!;
        pair += width;
        const s = Math.sqrt(5 * square);
        const decay = scale * Math.exp(-s);
        packed[at] = (1 + s + (5 / 3) * square) * decay;
        slopes[at] = (-5 / 6) * (1 + s) * decay;
      }
      packed[at++] = scale * (1 + 1e-8) + noise + variances[i]!;
    }
    gradient.fill(0);
    if (!this.#factor.factor(packed, n)) return Infinity;
    const alpha = values.slice();
    this.#factor.forward(alpha);
    let value = this.#factor.logDeterminant / 2;
    for (let i = 0; i < n; i++) value += alpha[i]! ** 2 / 2;
    this.#factor.backward(alpha);
    const inverse = this.#factor.inverse();
    at = 0;
    pair = 0;
    for (let i = 0; i < n; i++) {
      const a = alpha[i]!;
      for (let j = 0; j < i; j++, at++) {
        // ∂/∂θ = ½ tr((K⁻¹ − α αᵀ) ∂K/∂θ), every pair twice
        const share = inverse[at]! - a * alpha[j]!;
        gradient[width]! += share * packed[at]!;
        const slope = share * slopes[at]!;
        for (let k = 0; k < width; k++) gradient[k]! += slope * squares[pair + k]!;
        pair += width;
      }
      const share = (inverse[at++]! - a * a) / 2;
      gradient[width]! += share * scale * (1 + 1e-8);
      gradient[width + 1]! += share * noise;
    }
    for (let k = 0; k < width + 2; k++) {
      const prior = k < width ? this.#prior.weight : k === width ? this.#prior.scale : this.#prior.noise;
      const [density, slope] = prior(logs[k]!);
      if (k < width) gradient[k]! *= weights[k]!;
      gradient[k]! -= slope;
      value -= density;
    }
    return value;
  }
}

/** The kernel of the greatest posterior density, as far as a local search from one start finds it. */
export function fitKernel(sample: Sample, prior: KernelPrior): Kernel {
  const { width } = sample.kind;
  const evidence = new KernelEvidence(sample, prior);
  const of = (k: number): readonly [number, number] =>
    k < width ? BOUNDS.weight : k === width ? BOUNDS.scale : BOUNDS.noise;
  const logs = new Float64Array(width + 2);
  logs[width + 1] = Math.log(1e-2);
  const low = logs.map((_, k) => of(k)[0]);
  const high = logs.map((_, k) => of(k)[1]);
  minimize((x, g) => evidence.evaluate(x, g), logs, low, high, { steps: 60, gradient: 1e-2, gain: 1e-5 });
  return {
    weights: logs.slice(0, width).map(Math.exp),
    scale: Math.exp(logs[width]!),
    noise: Math.exp(logs[width + 1]!),
  };
}
