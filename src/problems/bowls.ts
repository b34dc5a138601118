import { usage } from "../core/errors.ts";
import { defineProblem, type ProblemDefinition } from "./define.ts";
import { cubeOf } from "./problem.ts";

/** f(x) = Σ xᵢ² on [−5, 5]ᵈ; least 0 at the origin. Convex, separable (De Jong's F1, 1975). */
export const sphere: ProblemDefinition<"d"> = defineProblem(
  {
    name: "sphere",
    summary: "Σ xᵢ²; convex, separable.",
    source: "De Jong, thesis, University of Michigan, 1975, F1",
    options: { d: { default: 2, low: 1 } },
  },
  ({ d }) => ({
    space: cubeOf(d, -5, 5),
    at: (x) => {
      let sum = 0;
      for (let i = 0; i < d; i++) sum += x[i]! ** 2;
      return [sum];
    },
    optimum: Array.from({ length: d }, () => 0),
    least: 0,
  }),
);

/** f(x) = Σ 100 (xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)² on [−5, 10]ᵈ; least 0 at (1, …, 1), at the end of a curved valley. */
export const rosenbrock: ProblemDefinition<"d"> = defineProblem(
  {
    name: "rosenbrock",
    summary: "Σ 100 (xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)²; a curved valley.",
    source: "Rosenbrock, Computer Journal 3(3), 1960",
    options: { d: { default: 2, low: 2 } },
  },
  ({ d }) => ({
    space: cubeOf(d, -5, 10),
    at: (x) => {
      let sum = 0;
      for (let i = 0; i + 1 < d; i++) sum += 100 * (x[i + 1]! - x[i]! ** 2) ** 2 + (1 - x[i]!) ** 2;
      return [sum];
    },
    optimum: Array.from({ length: d }, () => 1),
    least: 0,
  }),
);

/** Powell's function in groups of four on [−4, 5]ᵈ; least 0 at the origin, where its Hessian is singular. */
export const powell: ProblemDefinition<"d"> = defineProblem(
  {
    name: "powell",
    summary: "Σ (a + 10b)² + 5(c − d)² + (b − 2c)⁴ + 10(a − d)⁴ over groups of four; singular at the optimum.",
    source: "Powell, Computer Journal 5(2), 1962; domain as Surjanovic & Bingham",
    options: { d: { default: 4, low: 4 } },
  },
  ({ d }) => {
    if (d % 4 !== 0) throw usage(`Expected \`d\` to be a multiple of 4, got ${d}`);
    return {
      space: cubeOf(d, -4, 5),
      at: (x) => {
        let sum = 0;
        for (let i = 0; i + 3 < d; i += 4) {
          const [a, b, c, e] = [x[i]!, x[i + 1]!, x[i + 2]!, x[i + 3]!];
          sum += (a + 10 * b) ** 2 + 5 * (c - e) ** 2 + (b - 2 * c) ** 4 + 10 * (a - e) ** 4;
        }
        return [sum];
      },
      optimum: Array.from({ length: d }, () => 0),
      least: 0,
    };
  },
);
