import { defineProblem, type ProblemDefinition } from "./define.ts";
import { cubeOf } from "./problem.ts";

/** By many starts of SLSQP (test/reference/optima.py); of other dimensions none is stated. */
const KNOWN: Readonly<Record<number, readonly number[]>> = { 2: [1.6008604322975701, 0.4684980563380949] };

/**
 * Keane's bump on [0, 10]ᵈ: −|Σ cos⁴xᵢ − 2 Π cos²xᵢ| / √(Σ i·xᵢ²), of which the optimum lies on the constraint Π xᵢ ≥ 0.75;
 * the other is Σ xᵢ ≤ 7.5d.
 */
export const keaneBump: ProblemDefinition<"d"> = defineProblem(
  {
    name: "keaneBump",
    summary: "−abs(Σ cos⁴xᵢ − 2 Π cos²xᵢ) / √Σ i·xᵢ², Π xᵢ ≥ 0.75, Σ xᵢ ≤ 7.5d; the optimum on a constraint.",
    source: "Keane, Artificial Intelligence in Engineering 9(2), 1995",
    options: { d: { default: 2, low: 2 } },
  },
  ({ d }) => {
    const at = (x: ArrayLike<number>): number[] => {
      let [fourth, second, weighted, product, sum] = [0, 1, 0, 1, 0];
      for (let i = 0; i < d; i++) {
        const cosine = Math.cos(x[i]!);
        fourth += cosine ** 4;
        second *= cosine ** 2;
        weighted += (i + 1) * x[i]! ** 2;
        product *= x[i]!;
        sum += x[i]!;
      }
      return [-Math.abs((fourth - 2 * second) / Math.max(1e-3, Math.sqrt(weighted))), 0.75 - product, sum - 7.5 * d];
    };
    const optimum = KNOWN[d];
    return {
      space: cubeOf(d, 0, 10),
      constraints: 2,
      at,
      ...(optimum === undefined ? {} : { optimum, least: at(optimum)[0]! }),
    };
  },
);

/** x + y on [0, 1]² where 1.5 − x − 2y − ½ sin 2π(x² − 2y) ≤ 0 and x² + y² ≤ 1.5; least 0.5998. */
export const constrainedGramacy: ProblemDefinition<never> = defineProblem(
  {
    name: "constrainedGramacy",
    summary: "x + y, 1.5 − x − 2y − ½ sin 2π(x² − 2y) ≤ 0, x² + y² ≤ 1.5; three local optima on the first limit.",
    source: "Gramacy et al., Technometrics 58(1), 2016",
  },
  () => ({
    space: cubeOf(2, 0, 1),
    constraints: 2,
    at: (r) => {
      const [x, y] = [r[0]!, r[1]!];
      return [x + y, 1.5 - x - 2 * y - 0.5 * Math.sin(2 * Math.PI * (x ** 2 - 2 * y)), x ** 2 + y ** 2 - 1.5];
    },
    optimum: [0.19512268943388264, 0.4046653634341331],
    least: 0.5997880528680157,
  }),
);
