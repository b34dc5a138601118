/** A function of many variables: gives its value at x and writes its gradient. */
export type Differentiable = (x: Float64Array, gradient: Float64Array) => number;

/** When {@link minimize} ends. */
export interface MinimizeOptions {
  /** Steps at most. @default 100 */
  readonly steps?: number;
  /** Ends where no component of the projected gradient is larger. @default 1e-5 */
  readonly gradient?: number;
  /** Ends where a step gained less than this, relative to the larger of the value and 1. @default 1e-9 */
  readonly gain?: number;
}

/** Pairs of steps and changes of the gradient that are remembered. */
const MEMORY = 8;
/** The share of the promised gain that a step must bring (Armijo's rule), and how often it is shortened. */
const ARMIJO = 1e-4;
const SHORTENINGS = 20;

/**
 * A local minimum of a smooth function within a box, by the limited-memory BFGS method (Nocedal & Wright, "Numerical
 * Optimization", 2nd ed., algorithms 7.4 and 7.5) on the variables that are not held by a bound, along the projected path
 * (Bertsekas, SIAM J. Control Optim. 20(2), 1982). `x` is replaced by the minimum, whose value is returned; it is never
 * worse than the start, which must lie in the box.
 */
export function minimize(
  f: Differentiable,
  x: Float64Array,
  low: ArrayLike<number>,
  high: ArrayLike<number>,
  { steps = 100, gradient: flat = 1e-5, gain = 1e-9 }: MinimizeOptions = {},
): number {
  const n = x.length;
  const pairs: Pair[] = [];
  let g = new Float64Array(n);
  let next = new Float64Array(n);
  const to = new Float64Array(n);
  const d = new Float64Array(n);
  let value = f(x, g);
  for (let step = 0; step < steps; step++) {
    const free = (i: number): boolean => !(x[i]! <= low[i]! && g[i]! > 0) && !(x[i]! >= high[i]! && g[i]! < 0);
    let [steepest, total] = [0, 0];
    for (let i = 0; i < n; i++) {
      d[i] = free(i) ? -g[i]! : 0;
      steepest = Math.max(steepest, Math.abs(d[i]!));
      total += Math.abs(d[i]!);
    }
    if (!(steepest > flat)) break;
    turn(d, pairs);
    for (let i = 0; i < n; i++) if (!free(i)) d[i] = 0;
    if (!(dot(d, g) < 0)) {
      pairs.length = 0;
      for (let i = 0; i < n; i++) d[i] = free(i) ? -g[i]! : 0;
    }
    let length = pairs.length === 0 ? Math.min(1, 1 / total) : 1;
    let found = NaN;
    for (let k = 0; k < SHORTENINGS; k++) {
      for (let i = 0; i < n; i++) to[i] = Math.min(high[i]!, Math.max(low[i]!, x[i]! + length * d[i]!));
      let slope = 0;
      for (let i = 0; i < n; i++) slope += g[i]! * (to[i]! - x[i]!);
      const there = f(to, next);
      if (there <= value + ARMIJO * slope && slope < 0) {
        found = there;
        break;
      }
      // the minimum of the parabola through what is known, within reason
      const parabola = (-slope * length) / (2 * (there - value - slope));
      length = Math.min(0.5 * length, Math.max(0.1 * length, Number.isFinite(parabola) ? parabola : 0));
    }
    if (Number.isNaN(found)) {
      if (pairs.length === 0) break;
      pairs.length = 0;
      continue;
    }
    const s = Float64Array.from(to, (t, i) => t - x[i]!);
    const y = Float64Array.from(next, (t, i) => t - g[i]!);
    const curvature = dot(s, y);
    if (curvature > 1e-12 * dot(y, y)) {
      pairs.push({ s, y, curvature });
      if (pairs.length > MEMORY) pairs.shift();
    }
    const gained = value - found;
    x.set(to);
    value = found;
    [g, next] = [next, g];
    if (gained <= gain * Math.max(1, Math.abs(value))) break;
  }
  return value;
}

interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly curvature: number;
}

/** Multiplies by the approximate inverse Hessian (algorithm 7.4). */
function turn(d: Float64Array, pairs: readonly Pair[]): void {
  const last = pairs.at(-1);
  if (last === undefined) return;
  const shares = new Float64Array(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y, curvature } = pairs[k]!;
    shares[k] = dot(s, d) / curvature;
    for (let i = 0; i < d.length; i++) d[i]! -= shares[k]! * y[i]!;
  }
  const scale = last.curvature / dot(last.y, last.y);
  for (let i = 0; i < d.length; i++) d[i]! *= scale;
  for (let k = 0; k < pairs.length; k++) {
    const { s, y, curvature } = pairs[k]!;
    const share = shares[k]! - dot(y, d) / curvature;
    for (let i = 0; i < d.length; i++) d[i]! += share * s[i]!;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
