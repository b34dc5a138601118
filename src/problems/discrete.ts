import { rosenbrock } from "./bowls.ts";
import { defineProblem, type ProblemDefinition } from "./define.ts";
import { hartmann6 } from "./hartmann.ts";
import { onGrid } from "./on-grid.ts";
import type { Coordinates, Problem, ProblemBody } from "./problem.ts";
import { ackleyOf } from "./rugged.ts";

const source = "Daulton et al., NeurIPS 2022, appendix; as Ax's benchmark";

/** Hartmann's function of six numbers, of which four take 4, 4, 20 and 20 values. */
export const discreteHartmann: ProblemDefinition<never> = defineProblem(
  { name: "discreteHartmann", summary: "hartmann6 with four coordinates on grids of 4, 4, 20 and 20.", source },
  () => gridded(hartmann6(), [4, 4, 20, 20, 0, 0], [1, 0, 9, 5, 0.309807054959162, 0.6587000823296227]),
);

/** Ackley's function on [0, 1]¹³: five coordinates with three values, five with five; least 0 at the origin. */
export const discreteAckley: ProblemDefinition<never> = defineProblem(
  {
    name: "discreteAckley",
    summary: "Ackley's function on [0, 1]¹³, five coordinates on grids of 3, five of 5.",
    source,
  },
  () => {
    const levels = [3, 3, 3, 3, 3, 5, 5, 5, 5, 5, 0, 0, 0];
    const { space, place } = onGrid(
      levels.map(() => ({ low: 0, high: 1 })),
      levels,
    );
    return { space, at: (row) => [ackleyOf(place(row), levels.length)], optimum: levels.map(() => 0), least: 0 };
  },
);

/** By enumerating the grids (test/reference/optima.py). */
const OPTIMUM = [
  1, 1, 1, 1, 1, 1, 0.010103046016153317, 0.010202046320991719, 0.01000403645140519, 0.00010007590003808213,
];

/** Rosenbrock's function of ten numbers, of which six take only −5, 0, 5 and 10. */
export const discreteRosenbrock: ProblemDefinition<never> = defineProblem(
  { name: "discreteRosenbrock", summary: "rosenbrock with d = 10 and six coordinates on grids of 4.", source },
  () => gridded(rosenbrock(10), [4, 4, 4, 4, 4, 4, 0, 0, 0, 0], OPTIMUM),
);

function gridded(of: Problem, levels: readonly number[], optimum: readonly number[]): ProblemBody<Coordinates> {
  const { space, place } = onGrid(of.space.axes, levels);
  const at = (row: ArrayLike<number>): number[] => of.losses(place(row));
  return { space, at, optimum, least: at(optimum)[0]! };
}
