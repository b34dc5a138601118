import { defineProblem, type ProblemDefinition } from "./define.ts";
import { cubeOf } from "./problem.ts";

/** Ackley's function on [−32.768, 32.768]ᵈ, a = 20, b = 0.2, c = 2π; least 0 at the origin, in a nearly flat sea of ripples. */
export const ackley: ProblemDefinition<"d"> = defineProblem(
  {
    name: "ackley",
    summary: "−20 exp(−0.2 √mean xᵢ²) − exp(mean cos 2πxᵢ) + 20 + e; ripples, flat far out.",
    source: "Ackley, A Connectionist Machine for Genetic Hillclimbing, 1987",
    options: { d: { default: 2, low: 1 } },
  },
  ({ d }) => ({
    space: cubeOf(d, -32.768, 32.768),
    at: (x) => [ackleyOf(x, d)],
    optimum: Array.from({ length: d }, () => 0),
    least: 0,
  }),
);

/** Griewank's function on [−600, 600]ᵈ; least 0 at the origin among many regular minima. */
export const griewank: ProblemDefinition<"d"> = defineProblem(
  {
    name: "griewank",
    summary: "1 + Σ xᵢ²/4000 − Π cos(xᵢ/√i); many regular minima.",
    source: "Griewank, J. Optim. Theory Appl. 34(1), 1981",
    options: { d: { default: 2, low: 1 } },
  },
  ({ d }) => ({
    space: cubeOf(d, -600, 600),
    at: (x) => {
      let sum = 0;
      let product = 1;
      for (let i = 0; i < d; i++) {
        sum += x[i]! ** 2 / 4000;
        product *= Math.cos(x[i]! / Math.sqrt(i + 1));
      }
      return [1 + sum - product];
    },
    optimum: Array.from({ length: d }, () => 0),
    least: 0,
  }),
);

/** Rastrigin's function on [−5.12, 5.12]ᵈ; least 0 at the origin, about 11ᵈ minima on a bowl. */
export const rastrigin: ProblemDefinition<"d"> = defineProblem(
  {
    name: "rastrigin",
    summary: "10d + Σ xᵢ² − 10 cos 2πxᵢ; a bowl with about 11ᵈ minima.",
    source: "Rastrigin, Systems of Extremal Control, 1974; Mühlenbein et al., Parallel Computing 17, 1991",
    options: { d: { default: 2, low: 1 } },
  },
  ({ d }) => ({
    space: cubeOf(d, -5.12, 5.12),
    at: (x) => {
      let sum = 10 * d;
      for (let i = 0; i < d; i++) sum += x[i]! ** 2 - 10 * Math.cos(2 * Math.PI * x[i]!);
      return [sum];
    },
    optimum: Array.from({ length: d }, () => 0),
    least: 0,
  }),
);

/** Levy's function on [−10, 10]ᵈ; least 0 at (1, …, 1). With wᵢ = 1 + (xᵢ − 1)/4. */
export const levy: ProblemDefinition<"d"> = defineProblem(
  {
    name: "levy",
    summary: "sin² πw₁ + Σ (wᵢ − 1)² (1 + 10 sin²(πwᵢ + 1)) + (w_d − 1)² (1 + sin² 2πw_d), wᵢ = 1 + (xᵢ − 1)/4.",
    source: "Laguna & Martí, J. Global Optim. 33, 2005",
    options: { d: { default: 2, low: 1 } },
  },
  ({ d }) => ({
    space: cubeOf(d, -10, 10),
    at: (x) => {
      const w = (i: number): number => 1 + (x[i]! - 1) / 4;
      let sum = Math.sin(Math.PI * w(0)) ** 2;
      for (let i = 0; i + 1 < d; i++) sum += (w(i) - 1) ** 2 * (1 + 10 * Math.sin(Math.PI * w(i) + 1) ** 2);
      return [sum + (w(d - 1) - 1) ** 2 * (1 + Math.sin(2 * Math.PI * w(d - 1)) ** 2)];
    },
    optimum: Array.from({ length: d }, () => 1),
    least: 0,
  }),
);

/** Ackley's function of the first `d` numbers. @internal */
export function ackleyOf(x: ArrayLike<number>, d: number): number {
  let [squares, cosines] = [0, 0];
  for (let i = 0; i < d; i++) {
    squares += x[i]! ** 2;
    cosines += Math.cos(2 * Math.PI * x[i]!);
  }
  return -20 * Math.exp(-0.2 * Math.sqrt(squares / d)) - Math.exp(cosines / d) + 20 + Math.E;
}
