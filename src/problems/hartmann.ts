import { defineProblem, type ProblemDefinition } from "./define.ts";
import { cubeOf, type Coordinates, type ProblemBody } from "./problem.ts";

const source = "Hartman, Naval Postgraduate School, 1973; Dixon & Szegö, 1978";

/** Hartmann's function of three numbers in [0, 1]: −Σ αᵢ exp(−Σ Aᵢⱼ (xⱼ − Pᵢⱼ)²); least −3.86278, four minima. */
export const hartmann3: ProblemDefinition<never> = defineProblem(
  { name: "hartmann3", summary: "−Σ αᵢ exp(−Σ Aᵢⱼ (xⱼ − Pᵢⱼ)²) of three numbers; four minima.", source },
  () =>
    hartmann(
      [
        [3, 10, 30],
        [0.1, 10, 35],
        [3, 10, 30],
        [0.1, 10, 35],
      ],
      [
        [3689, 1170, 2673],
        [4699, 4387, 7470],
        [1091, 8732, 5547],
        [381, 5743, 8828],
      ],
      [0.11458888050811267, 0.5556488901138803, 0.8525469854605138],
      -3.862779787332662,
    ),
);

/** The same of six numbers; least −3.32237, six minima. */
export const hartmann6: ProblemDefinition<never> = defineProblem(
  { name: "hartmann6", summary: "−Σ αᵢ exp(−Σ Aᵢⱼ (xⱼ − Pᵢⱼ)²) of six numbers; six minima.", source },
  () =>
    hartmann(
      [
        [10, 3, 17, 3.5, 1.7, 8],
        [0.05, 10, 17, 0.1, 8, 14],
        [3, 3.5, 1.7, 10, 17, 8],
        [17, 8, 0.05, 10, 0.1, 14],
      ],
      [
        [1312, 1696, 5569, 124, 8283, 5886],
        [2329, 4135, 8307, 3736, 1004, 9991],
        [2348, 1451, 3522, 2883, 3047, 6650],
        [4047, 8828, 8732, 5743, 1091, 381],
      ],
      [
        0.201689500518193, 0.1500106903029914, 0.4768739757955922, 0.27533242456684287, 0.31165161317191303,
        0.6573005335271667,
      ],
      -3.322368011415512,
    ),
);

const ALPHA = [1, 1.2, 3, 3.2];

function hartmann(
  a: readonly (readonly number[])[],
  p: readonly (readonly number[])[],
  optimum: readonly number[],
  least: number,
): ProblemBody<Coordinates> {
  return {
    space: cubeOf(optimum.length, 0, 1),
    at: (x) => {
      let sum = 0;
      for (let i = 0; i < ALPHA.length; i++) {
        let distance = 0;
        for (let j = 0; j < optimum.length; j++) distance += a[i]![j]! * (x[j]! - p[i]![j]! / 1e4) ** 2;
        sum -= ALPHA[i]! * Math.exp(-distance);
      }
      return [sum];
    },
    optimum,
    least,
  };
}
