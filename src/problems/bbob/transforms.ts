import { normals } from "./legacy-random.ts";

// The transformations of Hansen, Finck, Ros & Auger, "Real-parameter black-box optimization benchmarking 2009: noiseless
// functions definitions", INRIA RR-6829, section 0.2. Vectors are changed in place; matrices are row after row.

/** i / (d − 1): 0 for the first coordinate, 1 for the last. */
export function rank(i: number, d: number): number {
  return i / (d - 1);
}

/** T_osz of one number: small irregular bumps, the sign and zero kept. */
export function oscillated(x: number): number {
  if (x === 0) return 0;
  const log = Math.log(Math.abs(x));
  const [c1, c2] = x > 0 ? [10, 7.9] : [5.5, 3.1];
  return Math.sign(x) * Math.exp(log + 0.049 * (Math.sin(c1 * log) + Math.sin(c2 * log)));
}

/** T_osz of each coordinate. */
export function oscillate(x: Float64Array): Float64Array {
  for (let i = 0; i < x.length; i++) x[i] = oscillated(x[i]!);
  return x;
}

/** T_asy: positive coordinates become x^(1 + β·rank·√x). */
export function skew(x: Float64Array, beta: number): Float64Array {
  for (let i = 0; i < x.length; i++) if (x[i]! > 0) x[i] = x[i]! ** (1 + beta * rank(i, x.length) * Math.sqrt(x[i]!));
  return x;
}

/** The diagonal of Λ^α: α^(½·rank). */
export function conditioning(alpha: number, d: number): Float64Array {
  return Float64Array.from({ length: d }, (_, i) => alpha ** (rank(i, d) / 2));
}

/** x·scales, coordinate by coordinate. */
export function scale(x: Float64Array, scales: Float64Array): Float64Array {
  for (let i = 0; i < x.length; i++) x[i] = x[i]! * scales[i]!;
  return x;
}

/** x − centre, in a new vector. */
export function from(x: ArrayLike<number>, centre: ArrayLike<number>): Float64Array {
  const z = new Float64Array(centre.length);
  for (let i = 0; i < z.length; i++) z[i] = x[i]! - centre[i]!;
  return z;
}

/** f_pen: Σ max(0, |xᵢ| − limit)², zero within the domain. */
export function outside(x: ArrayLike<number>, limit: number = 5): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += Math.max(0, Math.abs(x[i]!) - limit) ** 2;
  return sum;
}

/** A random rotation: d × d normals, made orthonormal by Gram & Schmidt from the first column on. */
export function rotation(d: number, seed: number): Float64Array {
  const drawn = normals(d * d, seed);
  const columns = Array.from({ length: d }, (_, i) => drawn.subarray(i * d, (i + 1) * d));
  for (const [i, column] of columns.entries()) {
    for (const earlier of columns.slice(0, i)) {
      const shadow = dot(column, earlier);
      for (let k = 0; k < d; k++) column[k] = column[k]! - shadow * earlier[k]!;
    }
    const length = Math.sqrt(dot(column, column));
    for (let k = 0; k < d; k++) column[k] = column[k]! / length;
  }
  return Float64Array.from({ length: d * d }, (_, at) => columns[at % d]![Math.floor(at / d)]!);
}

/** M·x. */
export function times(matrix: Float64Array, x: ArrayLike<number>): Float64Array {
  const d = x.length;
  const product = new Float64Array(d);
  for (let i = 0; i < d; i++) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += matrix[i * d + j]! * x[j]!;
    product[i] = sum;
  }
  return product;
}

/** R·Λ·Q for a diagonal Λ. */
export function sandwich(r: Float64Array, scales: Float64Array, q: Float64Array): Float64Array {
  const d = scales.length;
  const product = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let k = 0; k < d; k++) {
      const factor = r[i * d + k]! * scales[k]!;
      for (let j = 0; j < d; j++) product[i * d + j] = product[i * d + j]! + factor * q[k * d + j]!;
    }
  return product;
}

/** Mᵀ·x: undoes a rotation. */
export function back(matrix: Float64Array, x: ArrayLike<number>): Float64Array {
  const d = x.length;
  return Float64Array.from({ length: d }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < d; i++) sum += matrix[i * d + j]! * x[i]!;
    return sum;
  });
}

/** Σ xᵢ². */
export function squares(x: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! ** 2;
  return sum;
}

/** 10 (d − Σ cos 2πxᵢ): Rastrigin's waves. */
export function waves(x: ArrayLike<number>): number {
  let sum = x.length;
  for (let i = 0; i < x.length; i++) sum -= Math.cos(2 * Math.PI * x[i]!);
  return 10 * sum;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}
