import { dasDennis } from "./reference-directions.ts";

/** A source of uniform numbers in [0, 1). */
interface Uniform {
  uniform(): number;
}

/** How many random points of the simplex the first choice is made from, for each one wanted. */
const CANDIDATES = 100;
const STEPS = 1000;
/** The rate of Adam, and after how many steps without gain it is halved. */
const RATE = 0.02;
const PATIENCE = 30;

/**
 * `n` points of the unit simplex in `m` dimensions, its corners among them, spread evenly for any `n` ≥ `m`: those of
 * least Riesz energy Σ 1/dˢ with s = 2m over their distances d (Blank, Deb, Dhebar, Bandaru & Seada, "Generating
 * well-spaced points on a unit simplex for evolutionary many-objective optimization", IEEE TEVC 25(1), 2021, equation 4).
 * They start as random points far from each other, and descend the logarithm of the energy by Adam (Kingma & Ba 2015)
 * within the plane of the simplex; the corners stay. Fewer than `m` are the centre alone.
 */
export function rieszDirections(m: number, n: number, random: Uniform): Float64Array[] {
  if (m === 1 || n < m) return dasDennis(m, 0);
  const points = farApart(m, n, random);
  let best = points.map((point) => point.slice());
  let least = Infinity;
  let idle = 0;
  let rate = RATE;
  const first = points.map(() => new Float64Array(m));
  const second = points.map(() => new Float64Array(m));
  for (let step = 1; step <= STEPS && rate > 1e-5; step++) {
    const { energy, slopes } = energyOf(points);
    if (energy < least) {
      [least, idle] = [energy, 0];
      best = points.map((point) => point.slice());
    } else if (++idle >= PATIENCE) [rate, idle] = [rate / 2, 0];
    for (let i = m; i < n; i++) descend(points[i]!, slopes[i]!, first[i]!, second[i]!, step, rate);
  }
  return best;
}

/** The corners, and random points of the simplex, each the farthest from those before it. */
function farApart(m: number, n: number, random: Uniform): Float64Array[] {
  const chosen = Array.from({ length: m }, (_, i) => Float64Array.from({ length: m }, (_, c) => (i === c ? 1 : 0)));
  const candidates = Array.from({ length: CANDIDATES * n }, () => {
    const point = Float64Array.from({ length: m }, () => -Math.log(1 - random.uniform()));
    const sum = point.reduce((a, b) => a + b, 0);
    return point.map((x) => x / sum);
  });
  const nearest = candidates.map((point) => Math.min(...chosen.map((other) => square(point, other))));
  while (chosen.length < n) {
    let far = 0;
    for (let i = 1; i < candidates.length; i++) if (nearest[i]! > nearest[far]!) far = i;
    const point = candidates[far]!;
    chosen.push(point);
    for (let i = 0; i < candidates.length; i++) nearest[i] = Math.min(nearest[i]!, square(candidates[i]!, point));
  }
  return chosen;
}

/** The logarithm of the mean energy over pairs, and its slopes. */
function energyOf(points: readonly Float64Array[]): { readonly energy: number; readonly slopes: Float64Array[] } {
  const m = points[0]!.length;
  const n = points.length;
  const slopes = points.map(() => new Float64Array(m));
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [points[i]!, points[j]!];
      const distance = Math.max(square(a, b), 1e-12);
      const energy = distance ** -m;
      sum += energy;
      for (let c = 0; c < m; c++) {
        const pull = (-2 * m * energy * (a[c]! - b[c]!)) / distance;
        slopes[i]![c]! += pull;
        slopes[j]![c]! -= pull;
      }
    }
  }
  for (const slope of slopes) for (let c = 0; c < m; c++) slope[c]! /= sum;
  return { energy: Math.log(sum / (n * (n - 1))), slopes };
}

/** One step of Adam in the plane where the parts sum to one, and back onto the simplex. */
function descend(
  point: Float64Array,
  slope: Float64Array,
  first: Float64Array,
  second: Float64Array,
  step: number,
  rate: number,
): void {
  const m = point.length;
  const mean = slope.reduce((a, b) => a + b, 0) / m;
  let sum = 0;
  for (let c = 0; c < m; c++) {
    const along = slope[c]! - mean;
    first[c] = 0.9 * first[c]! + 0.1 * along;
    second[c] = 0.999 * second[c]! + 0.001 * along * along;
    const move = first[c]! / (1 - 0.9 ** step) / (Math.sqrt(second[c]! / (1 - 0.999 ** step)) + 1e-8);
    point[c] = Math.max(0, point[c]! - rate * move);
    sum += point[c]!;
  }
  for (let c = 0; c < m; c++) point[c]! /= sum;
}

function square(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let c = 0; c < a.length; c++) sum += (a[c]! - b[c]!) ** 2;
  return sum;
}
