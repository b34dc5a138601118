import type { Random } from "../../core/random.ts";
import { Bandwidths, logPeak } from "./bandwidths.ts";
import { CellKernel } from "./cells.ts";
import { type Columns, grown } from "./columns.ts";

/** A kernel that adds less than e⁻³⁸ of a density cannot be seen in a double. */
const NEGLIGIBLE = 38;
/** Members that count fully, the youngest ones. */
const YOUNG = 25;
const NONE = new Float64Array(0);

/**
 * A Parzen estimator over some rows of a group: the mixture of one product of kernels for each member and one for the
 * prior, with weight 1 (Bergstra et al., NeurIPS 2011; multivariate: Falkner et al., ICML 2018). With `ages`, the older
 * members weigh less: 1/n for the oldest, rising evenly to 1 for the youngest 25 (Watanabe, arXiv:2304.11127,
 * section 3.2).
 */
export class Parzen {
  readonly #columns: Columns;
  readonly #ages: boolean;
  readonly #bandwidths: Bandwidths;
  readonly #kernels: readonly CellKernel[];
  readonly #offsets: readonly number[];
  readonly #width: number;
  #member = new Uint8Array(64);
  #rows = new Int32Array(64);
  #logWeights = new Float64Array(64);
  #members = 0;
  #total = 1;
  #ramp = 0;
  #rampTotal = 0;
  // scratch, one entry for each point that is scored
  #look = NONE;
  #tops = NONE;
  #sums = NONE;

  constructor(columns: Columns, ages: boolean) {
    this.#columns = columns;
    this.#ages = ages;
    this.#bandwidths = new Bandwidths(columns);
    this.#kernels = columns.celled.map((_, j) => new CellKernel(columns.celledAxis(j)));
    let width = 0;
    this.#offsets = this.#kernels.map(({ size }) => (width += size) - size);
    this.#width = width;
  }

  /** Makes the rows whose flag is `wanted` the members; what changes is what costs. */
  update(flags: Uint8Array, wanted: 0 | 1): void {
    const { size } = this.#columns;
    while (this.#member.length < size) this.#member = grown(this.#member);
    while (this.#rows.length < size) this.#rows = grown(this.#rows);
    let changes = 0;
    for (let row = 0; row < size; row++) if ((flags[row] === wanted) !== (this.#member[row] === 1)) changes++;
    const few = changes < 16 + size / 16;
    this.#members = 0;
    for (let row = 0; row < size; row++) {
      const is = flags[row] === wanted;
      if (is) this.#rows[this.#members++] = row;
      if (is === (this.#member[row] === 1)) continue;
      this.#member[row] = is ? 1 : 0;
      this.#kernels.forEach(({ counts }, j) => {
        counts[this.#columns.cells[row * this.#kernels.length + j]!]! += is ? 1 : -1;
      });
      if (few && is) this.#bandwidths.add(row);
      else if (few) this.#bandwidths.remove(row);
    }
    if (few) this.#bandwidths.settle(this.#members);
    else this.#bandwidths.reset(this.#rows.subarray(0, this.#members));
    for (const kernel of this.#kernels) kernel.fit(this.#members);
    this.#weigh();
  }

  #weigh(): void {
    const n = this.#members;
    // beyond 256 the ramp grows in steps of 1/64 to 1/128 of its length, so that it need not be computed each time
    const step = n < 256 ? 1 : 2 ** (Math.floor(Math.log2(n)) - 6);
    const ramp = this.#ages ? Math.max(0, n - (n % step) - YOUNG) : 0;
    if (ramp !== this.#ramp) {
      this.#ramp = ramp;
      while (this.#logWeights.length < ramp) this.#logWeights = grown(this.#logWeights);
      this.#rampTotal = 0;
      const first = 1 / (ramp + YOUNG);
      for (let k = 0; k < ramp; k++) {
        const weight = first + ((1 - first) * k) / Math.max(1, ramp - 1);
        this.#logWeights[k] = Math.log(weight);
        this.#rampTotal += weight;
      }
    }
    this.#total = 1 + this.#rampTotal + n - ramp;
  }

  /** Adds a draw to a batch: a member or the prior at random, and a point of its kernel. */
  draw(batch: Columns, random: Random): void {
    const { smooth, coordinates, cells } = this.#columns;
    const d = smooth.length;
    const choice = random.integer(this.#members + 1);
    const member = choice === this.#members ? -1 : this.#rows[choice]!;
    const row = batch.add();
    for (let j = 0; j < d; j++) {
      let u = random.uniform();
      if (member >= 0) {
        const centre = coordinates[member * d + j]!;
        const deviation = Math.SQRT1_2 / this.#bandwidths.inverse[member * d + j]!;
        do u = centre + deviation * random.normal();
        while (!(u >= 0 && u <= 1));
      }
      batch.coordinates[row * d + j] = u;
    }
    const c = this.#kernels.length;
    for (let j = 0; j < c; j++)
      batch.cells[row * c + j] = this.#kernels[j]!.draw(member < 0 ? -1 : cells[member * c + j]!, random);
  }

  /**
   * The logarithm of the density at each point of a batch, into `out`. `more` holds further observations, of weight 1,
   * that are not told yet. Exact to the last digits: a kernel is left as soon as it cannot be seen beside what is there.
   */
  score(batch: Columns, more: Columns | undefined, out: Float64Array): void {
    this.#begin(batch);
    const { coordinates, cells, smooth, celled } = this.#columns;
    const { inverse, peak } = this.#bandwidths;
    const [d, c, n, width] = [smooth.length, celled.length, batch.size, this.#width];
    const points = batch.coordinates;
    const look = this.#look;
    const offsets = this.#offsets;
    const tops = this.#tops;
    const rows = this.#rows;
    const logWeights = this.#logWeights;
    const ramp = this.#ramp;
    const members = this.#members;
    for (let m = 0; m < members; m++) {
      const row = rows[m]!;
      const start = (m < ramp ? logWeights[m]! : 0) + (d === 0 ? 0 : peak[row]!) + NEGLIGIBLE;
      const at = row * d;
      const centre = d === 0 ? 0 : coordinates[at]!;
      const sharp = d === 0 ? 0 : inverse[at]!;
      next: for (let k = 0; k < n; k++) {
        const limit = tops[k]!;
        const from = k * d;
        const first = d === 0 ? 0 : (points[from]! - centre) * sharp;
        let sum = start - first * first;
        if (sum < limit) continue;
        for (let j = 1; j < d; j++) {
          const z = (points[from + j]! - coordinates[at + j]!) * inverse[at + j]!;
          sum -= z * z;
          if (sum < limit) continue next;
        }
        for (let j = 0; j < c; j++) sum += look[k * width + offsets[j]! + cells[row * c + j]!]!;
        if (sum >= limit) this.#see(k, sum - NEGLIGIBLE);
      }
    }
    if (more !== undefined) this.#scoreMore(batch, more);
    const total = Math.log(this.#total + (more?.size ?? 0));
    for (let k = 0; k < n; k++) out[k] = tops[k]! + Math.log(this.#sums[k]!) - total;
  }

  /** Looks up what each point has to do with each cell, and begins the sums with the prior. */
  #begin(batch: Columns): void {
    const n = batch.size;
    if (this.#tops.length < n) {
      this.#tops = new Float64Array(n);
      this.#sums = new Float64Array(n);
      this.#look = new Float64Array(n * this.#width);
    }
    const c = this.#kernels.length;
    for (let k = 0; k < n; k++) {
      let top = 0;
      for (let j = 0; j < c; j++) {
        const kernel = this.#kernels[j]!;
        const x = batch.cells[k * c + j]!;
        kernel.logColumn(x, this.#look, k * this.#width + this.#offsets[j]!);
        top += Math.log(kernel.prior[x]!);
      }
      this.#tops[k] = Math.max(top, -1e9);
      this.#sums[k] = top > -1e9 ? 1 : 0;
    }
  }

  #see(k: number, sum: number): void {
    const top = this.#tops[k]!;
    if (sum <= top) this.#sums[k]! += Math.exp(sum - top);
    else {
      this.#sums[k] = this.#sums[k]! * Math.exp(top - sum) + 1;
      this.#tops[k] = sum;
    }
  }

  #scoreMore(batch: Columns, more: Columns): void {
    const d = this.#columns.smooth.length;
    const c = this.#kernels.length;
    const deviations = new Float64Array(d);
    for (let row = 0; row < more.size; row++) {
      let peak = 0;
      for (let j = 0; j < d; j++) {
        const centre = more.coordinates[row * d + j]!;
        deviations[j] = this.#bandwidths.deviation(j, centre);
        peak += logPeak(centre, deviations[j]!);
      }
      for (let k = 0; k < batch.size; k++) {
        let sum = peak;
        for (let j = 0; j < d; j++)
          sum -= ((batch.coordinates[k * d + j]! - more.coordinates[row * d + j]!) / deviations[j]!) ** 2 / 2;
        for (let j = 0; j < c; j++) sum += this.#look[k * this.#width + this.#offsets[j]! + more.cells[row * c + j]!]!;
        this.#see(k, sum);
      }
    }
  }
}
