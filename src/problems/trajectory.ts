import { usage } from "../core/errors.ts";
import { defineProblem, type ProblemDefinition } from "./define.ts";
import { cubeOf } from "./problem.ts";

type Point = readonly [x: number, y: number];

const START: Point = [0.05, 0.05];
const GOAL: Point = [0.95, 0.95];
/** Half a side of the squares around the points of a grid of 0.2, but for the corners of start and goal. */
const HALF = 0.05;
const COST = 20;
/** Points along the whole way at which obstacles are looked for. */
const SAMPLES = 1000;

/**
 * A way of d/2 waypoints from (0.05, 0.05) to (0.95, 0.95) through a grid of square obstacles: 20 times the length within them.
 * Two numbers in [0, 1] turn each step away from the goal; straight lines between waypoints. Least 0 where the way
 * keeps to the lanes.
 */
export const trajectoryPlanning: ProblemDefinition<"d"> = defineProblem(
  {
    name: "trajectoryPlanning",
    summary: "The length of a way of d/2 steps within square obstacles.",
    source: "After Wang et al., AISTATS 2018; as BoTorch's TrajectoryPlanning with straight lines",
    options: { d: { default: 30, low: 20 } },
  },
  ({ d }) => {
    if (d % 2 !== 0) throw usage(`Expected \`d\` to be even, got ${d}`);
    return { space: cubeOf(d, 0, 1), at: (x) => [COST * within(wayOf(x, d / 2))], optimum: lanes(d / 2), least: 0 };
  },
);

/** The longest step: one and a half times the share of the straight way. */
function longest(n: number): number {
  return (1.5 * Math.hypot(GOAL[0] - START[0], GOAL[1] - START[1])) / n;
}

/** Where step `i` of `n` goes by itself. */
function ideal([x, y]: Point, i: number, n: number): Point {
  const [dx, dy] = [GOAL[0] - x, GOAL[1] - y];
  const distance = Math.hypot(dx, dy);
  const step = Math.min(distance / (n - i), longest(n));
  return [(dx / distance) * step, (dy / distance) * step];
}

function wayOf(x: ArrayLike<number>, n: number): Point[] {
  const most = longest(n);
  const way: Point[] = [START];
  for (let i = 0; i < n; i++) {
    const [px, py] = way.at(-1)!;
    if (Math.hypot(GOAL[0] - px, GOAL[1] - py) <= 1e-6) break;
    const [ix, iy] = ideal([px, py], i, n);
    const [sx, sy] = [ix + (x[2 * i]! - 0.5) * 2 * most, iy + (x[2 * i + 1]! - 0.5) * 2 * most];
    const shorter = Math.min(1, most / Math.hypot(sx, sy));
    way.push([clamp(px + sx * shorter), clamp(py + sy * shorter)]);
  }
  return [...way, GOAL];
}

/** The length within obstacles, by the trapezoidal rule. */
function within(way: readonly Point[]): number {
  const points: Point[] = [];
  const per = Math.floor(SAMPLES / (way.length - 1)) - 1;
  for (let i = 0; i + 1 < way.length; i++)
    for (let k = 0; k < per; k++) {
      const t = k / per;
      const [a, b] = [way[i]!, way[i + 1]!];
      points.push([(1 - t) * a[0] + t * b[0], (1 - t) * a[1] + t * b[1]]);
    }
  let sum = 0;
  let last = hit(points[0]!) ? 1 : 0;
  for (let i = 1; i < points.length; i++) {
    const now = hit(points[i]!) ? 1 : 0;
    const [a, b] = [points[i - 1]!, points[i]!];
    if (last + now > 0) sum += (Math.hypot(b[0] - a[0], b[1] - a[1]) * (last + now)) / 2;
    last = now;
  }
  return sum;
}

function hit([x, y]: Point): boolean {
  const [i, j] = [Math.round(x * 5), Math.round(y * 5)];
  if (i === j && (i === 0 || i === 5)) return false;
  return Math.abs(x - i / 5) <= HALF && Math.abs(y - j / 5) <= HALF;
}

/** Numbers whose way goes up the first lane and along the last one, in even steps. */
function lanes(n: number): number[] {
  const corners: readonly Point[] = [START, [0.1, 0.1], [0.1, 0.9], [0.9, 0.9]];
  const lengths = corners.slice(1).map((to, i) => Math.hypot(to[0] - corners[i]![0], to[1] - corners[i]![1]));
  const whole = lengths.reduce((a, b) => a + b, 0);
  const place = (share: number): Point => {
    let left = share * whole;
    const leg = lengths.findIndex(
      (length, i) => left <= length + 1e-12 || i === lengths.length - 1 || ((left -= length), false),
    );
    const [a, b] = [corners[leg]!, corners[leg + 1]!];
    const t = Math.min(1, left / lengths[leg]!);
    return [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
  };
  return Array.from({ length: n }, (_, i) => {
    const from = place(i / n);
    const to = place((i + 1) / n);
    const [ix, iy] = ideal(from, i, n);
    return [to[0] - from[0] - ix, to[1] - from[1] - iy].map((turn) => 0.5 + turn / (2 * longest(n)));
  }).flat();
}

function clamp(x: number): number {
  return Math.min(1, Math.max(0, x));
}
