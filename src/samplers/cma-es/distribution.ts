import type { Random } from "../../core/random.ts";
import { eigenSymmetric } from "../../math/eigen.ts";
import { type Strategy, strategyFor } from "./strategy.ts";

/** Where a run begins. */
export interface Start {
  readonly mean: Float64Array;
  readonly sigma: number;
  /** Row by row; the identity without. */
  readonly covariance?: Float64Array;
}

/**
 * The normal distribution of CMA-ES, m + σ A N(0, C), and how it learns (Hansen, arXiv:1604.00772, figure 6 and
 * appendix C). A is the diagonal by which integer axes keep their margin (Hamano et al., GECCO 2022).
 */
export class Distribution {
  readonly n: number;
  readonly strategy: Strategy;
  readonly diagonal: boolean;
  readonly mean: Float64Array;
  readonly stretch: Float64Array;
  sigma: number;
  generation = 0;
  /** Square roots of the eigenvalues of C; of its diagonal when it has no more. */
  lengths: Float64Array;
  #basis: Float64Array;
  readonly #covariance: Float64Array;
  readonly #pathSigma: Float64Array;
  readonly #pathC: Float64Array;
  /** The steps of the generation that is learnt from, row by row, and their weights. */
  readonly #steps: Float64Array;
  readonly #weights: Float64Array;
  readonly #scratch: Float64Array;
  readonly #mean: Float64Array;
  readonly #white: Float64Array;
  #decomposed = 0;
  /** Generations from one decomposition of C to the next; pycma waits as long. */
  readonly #patience: number;

  constructor(start: Start, lambda: number, diagonal: boolean) {
    const n = start.mean.length;
    this.n = n;
    this.diagonal = diagonal;
    this.strategy = strategyFor(n, lambda, diagonal);
    this.#patience = 1 / (2 * n * (this.strategy.c1 + this.strategy.cMu));
    this.mean = start.mean.slice();
    this.sigma = start.sigma;
    this.stretch = new Float64Array(n).fill(1);
    this.lengths = new Float64Array(n).fill(1);
    this.#covariance = diagonal ? new Float64Array(n).fill(1) : identity(n);
    this.#basis = diagonal ? new Float64Array(0) : identity(n);
    this.#pathSigma = new Float64Array(n);
    this.#pathC = new Float64Array(n);
    this.#steps = new Float64Array(lambda * n);
    this.#weights = new Float64Array(lambda);
    this.#scratch = new Float64Array(n);
    this.#mean = new Float64Array(n);
    this.#white = new Float64Array(n);
    if (start.covariance === undefined) return;
    for (let i = 0; i < this.#covariance.length; i++) this.#covariance[i] = start.covariance[diagonal ? i * n + i : i]!;
    this.#decompose();
  }

  /** The standard deviation along axis i. */
  deviation(i: number): number {
    return this.sigma * this.stretch[i]! * Math.sqrt(this.#covariance[this.diagonal ? i : i * this.n + i]!);
  }

  /** A sample (equations 38 to 40). */
  sample(random: Random, x: Float64Array): void {
    const { n, lengths, mean, sigma, stretch, diagonal } = this;
    const basis = this.#basis;
    const z = this.#scratch;
    drawNormals(random, z);
    for (let i = 0; i < n; i++) z[i]! *= lengths[i]!;
    for (let i = 0; i < n; i++) {
      let y = z[i]!;
      if (!diagonal) {
        y = 0;
        for (let k = 0, at = i * n; k < n; k++, at++) y += basis[at]! * z[k]!;
      }
      x[i] = mean[i]! + sigma * stretch[i]! * y;
    }
  }

  /**
   * Learns from a whole generation, best first (equations 41 to 47). Steps of points of other distributions, which may be
   * far off, are cut to a length of `longest` after whitening.
   */
  update(points: readonly { readonly x: Float64Array; readonly own: boolean }[], longest: number): void {
    const { n, mean, sigma, stretch } = this;
    const { weights, mu, muEff, cSigma, dSigma, cC, chi } = this.strategy;
    const steps = this.#steps;
    points.forEach(({ x, own }, k) => {
      for (let i = 0; i < n; i++) steps[k * n + i] = (x[i]! - mean[i]!) / (sigma * stretch[i]!);
      const length = own ? 0 : Math.sqrt(this.#turn(steps, k * n));
      if (length > longest) for (let i = 0; i < n; i++) steps[k * n + i]! *= longest / length;
    });
    this.generation++;
    const yw = this.#mean.fill(0);
    for (let k = 0; k < mu; k++) for (let i = 0; i < n; i++) yw[i]! += weights[k]! * steps[k * n + i]!;
    for (let i = 0; i < n; i++) mean[i]! += sigma * stretch[i]! * yw[i]!;
    const white = this.#whiten(yw);
    const push = Math.sqrt(cSigma * (2 - cSigma) * muEff);
    let square = 0;
    for (let i = 0; i < n; i++) {
      const p = (1 - cSigma) * this.#pathSigma[i]! + push * white[i]!;
      this.#pathSigma[i] = p;
      square += p * p;
    }
    const length = Math.sqrt(square);
    const expected = Math.sqrt(1 - (1 - cSigma) ** (2 * this.generation)) * (1.4 + 2 / (n + 1)) * chi;
    const stalled = length < expected ? 0 : cC * (2 - cC);
    const pull = length < expected ? Math.sqrt(cC * (2 - cC) * muEff) : 0;
    for (let i = 0; i < n; i++) this.#pathC[i] = (1 - cC) * this.#pathC[i]! + pull * yw[i]!;
    this.#adapt(stalled);
    this.sigma *= Math.exp(Math.min(1, (cSigma / dSigma) * (length / chi - 1)));
    if (this.diagonal || this.generation - this.#decomposed >= this.#patience) this.#decompose();
  }

  /** Learns C, below its diagonal and on it, from the steps and the path. */
  #adapt(stalled: number): void {
    const { n, diagonal } = this;
    const { weights, c1, cMu } = this.strategy;
    const scaled = this.#weights;
    const steps = this.#steps;
    const lambda = weights.length;
    let total = 0;
    for (let k = 0; k < lambda; k++) {
      const w = weights[k]!;
      total += w;
      // negative weights must not make C lose its definiteness (equation 46)
      scaled[k] = cMu * (w >= 0 ? w : (w * n) / (this.#turn(steps, k * n) + 1e-300));
    }
    const keep = 1 + c1 * stalled - c1 - cMu * total;
    const c = this.#covariance;
    const p = this.#pathC;
    for (let i = 0; i < n; i++) {
      const [from, row] = diagonal ? [i, 0] : [0, i * n];
      for (let j = from; j <= i; j++) c[row + j] = keep * c[row + j]! + c1 * p[i]! * p[j]!;
      for (let k = 0, step = 0; k < lambda; k++, step += n) {
        const weight = scaled[k]! * steps[step + i]!;
        for (let j = from; j <= i; j++) c[row + j]! += weight * steps[step + j]!;
      }
    }
  }

  /** The ratio of the largest and the least eigenvalue of C. */
  get condition(): number {
    const most = this.lengths.reduce((a, b) => Math.max(a, b), 0);
    return (most / this.lengths.reduce((a, b) => Math.min(a, b), Infinity)) ** 2;
  }

  /** D⁻¹ Bᵀ y into the scratch, of the vector `y` from an offset on, and its square length: that of C^−½ y. */
  #turn(y: Float64Array, from: number): number {
    const { n, lengths } = this;
    const basis = this.#basis;
    const turned = this.#scratch.fill(0);
    if (this.diagonal) turned.set(y.subarray(from, from + n));
    else
      for (let i = 0, at = 0; i < n; i++) {
        const value = y[from + i]!;
        for (let k = 0; k < n; k++, at++) turned[k]! += basis[at]! * value;
      }
    let square = 0;
    for (let k = 0; k < n; k++) square += (turned[k]! /= lengths[k]!) ** 2;
    return square;
  }

  /** C^−½ y. */
  #whiten(y: Float64Array): Float64Array {
    this.#turn(y, 0);
    if (this.diagonal) return this.#scratch;
    const { n } = this;
    const basis = this.#basis;
    const turned = this.#scratch;
    const white = this.#white;
    for (let i = 0, at = 0; i < n; i++) {
      let sum = 0;
      for (let k = 0; k < n; k++, at++) sum += basis[at]! * turned[k]!;
      white[i] = sum;
    }
    return white;
  }

  #decompose(): void {
    this.#decomposed = this.generation;
    if (this.diagonal) {
      this.lengths = this.#covariance.map((v) => Math.sqrt(Math.max(v, 1e-40)));
      return;
    }
    const { values, vectors } = eigenSymmetric(this.#covariance, this.n);
    const most = values[this.n - 1] ?? 1;
    this.lengths = values.map((v) => Math.sqrt(Math.max(v, most * 1e-20, 1e-300)));
    this.#basis = vectors;
  }
}

function identity(n: number): Float64Array {
  const c = new Float64Array(n * n);
  for (let i = 0; i < n; i++) c[i * n + i] = 1;
  return c;
}

/** Fills with standard normal deviates (Box & Muller 1958, both of each pair). */
function drawNormals(random: Random, z: Float64Array): void {
  for (let i = 0; i < z.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
    const angle = 2 * Math.PI * random.uniform();
    z[i] = radius * Math.cos(angle);
    if (i + 1 < z.length) z[i + 1] = radius * Math.sin(angle);
  }
}
