import { defineProblem, type ProblemDefinition } from "./define.ts";
import { cubeOf, floats } from "./problem.ts";

/** Branin's function on [−5, 10] × [0, 15]; least 0.397887 at three points, of which (π, 2.275) is one. */
export const branin: ProblemDefinition<never> = defineProblem(
  {
    name: "branin",
    summary: "(y − 5.1x²/4π² + 5x/π − 6)² + 10 (1 − 1/8π) cos x + 10; three global minima.",
    source: "Branin, IBM J. Res. Dev. 16(5), 1972; Dixon & Szegö, 1978",
  },
  () => ({
    space: floats([
      [-5, 10],
      [0, 15],
    ]),
    at: (r) => [braninOf(r[0]!, r[1]!)],
    optimum: [Math.PI, 2.275],
    least: 10 / (8 * Math.PI),
  }),
);

/** Branin's function beside Currin's on [0, 1]²; two losses without a closed front. */
export const braninCurrin: ProblemDefinition<never> = defineProblem(
  {
    name: "braninCurrin",
    summary: "Branin's function scaled to the unit square, beside Currin's exponential function.",
    source: "Belakaria, Deshwal & Doppa, NeurIPS 2019; Currin et al., ORNL-6498, 1988",
  },
  () => ({
    space: cubeOf(2, 0, 1),
    objectives: 2,
    at: (r) => [braninOf(15 * r[0]! - 5, 15 * r[1]!), currin(r[0]!, r[1]!)],
    front: () => [],
  }),
);

function braninOf(x: number, y: number): number {
  const bend = y - (5.1 * x ** 2) / (4 * Math.PI ** 2) + (5 * x) / Math.PI - 6;
  return bend ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
}

/** (1 − e^(−1/2y)) (2300x³ + 1900x² + 2092x + 60) / (100x³ + 500x² + 4x + 20); the first factor is 1 at y = 0. */
function currin(x: number, y: number): number {
  const rise = (2300 * x ** 3 + 1900 * x ** 2 + 2092 * x + 60) / (100 * x ** 3 + 500 * x ** 2 + 4 * x + 20);
  return (y === 0 ? 1 : 1 - Math.exp(-1 / (2 * y))) * rise;
}
