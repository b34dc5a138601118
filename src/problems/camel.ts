import { defineProblem, type ProblemDefinition } from "./define.ts";
import { cubeOf, floats } from "./problem.ts";

/** Camel with three humps on [−5, 5]²: 2x² − 1.05x⁴ + x⁶/6 + xy + y²; least 0 at the origin, three minima. */
export const threeHumpCamel: ProblemDefinition<never> = defineProblem(
  {
    name: "threeHumpCamel",
    summary: "2x² − 1.05x⁴ + x⁶/6 + xy + y²; three minima.",
    source: "Branin, IBM J. Res. Dev. 16(5), 1972",
  },
  () => ({
    space: cubeOf(2, -5, 5),
    at: (r) => {
      const [x, y] = [r[0]!, r[1]!];
      return [2 * x ** 2 - 1.05 * x ** 4 + x ** 6 / 6 + x * y + y ** 2];
    },
    optimum: [0, 0],
    least: 0,
  }),
);

/** Camel with six humps on [−3, 3] × [−2, 2]; least −1.0316 at ±(0.0898, −0.7126), six minima. */
export const sixHumpCamel: ProblemDefinition<never> = defineProblem(
  {
    name: "sixHumpCamel",
    summary: "(4 − 2.1x² + x⁴/3) x² + xy + (4y² − 4) y²; six minima, two of them global.",
    source: "Dixon & Szegö, Towards Global Optimisation 2, 1978",
  },
  () => ({
    space: floats([
      [-3, 3],
      [-2, 2],
    ]),
    at: (r) => [sixHumps(r[0]!, r[1]!)],
    optimum: [0.08984201368301331, -0.7126564032704135],
    least: -1.031628453489877,
  }),
);

/** The six-hump camel at a point. @internal */
export function sixHumps(x: number, y: number): number {
  return (4 - 2.1 * x ** 2 + x ** 4 / 3) * x ** 2 + x * y + (4 * y ** 2 - 4) * y ** 2;
}
