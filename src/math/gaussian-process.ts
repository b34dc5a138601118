import { Cholesky } from "./cholesky.ts";

/** Points of `width` numbers each, of which the first `ordered` are positions and the others names of categories. */
export interface PointKind {
  readonly width: number;
  readonly ordered: number;
}

/**
 * The covariance `scale` · k(r²) of two points, k Matérn's of smoothness 5/2 and r² = Σ wⱼ dⱼ², where dⱼ is a difference,
 * or 1 for different categories; and the variance `noise` of every observation.
 */
export interface Kernel {
  /** 1 / ℓⱼ², one for each number of a point (automatic relevance determination). */
  readonly weights: Float64Array;
  readonly scale: number;
  readonly noise: number;
}

/** The least share of `scale` that is added to a variance, so that the matrix keeps its definiteness. */
const JITTER = 1e-8;

/**
 * A Gaussian process of mean 0, conditioned on observations (Rasmussen & Williams 2006, algorithm 2.1). An observation
 * more costs O(n²), as does a prediction; the last ones can be taken back.
 */
export class GaussianProcess {
  readonly kind: PointKind;
  readonly kernel: Kernel;
  readonly #factor = new Cholesky();
  readonly #roots: Float64Array;
  /** Points with their positions divided by ℓ. */
  #points: Float64Array;
  /** The variance of each observation. */
  #noises = new Float64Array(32);
  #values = new Float64Array(32);
  /** L⁻¹ y, and K⁻¹ y once it is asked for. */
  #half = new Float64Array(32);
  #alpha: Float64Array | undefined;
  #row = new Float64Array(32);
  #four = new Float64Array(128);

  constructor(kind: PointKind, kernel: Kernel) {
    this.kind = kind;
    this.kernel = kernel;
    this.#roots = kernel.weights.map(Math.sqrt);
    this.#points = new Float64Array(32 * kind.width);
  }

  /** The number of observations. */
  get size(): number {
    return this.#factor.size;
  }

  /** Adds a value observed at a point, with a variance of its own beyond the kernel's noise. */
  add(point: ArrayLike<number>, offset: number, value: number, variance: number): void {
    const n = this.size;
    this.#reserve(n + 1);
    const { width, ordered } = this.kind;
    const { scale, noise } = this.kernel;
    for (let j = 0; j < width; j++)
      this.#points[n * width + j] = point[offset + j]! * (j < ordered ? this.#roots[j]! : 1);
    const row = this.#row;
    for (let extra = JITTER * scale; ; extra = 10 * extra) {
      this.#covariances(this.#points, n * width, row, 0);
      const whole = noise + variance + extra;
      this.#noises[n] = whole;
      row[n] = scale + whole;
      if (this.#factor.append(row)) break;
    }
    this.#values[n] = value;
    this.#half[n] = value;
    this.#factor.forwardLast(this.#half);
    this.#alpha = undefined;
  }

  /** The mean of the process where value i was observed, noise averaged out: y − N K⁻¹ y, N the diagonal of the noise. */
  meanAt(i: number): number {
    return this.#values[i]! - this.#noises[i]! * this.#weights()[i]!;
  }

  /** Takes back all observations but the first `size`. */
  truncate(size: number): void {
    if (size === this.size) return;
    this.#factor.truncate(size);
    this.#alpha = undefined;
  }

  /**
   * Means and variances of the process at `count` points. Four at a time: that is what the cost of a search for the best
   * of many points comes down to.
   */
  predict(points: Float64Array, count: number, means: Float64Array, variances: Float64Array): void {
    const n = this.size;
    const { width, ordered } = this.kind;
    const scaled = new Float64Array(4 * width);
    const four = this.#four;
    const alpha = this.#weights();
    for (let from = 0; from < count; from += 4) {
      const some = Math.min(4, count - from);
      for (let k = 0; k < 4; k++) {
        const at = (from + Math.min(k, some - 1)) * width;
        for (let j = 0; j < width; j++) scaled[k * width + j] = points[at + j]! * (j < ordered ? this.#roots[j]! : 1);
        this.#covariances(scaled, k * width, four, k * n);
      }
      for (let k = 0; k < some; k++) {
        let mean = 0;
        for (let i = 0; i < n; i++) mean += four[k * n + i]! * alpha[i]!;
        means[from + k] = mean;
      }
      this.#factor.forwardFour(four, n);
      for (let k = 0; k < some; k++) {
        let known = 0;
        for (let i = 0; i < n; i++) known += four[k * n + i]! ** 2;
        variances[from + k] = Math.max(this.kernel.scale - known, JITTER * this.kernel.scale);
      }
    }
  }

  /** Mean and variance at one point, and their gradients by the ordered numbers. */
  differentiate(
    point: Float64Array,
    meanGradient: Float64Array,
    varianceGradient: Float64Array,
  ): { readonly mean: number; readonly variance: number } {
    const n = this.size;
    const { width, ordered } = this.kind;
    const { scale } = this.kernel;
    const x = Float64Array.from(point, (value, j) => value * (j < ordered ? this.#roots[j]! : 1));
    const alpha = this.#weights();
    const solved = this.#row;
    const slopes = this.#four;
    this.#covariances(x, 0, solved, 0, slopes);
    let mean = 0;
    for (let i = 0; i < n; i++) mean += solved[i]! * alpha[i]!;
    this.#factor.forward(solved);
    let known = 0;
    for (let i = 0; i < n; i++) known += solved[i]! ** 2;
    this.#factor.backward(solved);
    meanGradient.fill(0);
    varianceGradient.fill(0);
    for (let i = 0; i < n; i++) {
      const a = alpha[i]! * slopes[i]!;
      const b = solved[i]! * slopes[i]!;
      for (let j = 0; j < ordered; j++) {
        const difference = x[j]! - this.#points[i * width + j]!;
        meanGradient[j]! += a * difference;
        varianceGradient[j]! -= b * difference;
      }
    }
    for (let j = 0; j < ordered; j++) {
      meanGradient[j]! *= 2 * this.#roots[j]!;
      varianceGradient[j]! *= 4 * this.#roots[j]!;
    }
    return { mean, variance: Math.max(scale - known, JITTER * scale) };
  }

  /** Covariances of a scaled point with all observed ones; with `slopes`, their derivatives by r², too. */
  #covariances(x: Float64Array, at: number, out: Float64Array, offset: number, slopes?: Float64Array): void {
    const n = this.size;
    const { width, ordered } = this.kind;
    const { weights, scale } = this.kernel;
    const points = this.#points;
    for (let i = 0, p = 0; i < n; i++, p += width) {
      let square = 0;
      for (let j = 0; j < ordered; j++) {
        const difference = x[at + j]! - points[p + j]!;
        square += difference * difference;
      }
      for (let j = ordered; j < width; j++) if (x[at + j]! !== points[p + j]!) square += weights[j]!;
      const s = Math.sqrt(5 * square);
      const decay = scale * Math.exp(-s);
      out[offset + i] = (1 + s + (5 / 3) * square) * decay;
      if (slopes !== undefined) slopes[i] = (-5 / 6) * (1 + s) * decay;
    }
  }

  #weights(): Float64Array {
    if (this.#alpha === undefined) {
      this.#alpha = this.#half.slice(0, this.size);
      this.#factor.backward(this.#alpha);
    }
    return this.#alpha;
  }

  #reserve(n: number): void {
    if (n <= this.#row.length - 1) return;
    const room = 2 * n;
    const grown = (array: Float64Array, length: number): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(length);
      larger.set(array);
      return larger;
    };
    this.#points = grown(this.#points, room * this.kind.width);
    this.#noises = grown(this.#noises, room);
    this.#values = grown(this.#values, room);
    this.#half = grown(this.#half, room);
    this.#row = new Float64Array(room);
    this.#four = new Float64Array(4 * room);
  }
}
