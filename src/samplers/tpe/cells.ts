import type { Random } from "../../core/random.ts";
import { type Axis, toUnit } from "../../space/axis.ts";

/** Deviations, in cells, of the smooth kernels that an ordered axis may have. */
const DEVIATIONS = [0.7, 1.5, 3];
/** How much likelier, as a logarithm, the categorical kernel is held to be before anything is seen. */
const CAUTION = 4;
/** The weight of the prior in a kernel, in observations per cell. */
const PRIOR = 0.5;

/**
 * The kernel of one axis that is modelled cell by cell: an observation in cell i stands for the distribution
 * (1 − ε) Σₘ πₘ kₘ(· | i) + ε · prior, where ε falls with the number of members (Optuna's categorical kernel has such an
 * ε). k₀ puts everything on cell i; on an ordered axis the others are discretised normal kernels. π is their posterior by
 * the leave-one-out likelihood of the members (Duin 1976 for one bandwidth), so that an axis whose neighbours do alike
 * becomes numeric, and one where they do not stays categorical, whatever it was declared as.
 */
export class CellKernel {
  readonly size: number;
  /** How many members lie in each cell. */
  readonly counts: Int32Array;
  readonly prior: Float64Array;
  readonly #cores: readonly Float64Array[];
  /** Σₘ πₘ kₘ: row i is the distribution of an observation in cell i; empty without smooth kernels. */
  readonly #mixed: Float64Array;
  #share = 1;

  constructor(axis: Axis) {
    const { size, weights, ordered } = axis;
    this.size = size;
    this.counts = new Int32Array(size);
    this.prior = Float64Array.from({ length: size }, (_, k) => weights?.[k] ?? 1 / size);
    const widths = ordered ? DEVIATIONS.filter((deviation) => deviation < size && size > 2) : [];
    const centres = Array.from({ length: widths.length > 0 ? size : 0 }, (_, k) => toUnit(axis, axis.low + k) * size);
    this.#cores = [0, ...widths].slice(widths.length > 0 ? 0 : 1).map((width) => core(centres, width));
    this.#mixed = new Float64Array(this.#cores.length > 0 ? size * size : 0);
  }

  /** Brings the kernel up to date with the counts. */
  fit(members: number): void {
    const { size } = this;
    this.#share = (PRIOR * size) / (members + 1 + PRIOR * size);
    if (this.#cores.length === 0) return;
    const evidence = this.#cores.map((k, m) => this.#leaveOneOut(k) + (m === 0 ? CAUTION : 0));
    const most = Math.max(...evidence);
    const posterior = evidence.map((e) => Math.exp(e - most));
    const total = posterior.reduce((a, b) => a + b, 0);
    this.#mixed.fill(0);
    this.#cores.forEach((k, m) => {
      const weight = posterior[m]! / total;
      if (weight > 1e-9) for (let at = 0; at < k.length; at++) this.#mixed[at]! += weight * k[at]!;
    });
  }

  /** The logarithms of what an observation in each cell gives to cell `x`, into `out` from `offset`. */
  logColumn(x: number, out: Float64Array, offset: number): void {
    const { size } = this;
    const floor = this.#share * this.prior[x]!;
    const rest = 1 - this.#share;
    if (this.#mixed.length === 0) {
      out.fill(Math.log(floor), offset, offset + size);
      out[offset + x] = Math.log(rest + floor);
    } else for (let i = 0; i < size; i++) out[offset + i] = Math.log(rest * this.#mixed[i * size + x]! + floor);
  }

  /** A cell for an observation in cell `i`; `i` < 0 stands for the prior. */
  draw(i: number, random: Random): number {
    if (i < 0 || random.uniform() < this.#share) return pick(this.prior, 0, this.size, random.uniform());
    return this.#mixed.length === 0 ? i : pick(this.#mixed, i * this.size, this.size, random.uniform());
  }

  /** Σ over the members of the logarithm of what the others and the prior give to their cell. */
  #leaveOneOut(k: Float64Array): number {
    const { size, counts, prior } = this;
    const rest = 1 - this.#share;
    let members = 0;
    for (let x = 0; x < size; x++) members += counts[x]!;
    let sum = 0;
    for (let x = 0; x < size; x++) {
      if (counts[x] === 0) continue;
      let p = -k[x * size + x]!;
      for (let i = 0; i < size; i++) p += counts[i]! * k[i * size + x]!;
      sum += counts[x]! * Math.log((prior[x]! + rest * p + (members - 1) * this.#share * prior[x]!) / members);
    }
    return sum;
  }
}

/** The kernel of a width, 0 the categorical one, as a table whose rows sum to 1. */
function core(centres: readonly number[], width: number): Float64Array {
  const size = centres.length;
  const table = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let x = 0; x < size; x++) {
      const z = i === x ? 0 : (centres[i]! - centres[x]!) / width;
      sum += table[i * size + x] = Math.exp(-0.5 * z * z);
    }
    for (let x = 0; x < size; x++) table[i * size + x]! /= sum;
  }
  return table;
}

function pick(weights: Float64Array, from: number, size: number, u: number): number {
  for (let x = 0; x < size - 1; x++) if ((u -= weights[from + x]!) < 0) return x;
  return size - 1;
}
