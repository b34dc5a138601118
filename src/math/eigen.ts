/** Sweeps for one eigenvalue at most. */
const ROUNDS = 100;

/** The eigenvalues of a symmetric matrix, ascending, and its eigenvectors as the columns of `vectors`, row by row. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/**
 * Decomposes the symmetric n × n matrix `a` (row by row; not changed): Householder's reduction to tridiagonal form, then
 * QL with implicit shifts (Golub & Van Loan, "Matrix Computations", 4th ed., algorithms 8.3.1 and 8.3.3; the arrangement
 * of EISPACK's tred2 and tql2).
 */
export function eigenSymmetric(a: Float64Array, n: number): Eigen {
  const v = a.slice();
  const d = new Float64Array(n);
  const e = new Float64Array(n);
  tridiagonalise(v, d, e, n);
  diagonalise(v, d, e, n);
  return { values: d, vectors: v };
}

function tridiagonalise(v: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) d[j] = v[(n - 1) * n + j]!;
  for (let i = n - 1; i > 0; i--) {
    let scale = 0;
    let h = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(d[k]!);
    if (scale === 0) {
      e[i] = d[i - 1]!;
      for (let j = 0; j < i; j++) {
        d[j] = v[(i - 1) * n + j]!;
        v[i * n + j] = v[j * n + i] = 0;
      }
    } else {
      for (let k = 0; k < i; k++) h += (d[k]! /= scale) ** 2;
      const f = d[i - 1]!;
      const g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h);
      e[i] = scale * g;
      h -= f * g;
      d[i - 1] = f - g;
      e.fill(0, 0, i);
      reflect(v, d, e, h, i, n);
    }
    d[i] = h;
  }
  accumulate(v, d, n);
  e[0] = 0;
}

/** Applies one similarity transformation to the columns that are left. */
function reflect(v: Float64Array, d: Float64Array, e: Float64Array, h: number, i: number, n: number): void {
  for (let j = 0; j < i; j++) {
    const f = d[j]!;
    v[j * n + i] = f;
    let g = e[j]! + v[j * n + j]! * f;
    for (let k = j + 1, at = k * n + j; k < i; k++, at += n) {
      g += v[at]! * d[k]!;
      e[k]! += v[at]! * f;
    }
    e[j] = g;
  }
  let f = 0;
  for (let j = 0; j < i; j++) f += (e[j]! /= h) * d[j]!;
  for (let j = 0; j < i; j++) e[j]! -= (f / (h + h)) * d[j]!;
  for (let j = 0; j < i; j++) {
    const [dj, ej] = [d[j]!, e[j]!];
    for (let k = j, at = k * n + j; k < i; k++, at += n) v[at]! -= dj * e[k]! + ej * d[k]!;
    d[j] = v[(i - 1) * n + j]!;
    v[i * n + j] = 0;
  }
}

function accumulate(v: Float64Array, d: Float64Array, n: number): void {
  const last = n - 1;
  for (let i = 0; i < last; i++) {
    v[last * n + i] = v[i * n + i]!;
    v[i * n + i] = 1;
    const h = d[i + 1]!;
    if (h !== 0) {
      for (let k = 0; k <= i; k++) d[k] = v[k * n + i + 1]! / h;
      for (let j = 0; j <= i; j++) {
        let g = 0;
        for (let k = 0, at = j; k <= i; k++, at += n) g += v[at + i + 1 - j]! * v[at]!;
        for (let k = 0, at = j; k <= i; k++, at += n) v[at]! -= g * d[k]!;
      }
    }
    for (let k = 0; k <= i; k++) v[k * n + i + 1] = 0;
  }
  for (let j = 0; j < n; j++) {
    d[j] = v[last * n + j]!;
    v[last * n + j] = 0;
  }
  v[n * n - 1] = 1;
}

function diagonalise(v: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  e.copyWithin(0, 1);
  e[n - 1] = 0;
  let shift = 0;
  let norm = 0;
  for (let l = 0; l < n; l++) {
    norm = Math.max(norm, Math.abs(d[l]!) + Math.abs(e[l]!));
    let m = l;
    while (m < n - 1 && Math.abs(e[m]!) > Number.EPSILON * norm) m++;
    // it converges in a handful of rounds; the bound keeps numbers that are none from turning for ever
    for (let round = m > l ? 0 : ROUNDS; round < ROUNDS && Math.abs(e[l]!) > Number.EPSILON * norm; round++) {
      shift += shiftBy(d, e, l, n);
      rotate(v, d, e, l, m, n);
    }
    d[l]! += shift;
    e[l] = 0;
  }
  sortAscending(v, d, n);
}

function shiftBy(d: Float64Array, e: Float64Array, l: number, n: number): number {
  const g = d[l]!;
  const p = (d[l + 1]! - g) / (2 * e[l]!);
  const r = p < 0 ? -Math.hypot(p, 1) : Math.hypot(p, 1);
  d[l] = e[l]! / (p + r);
  d[l + 1] = e[l]! * (p + r);
  const h = g - d[l];
  for (let i = l + 2; i < n; i++) d[i]! -= h;
  return h;
}

/** One implicit QL sweep from `m` down to `l`. */
function rotate(v: Float64Array, d: Float64Array, e: Float64Array, l: number, m: number, n: number): void {
  const next = d[l + 1]!;
  const first = e[l + 1]!;
  let p = d[m]!;
  let [c, c2, c3, s, s2] = [1, 1, 1, 0, 0];
  for (let i = m - 1; i >= l; i--) {
    [c3, c2, s2] = [c2, c, s];
    const g = c * e[i]!;
    const h = c * p;
    const r = Math.sqrt(p * p + e[i]! * e[i]!);
    e[i + 1] = s * r;
    s = e[i]! / r;
    c = p / r;
    p = c * d[i]! - s * g;
    d[i + 1] = h + s * (c * g + s * d[i]!);
    for (let at = i; at < n * n; at += n) {
      const t = v[at + 1]!;
      const u = v[at]!;
      v[at + 1] = s * u + c * t;
      v[at] = c * u - s * t;
    }
  }
  p = (-s * s2 * c3 * first * e[l]!) / next;
  e[l] = s * p;
  d[l] = c * p;
}

function sortAscending(v: Float64Array, d: Float64Array, n: number): void {
  for (let i = 0; i < n - 1; i++) {
    let least = i;
    for (let j = i + 1; j < n; j++) if (d[j]! < d[least]!) least = j;
    if (least === i) continue;
    [d[i], d[least]] = [d[least]!, d[i]!];
    for (let row = 0; row < n * n; row += n) {
      const t = v[row + i]!;
      v[row + i] = v[row + least]!;
      v[row + least] = t;
    }
  }
}
