/** Rows that there is room for at first. */
const ROOM = 32;

/**
 * The factor L of a symmetric positive definite matrix A = L Lᵀ, row by row (Golub & Van Loan, "Matrix Computations", 4th
 * ed., section 4.2.5). A row depends on earlier ones only, so that a matrix which grows by a row and a column costs O(n²),
 * and one that is factored at once has the same factor to the last bit.
 */
export class Cholesky {
  /** The number of rows. */
  size = 0;
  /** Packed: row i begins at i (i + 1) / 2. */
  #rows = new Float64Array((ROOM * (ROOM + 1)) / 2);
  /** 1 / L[i, i]. */
  #inverse = new Float64Array(ROOM);
  /** Room for {@link inverse}. */
  #columns = new Float64Array(0);

  /**
   * Adds row and column `size` of A: `row` holds A[size, 0 … size]. False where A would not be positive definite to
   * working precision; then nothing is added.
   */
  append(row: ArrayLike<number>): boolean {
    const n = this.size;
    this.#reserve(n + 1);
    const rows = this.#rows;
    const at = (n * (n + 1)) / 2;
    for (let j = 0; j <= n; j++) rows[at + j] = row[j]!;
    this.#eliminate(rows, at, 0, n);
    return this.#pivot(n);
  }

  /**
   * Factors a whole matrix, of which the lower triangle is given packed like the rows of L. False where it is not positive
   * definite; then the factor holds the rows before.
   */
  factor(packed: Float64Array, n: number): boolean {
    this.#reserve(n);
    const rows = this.#rows;
    rows.set(packed.subarray(0, (n * (n + 1)) / 2));
    this.size = 0;
    let i = 0;
    for (; i + 4 <= n; i += 4) {
      const p = (i * (i + 1)) / 2;
      const [q, r, s] = [p + i + 1, p + 2 * i + 3, p + 3 * i + 6];
      this.#eliminateFour(rows, p, q, r, s, i);
      for (let k = 0, at = p; k < 4; at += i + ++k) {
        this.#eliminate(rows, at, i, i + k);
        if (!this.#pivot(i + k)) return false;
      }
    }
    for (; i < n; i++) {
      this.#eliminate(rows, (i * (i + 1)) / 2, 0, i);
      if (!this.#pivot(i)) return false;
    }
    return true;
  }

  /** Forgets the rows from `size` on. */
  truncate(size: number): void {
    this.size = Math.min(this.size, size);
  }

  /** Replaces b by L⁻¹ b; with four sums at once, so that the last bits may differ from those of {@link forwardLast}. */
  forward(b: Float64Array): void {
    const rows = this.#rows;
    for (let j = 0, at = 0; j < this.size; at += ++j) {
      let [s, t, u, v] = [b[j]!, 0, 0, 0];
      let k = 0;
      for (; k + 4 <= j; k += 4) {
        s -= b[k]! * rows[at + k]!;
        t -= b[k + 1]! * rows[at + k + 1]!;
        u -= b[k + 2]! * rows[at + k + 2]!;
        v -= b[k + 3]! * rows[at + k + 3]!;
      }
      for (; k < j; k++) s -= b[k]! * rows[at + k]!;
      b[j] = (s + t + (u + v)) * this.#inverse[j]!;
    }
  }

  /** The same where all entries but the last are of L⁻¹ b already. */
  forwardLast(b: Float64Array): void {
    this.#eliminate(b, 0, this.size - 1, this.size);
  }

  /** Replaces four vectors of `stride` numbers, one after the other in b, by L⁻¹ of each. */
  forwardFour(b: Float64Array, stride: number): void {
    this.#eliminateFour(b, 0, stride, 2 * stride, 3 * stride, this.size);
  }

  /** Replaces b by L⁻ᵀ b. */
  backward(b: Float64Array): void {
    const rows = this.#rows;
    for (let i = this.size - 1; i >= 0; i--) {
      const at = (i * (i + 1)) / 2;
      const x = b[i]! * this.#inverse[i]!;
      b[i] = x;
      for (let k = 0; k < i; k++) b[k]! -= x * rows[at + k]!;
    }
  }

  /** ln det A. */
  get logDeterminant(): number {
    let sum = 0;
    for (let i = 0; i < this.size; i++) sum -= Math.log(this.#inverse[i]!);
    return 2 * sum;
  }

  /** The lower triangle of A⁻¹, packed: L⁻ᵀ L⁻¹, from the columns of L⁻¹. */
  inverse(): Float64Array {
    const n = this.size;
    const wide = (n + 3) & ~3;
    // row j holds column j of L⁻¹, from index j − j mod 4 on
    if (this.#columns.length < wide * n) this.#columns = new Float64Array(wide * n);
    const columns = this.#columns.fill(0);
    for (let j = 0; j < n; j += 4) {
      for (let k = 0; k < 4 && j + k < n; k++) columns[(j + k) * n + j + k] = 1;
      this.#eliminateFour(columns, j * n, (j + 1) * n, (j + 2) * n, (j + 3) * n, n, j);
    }
    const packed = new Float64Array((n * (n + 1)) / 2);
    for (let i = 0; i < n; i++) {
      const at = (i * (i + 1)) / 2;
      const c = i * n;
      let j = 0;
      for (; j + 4 <= i + 1; j += 4) {
        const p = j * n;
        const [q, r, s] = [p + n, p + 2 * n, p + 3 * n];
        let [a, b, d, e] = [0, 0, 0, 0];
        for (let k = i; k < n; k++) {
          const x = columns[c + k]!;
          a += x * columns[p + k]!;
          b += x * columns[q + k]!;
          d += x * columns[r + k]!;
          e += x * columns[s + k]!;
        }
        packed[at + j] = a;
        packed[at + j + 1] = b;
        packed[at + j + 2] = d;
        packed[at + j + 3] = e;
      }
      for (; j <= i; j++) {
        let a = 0;
        for (let k = i; k < n; k++) a += columns[c + k]! * columns[j * n + k]!;
        packed[at + j] = a;
      }
    }
    return packed;
  }

  /** Forward substitution in place, for the unknowns `from` … `to` − 1 of the vector at `p` of x. */
  #eliminate(x: Float64Array, p: number, from: number, to: number): void {
    const rows = this.#rows;
    for (let j = from; j < to; j++) {
      const at = (j * (j + 1)) / 2;
      let sum = x[p + j]!;
      for (let k = 0; k < j; k++) sum -= x[p + k]! * rows[at + k]!;
      x[p + j] = sum * this.#inverse[j]!;
    }
  }

  /** The same for four vectors at once, which keeps four sums going; entries before `from` are 0. */
  #eliminateFour(x: Float64Array, p: number, q: number, r: number, s: number, to: number, from = 0): void {
    const rows = this.#rows;
    for (let j = from; j < to; j++) {
      const at = (j * (j + 1)) / 2;
      let a = x[p + j]!;
      let b = x[q + j]!;
      let c = x[r + j]!;
      let d = x[s + j]!;
      for (let k = from; k < j; k++) {
        const l = rows[at + k]!;
        a -= x[p + k]! * l;
        b -= x[q + k]! * l;
        c -= x[r + k]! * l;
        d -= x[s + k]! * l;
      }
      const inverse = this.#inverse[j]!;
      x[p + j] = a * inverse;
      x[q + j] = b * inverse;
      x[r + j] = c * inverse;
      x[s + j] = d * inverse;
    }
  }

  /** The diagonal of row i, whose other numbers are done. */
  #pivot(i: number): boolean {
    const rows = this.#rows;
    const at = (i * (i + 1)) / 2;
    const whole = rows[at + i]!;
    let rest = whole;
    for (let k = 0; k < i; k++) rest -= rows[at + k]! ** 2;
    if (!(rest > 1e-14 * whole)) return false;
    const root = Math.sqrt(rest);
    rows[at + i] = root;
    this.#inverse[i] = 1 / root;
    this.size = i + 1;
    return true;
  }

  #reserve(n: number): void {
    if (n <= this.#inverse.length) return;
    const room = Math.max(n, 2 * this.#inverse.length);
    const rows = new Float64Array((room * (room + 1)) / 2);
    rows.set(this.#rows);
    const inverse = new Float64Array(room);
    inverse.set(this.#inverse);
    this.#rows = rows;
    this.#inverse = inverse;
  }
}
