// Huband, Hingston, Barone & While, "A review of multiobjective test problems and a scalable test problem toolkit", IEEE
// TEVC 10(5), 2006, tables VIII to XI. All map [0, 1] to [0, 1].

/** b_poly: y^α. */
export function polynomial(y: number, alpha: number): number {
  return within(y ** alpha);
}

/** b_flat: constant a between b and c. */
export function flat(y: number, a: number, b: number, c: number): number {
  const below = Math.min(0, Math.floor(y - b)) * ((a * (b - y)) / b);
  const above = Math.min(0, Math.floor(c - y)) * (((1 - a) * (y - c)) / (1 - c));
  return within(a + below - above);
}

/** b_param: y to a power from b to c that depends on another value, u. */
export function dependent(y: number, u: number, a: number = 0.98 / 49.98, b: number = 0.02, c: number = 50): number {
  const v = a - (1 - 2 * u) * Math.abs(Math.floor(0.5 - u) + a);
  return within(y ** (b + (c - b) * v));
}

/** s_linear: zero at a. */
export function linear(y: number, a: number = 0.35): number {
  return within(Math.abs(y - a) / Math.abs(Math.floor(a - y) + a));
}

/** s_decept: zero at a in a hole of width b, two misleading minima of c at the ends. */
export function deceptive(y: number, a: number = 0.35, b: number = 0.001, c: number = 0.05): number {
  const left = (Math.floor(y - a + b) * (1 - c + (a - b) / b)) / (a - b);
  const right = (Math.floor(a + b - y) * (1 - c + (1 - a - b) / b)) / (1 - a - b);
  return within(1 + (Math.abs(y - a) - b) * (left + right + 1 / b));
}

/** s_multi: zero at c among a minima; b is how steep the whole is. */
export function multiModal(y: number, a: number, b: number, c: number): number {
  const v = Math.abs(y - c) / (2 * (Math.floor(c - y) + c));
  return within((1 + Math.cos((4 * a + 2) * Math.PI * (0.5 - v)) + 4 * b * v ** 2) / (b + 2));
}

/** r_sum: the weighted mean. */
export function weighted(y: readonly number[], w: readonly number[]): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < y.length; i++) {
    sum += y[i]! * w[i]!;
    total += w[i]!;
  }
  return within(sum / total);
}

/** r_sum with equal weights. */
export function mean(y: readonly number[]): number {
  return within(y.reduce((a, b) => a + b, 0) / y.length);
}

/** r_nonsep: how far values are, and differ from the a − 1 next ones. */
export function nonSeparable(y: readonly number[], a: number): number {
  const n = y.length;
  let sum = 0;
  for (let j = 0; j < n; j++) {
    sum += y[j]!;
    for (let k = 0; k <= a - 2; k++) sum += Math.abs(y[j]! - y[(j + k + 1) % n]!);
  }
  const half = Math.ceil(a / 2);
  return within(sum / (((n * half) / a) * (1 + 2 * a - 2 * half)));
}

/** Rounding must not leave the interval. */
function within(y: number): number {
  return Math.min(1, Math.max(0, y));
}
