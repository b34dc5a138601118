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
  readonly #scratch: Float64Array;
  #decomposed = 0;

  constructor(start: Start, lambda: number, diagonal: boolean) {
    const n = start.mean.length;
    this.n = n;
    this.diagonal = diagonal;
    this.strategy = strategyFor(n, lambda, diagonal);
    this.mean = start.mean.slice();
    this.sigma = start.sigma;
    this.stretch = new Float64Array(n).fill(1);
    this.lengths = new Float64Array(n).fill(1);
    this.#covariance = diagonal ? new Float64Array(n).fill(1) : identity(n);
    this.#basis = diagonal ? new Float64Array(0) : identity(n);
    this.#pathSigma = new Float64Array(n);
    this.#pathC = new Float64Array(n);
    this.#scratch = new Float64Array(n);
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
    const { n, lengths } = this;
    const z = this.#scratch;
    for (let i = 0; i < n; i++) z[i] = lengths[i]! * random.normal();
    for (let i = 0; i < n; i++) {
      let y = z[i]!;
      if (!this.diagonal) {
        y = 0;
        for (let k = 0; k < n; k++) y += this.#basis[i * n + k]! * z[k]!;
      }
      x[i] = this.mean[i]! + this.sigma * this.stretch[i]! * y;
    }
  }

  /** (x − m) / (σ A), no longer than `longest` after whitening; samples of other distributions may be far off. */
  step(x: Float64Array, longest: number): Float64Array {
    const y = x.map((value, i) => (value - this.mean[i]!) / (this.sigma * this.stretch[i]!));
    if (longest === Infinity) return y;
    const length = Math.hypot(...this.#whiten(y));
    return length > longest ? y.map((value) => (value * longest) / length) : y;
  }

  /** Learns from a whole generation of steps, best first (equations 41 to 47). */
  update(steps: readonly Float64Array[]): void {
    const { n, diagonal } = this;
    const { weights, mu, muEff, cSigma, dSigma, cC, c1, cMu, chi } = this.strategy;
    this.generation++;
    const yw = new Float64Array(n);
    for (let k = 0; k < mu; k++) for (let i = 0; i < n; i++) yw[i]! += weights[k]! * steps[k]![i]!;
    for (let i = 0; i < n; i++) this.mean[i]! += this.sigma * this.stretch[i]! * yw[i]!;
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
    let total = 0;
    const scaled = Float64Array.from(weights, (w, k) => {
      total += w;
      // negative weights must not make C lose its definiteness (equation 46)
      return w >= 0 ? w : (w * n) / (this.#whiten(steps[k]!).reduce((sum, z) => sum + z * z, 0) + 1e-300);
    });
    const keep = 1 + c1 * stalled - c1 - cMu * total;
    const c = this.#covariance;
    const p = this.#pathC;
    for (let i = 0; i < n; i++) {
      for (let j = diagonal ? i : 0; j <= i; j++) {
        const at = diagonal ? i : i * n + j;
        let sum = keep * c[at]! + c1 * p[i]! * p[j]!;
        for (let k = 0; k < steps.length; k++) sum += cMu * scaled[k]! * steps[k]![i]! * steps[k]![j]!;
        c[at] = sum;
        if (!diagonal) c[j * n + i] = sum;
      }
    }
    this.sigma *= Math.exp(Math.min(1, (cSigma / dSigma) * (length / chi - 1)));
    const every = 1 / (10 * n * (c1 + cMu));
    if (diagonal || this.generation - this.#decomposed >= every) this.#decompose();
  }

  /** The ratio of the largest and the least eigenvalue of C. */
  get condition(): number {
    const most = this.lengths.reduce((a, b) => Math.max(a, b), 0);
    return (most / this.lengths.reduce((a, b) => Math.min(a, b), Infinity)) ** 2;
  }

  /** C^−½ y. */
  #whiten(y: Float64Array): Float64Array {
    const { n, lengths } = this;
    if (this.diagonal) return y.map((value, i) => value / lengths[i]!);
    const basis = this.#basis;
    const turned = this.#scratch;
    for (let k = 0; k < n; k++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += basis[i * n + k]! * y[i]!;
      turned[k] = sum / lengths[k]!;
    }
    const white = new Float64Array(n);
    for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) white[i]! += basis[i * n + k]! * turned[k]!;
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
