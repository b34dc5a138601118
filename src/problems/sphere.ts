import { expectNumber } from "../core/errors.ts";
import { box, problem, type Problem } from "./problem.ts";

/**
 * f(x) = Σ xᵢ² on [−5, 5]ᵈ; least 0 at the origin. Convex, separable (De Jong's F1, 1975).
 * @example sphere(6)
 */
export function sphere(d: number = 2): Problem {
  expectNumber("d", d, { integer: true, low: 1 });
  return problem({
    name: "sphere",
    bounds: box(-5, 5, d),
    objectives: 1,
    losses: (x) => {
      let sum = 0;
      for (let i = 0; i < d; i++) sum += x[i]! ** 2;
      return [sum];
    },
    optimum: Array.from({ length: d }, () => 0),
    least: 0,
  });
}
