import { BLOCK, LANES } from "../../math/simd/near-rows.ts";
import type { Random } from "../../core/random.ts";
import type { Axis } from "../../space/axis.ts";
import { Bandwidths, logPeak } from "./bandwidths.ts";
import { CellKernel } from "./cells.ts";
import { type Columns, grown } from "./columns.ts";
import { Rows } from "./rows.ts";

/** A kernel that adds less than e⁻²⁵ of a density is left out: ten thousand of them make 1e-7. */
const NEGLIGIBLE = 25;
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
  /** What may be a member. */
  readonly rows: Rows;
  readonly #ages: boolean;
  readonly #bandwidths: Bandwidths;
  readonly #kernels: readonly CellKernel[];
  readonly #offsets: readonly number[];
  readonly #width: number;
  #member = new Uint8Array(0);
  #members = 0;
  /** Rows that came or went since the last `settle`. */
  readonly #changed = new Set<number>();
  #anew = true;
  #logWeights = new Float64Array(0);
  #total = 1;
  #ramp = 0;
  #rampTotal = 0;
  // scratch: the logarithm of what each row of a block has at most, and what belongs to each point that is scored
  readonly #starts = new Float64Array(BLOCK);
  #look = NONE;
  #tops = NONE;
  #sums = NONE;

  constructor(axes: readonly Axis[], indices: readonly number[], ages: boolean) {
    this.rows = new Rows(axes, indices);
    this.#ages = ages;
    this.#bandwidths = new Bandwidths(this.rows);
    this.#kernels = this.rows.celled.map((_, j) => new CellKernel(this.rows.celledAxis(j)));
    let width = 0;
    this.#offsets = this.#kernels.map(({ size }) => (width += size) - size);
    this.#width = width;
  }

  /** Makes a row a member, or no member any more; heeded from the next `settle` on. */
  include(row: number, is: boolean): void {
    if (row >= this.#member.length) this.#member = grown(this.#member, this.rows.size);
    if ((this.#member[row] === 1) === is) return;
    this.#member[row] = is ? 1 : 0;
    this.#members += is ? 1 : -1;
    if (!this.#changed.delete(row)) this.#changed.add(row);
    this.#kernels.forEach(({ counts }, j) => (counts[this.rows.cell(row, j)]! += is ? 1 : -1));
  }

  /** Forgets all rows. */
  clear(): void {
    for (let row = 0; row < this.rows.size; row++) this.include(row, false);
    this.rows.clear();
    this.#anew = true;
  }

  /** Brings everything up to date; what changed is what costs. */
  settle(): void {
    if (!this.#anew && this.#changed.size < 16 + this.rows.size / 16) {
      for (const row of this.#changed)
        if (this.#member[row] === 1) this.#bandwidths.add(row);
        else this.#bandwidths.remove(row);
      this.#bandwidths.settle(this.#members);
    } else {
      const members = new Int32Array(this.#members);
      let count = 0;
      for (let row = 0; row < this.rows.size; row++) if (this.#member[row] === 1) members[count++] = row;
      this.#bandwidths.reset(members);
    }
    this.#anew = false;
    this.#changed.clear();
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
      if (this.#logWeights.length < ramp) this.#logWeights = grown(this.#logWeights, ramp);
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

  /** Adds a draw to a batch: a row, all of which must be members, or the prior at random, and a point of its kernel. */
  draw(batch: Columns, random: Random): void {
    const { near, size } = this.rows;
    const d = near.width;
    const choice = random.integer(size + 1);
    const member = choice === size ? -1 : choice;
    const row = batch.add();
    for (let j = 0; j < d; j++) {
      let u = random.uniform();
      if (member >= 0) {
        const centre = near.centres[member * d + j]!;
        const deviation = Math.SQRT1_2 / near.scales[member * d + j]!;
        do u = centre + deviation * random.normal();
        while (!(u >= 0 && u <= 1));
      }
      batch.coordinates[row * d + j] = u;
    }
    const c = this.#kernels.length;
    for (let j = 0; j < c; j++)
      batch.cells[row * c + j] = this.#kernels[j]!.draw(member < 0 ? -1 : this.rows.cell(member, j), random);
  }

  /**
   * The logarithm of the density at each point of a batch, into `out`, to six digits of the density. `more` holds
   * further observations, of weight 1, that are not told yet.
   */
  score(batch: Columns, more: Columns | undefined, out: Float64Array): void {
    this.#begin(batch);
    const { size, smooth } = this.rows;
    let age = 0;
    for (let from = 0; from < size; from += BLOCK) {
      const to = Math.min(size, from + BLOCK);
      for (let row = from; row < to; row++) {
        let start = -Infinity;
        if (this.#member[row] === 1) {
          start =
            (age < this.#ramp ? this.#logWeights[age]! : 0) + (smooth.length === 0 ? 0 : this.#bandwidths.peak[row]!);
          age++;
        }
        this.#starts[row - from] = start;
      }
      if (smooth.length > 0) this.#scoreNear(batch, from, to);
      else
        for (let row = from; row < to; row++)
          for (let k = 0; k < batch.size; k++) this.#weighUp(k, row, this.#starts[row - from]!);
    }
    if (more !== undefined) this.#scoreMore(batch, more);
    const total = Math.log(this.#total + (more?.size ?? 0));
    for (let k = 0; k < batch.size; k++) out[k] = this.#tops[k]! + Math.log(this.#sums[k]!) - total;
  }

  /** Scores a block of rows with smooth axes: only those whose kernels reach a point are looked at. */
  #scoreNear(batch: Columns, from: number, to: number): void {
    const { near } = this.rows;
    const { groups } = near;
    const starts = this.#starts;
    for (let row = from; row < to; row++) near.starts[row - from] = starts[row - from]! + NEGLIGIBLE;
    for (let k = 0; k < batch.size; k++) near.tops[k] = this.#tops[k]!;
    const count = near.find(from, to);
    for (let i = 0; i < count; i++) {
      const at = near.found[i]!;
      const local = (at / groups) | 0;
      const first = (at - local * groups) * LANES;
      for (let lane = 0; lane < LANES && first + lane < batch.size; lane++)
        this.#weighUp(first + lane, from + local, starts[local]! - near.sums[i * LANES + lane]!);
    }
  }

  /** Adds a row's kernel to a point, given what its smooth axes make, unless it cannot be seen. */
  #weighUp(k: number, row: number, smooth: number): void {
    const limit = this.#tops[k]! - NEGLIGIBLE;
    if (!(smooth >= limit)) return;
    const c = this.#kernels.length;
    let sum = smooth;
    for (let j = 0; j < c; j++) sum += this.#look[k * this.#width + this.#offsets[j]! + this.rows.cells[row * c + j]!]!;
    if (sum >= limit) this.#see(k, sum);
  }

  /** Looks up what each point has to do with each cell, and begins the sums with the prior. */
  #begin(batch: Columns): void {
    const n = batch.size;
    if (this.#tops.length < n) {
      this.#tops = new Float64Array(n);
      this.#sums = new Float64Array(n);
      this.#look = new Float64Array(n * this.#width);
    }
    const { near } = this.rows;
    const d = near.width;
    if (d > 0) {
      near.reserve(this.rows.size, Math.ceil(n / LANES));
      const stride = near.groups * LANES;
      near.tops.fill(Infinity);
      for (let k = 0; k < n; k++)
        for (let j = 0; j < d; j++) near.points[j * stride + k] = batch.coordinates[k * d + j]!;
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
    const d = this.rows.smooth.length;
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
