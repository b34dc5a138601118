import { expectNumber } from "../core/errors.ts";
import { box, problem, type Problem } from "./problem.ts";

/**
 * f(x) = Σ 100 (xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)² on [−5, 10]ᵈ; least 0 at (1, …, 1), at the end of a curved valley. Rosenbrock,
 * Computer Journal 3(3), 1960.
 */
export function rosenbrock(d: number = 2): Problem {
  expectNumber("d", d, { integer: true, low: 2 });
  return problem({
    name: "rosenbrock",
    bounds: box(-5, 10, d),
    objectives: 1,
    losses: (x) => {
      let sum = 0;
      for (let i = 0; i + 1 < d; i++) sum += 100 * (x[i + 1]! - x[i]! ** 2) ** 2 + (1 - x[i]!) ** 2;
      return [sum];
    },
    optimum: Array.from({ length: d }, () => 1),
    least: 0,
  });
}
