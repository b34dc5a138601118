import { type Find, openKernel } from "./kernel.ts";

/** Points that are compared with a row at a time. */
export const LANES = 4;
/** Rows that one call of {@link NearRows.find} looks at, at most. */
export const BLOCK = 64;
/** From as many rows on there is room for, a WebAssembly memory is worth its making. */
const WORTH = 256;

const { fround } = Math;

/**
 * Rows of centres and scales, and which of them are near some points: the sums Σⱼ ((pointⱼ − centreⱼ) · scaleⱼ)² that
 * matter, in single precision. In WebAssembly with SIMD (near-rows.wat) where that exists, else in plain code with the
 * same results to the last bit.
 */
export class NearRows {
  /** Coordinates of a row. */
  readonly width: number;
  /** Row by row. All these are replaced by {@link reserve}. */
  centres: Float32Array;
  scales: Float32Array;
  /** How far each row of a block may be from a point, less what the point asks for; −∞ for a row that is left out. */
  starts: Float32Array;
  /** The first coordinates of all points, then the second ones, …: of `LANES` points for each group. */
  points: Float32Array;
  /** What each point asks for; ∞ for none. */
  tops: Float32Array;
  /** For each near row and group: (row − from) · groups + group. */
  found: Int32Array;
  /** For each near row and group: the sums for its points; those of far points may be unfinished. */
  sums: Float32Array;
  /** Groups of points that there is room for. */
  groups = 0;
  readonly #plain: boolean;
  #rows = 0;
  #find: Find | undefined;

  /** `plain` does without WebAssembly. */
  constructor(width: number, plain = false) {
    this.width = width;
    this.#plain = plain;
    this.centres = this.scales = this.starts = this.points = this.tops = this.sums = new Float32Array(0);
    this.found = new Int32Array(0);
  }

  /** Makes room for so many rows, which keep what they hold, and so many groups of points, which do not. */
  reserve(rows: number, atLeast: number): void {
    if (rows <= this.#rows && atLeast <= this.groups) return;
    // many rows are much memory, so there is little more of it than is needed
    if (rows > this.#rows) this.#rows = Math.max(16, Math.ceil((rows < WORTH ? 2 : 1.0625) * rows));
    const groups = Math.max(this.groups, atLeast);
    this.groups = groups;
    const { centres, scales, width } = this;
    const each = groups * LANES;
    const length = [width * each, each, BLOCK, BLOCK * groups, BLOCK * each, width * this.#rows, width * this.#rows];
    const bytes = 4 * length.reduce((a, b) => a + b, 0);
    const kernel = this.#plain || this.#rows < WORTH ? undefined : openKernel(bytes);
    const buffer = kernel?.buffer ?? new ArrayBuffer(bytes);
    let offset = 0;
    const [points, tops, starts, found, sums, newCentres, newScales] = length.map((size) => {
      offset += 4 * size;
      return [buffer, offset - 4 * size, size] as const;
    });
    this.points = new Float32Array(...points!);
    this.tops = new Float32Array(...tops!);
    this.starts = new Float32Array(...starts!);
    this.found = new Int32Array(...found!);
    this.sums = new Float32Array(...sums!);
    this.centres = new Float32Array(...newCentres!);
    this.scales = new Float32Array(...newScales!);
    this.centres.set(centres);
    this.scales.set(scales);
    this.#find = kernel?.find;
  }

  /**
   * Finds the rows from `from` to before `to`, `BLOCK` at most, that are near a point: whose sum is at most their start
   * less the point's top. Gives the number of entries in `found` and `sums`.
   */
  find(from: number, to: number): number {
    if (this.#find === undefined) return findPlainly(this, from, to);
    const { centres, scales, starts, points, tops, found, sums, width, groups } = this;
    const behind = scales.byteOffset - centres.byteOffset;
    const { byteOffset } = starts;
    const [rows, row] = [centres.byteOffset, points.byteOffset];
    const [top, where, sum] = [tops.byteOffset, found.byteOffset, sums.byteOffset];
    return this.#find(from, to, width, groups, byteOffset, rows, behind, row, top, where, sum);
  }
}

/** near-rows.wat, four lanes in four variables. */
function findPlainly(
  { centres, scales, starts, points, tops, found, sums, width, groups }: NearRows,
  from: number,
  to: number,
): number {
  const stride = groups * LANES;
  let count = 0;
  for (let row = from; row < to; row++) {
    const start = starts[row - from]!;
    next: for (let group = 0; group < groups; group++) {
      const lane = group * LANES;
      const room0 = fround(start - tops[lane]!);
      const room1 = fround(start - tops[lane + 1]!);
      const room2 = fround(start - tops[lane + 2]!);
      const room3 = fround(start - tops[lane + 3]!);
      let sum0 = fround(0);
      let sum1 = fround(0);
      let sum2 = fround(0);
      let sum3 = fround(0);
      let point = lane;
      for (let at = row * width; at < (row + 1) * width; at++, point += stride) {
        const centre = centres[at]!;
        const scale = scales[at]!;
        const z0 = fround(fround(points[point]! - centre) * scale);
        const z1 = fround(fround(points[point + 1]! - centre) * scale);
        const z2 = fround(fround(points[point + 2]! - centre) * scale);
        const z3 = fround(fround(points[point + 3]! - centre) * scale);
        sum0 = fround(sum0 + fround(z0 * z0));
        sum1 = fround(sum1 + fround(z1 * z1));
        sum2 = fround(sum2 + fround(z2 * z2));
        sum3 = fround(sum3 + fround(z3 * z3));
        if (!(sum0 <= room0 || sum1 <= room1 || sum2 <= room2 || sum3 <= room3)) continue next;
      }
      found[count] = (row - from) * groups + group;
      sums[LANES * count] = sum0;
      sums[LANES * count + 1] = sum1;
      sums[LANES * count + 2] = sum2;
      sums[LANES * count + 3] = sum3;
      count++;
    }
  }
  return count;
}
