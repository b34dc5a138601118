import { nonDominated } from "../math/non-dominated.ts";
import { defineProblem, type ProblemDefinition } from "./define.ts";
import { evenly, floats } from "./problem.ts";

// Zitzler, Deb & Thiele, "Comparison of multiobjective evolutionary algorithms: empirical results", Evolutionary
// Computation 8(2), 2000. f1 depends on x1 alone, f2 = g(x2, …) · h(f1, g); the front is where g = 1.

/** ZDT1: f1 = x1, g = 1 + 9·mean(x2…), h = 1 − √(f1/g), on [0, 1]ᵈ. Front f2 = 1 − √f1, convex. */
export const zdt1: ProblemDefinition<"d"> = zdt("zdt1", 30, "A convex front f2 = 1 − √f1.", {
  f1: first,
  g: slope,
  h: (f, g) => 1 - Math.sqrt(f / g),
  front: [0, 1],
});

/** ZDT2: as ZDT1 with h = 1 − (f1/g)². Front f2 = 1 − f1², concave. */
export const zdt2: ProblemDefinition<"d"> = zdt("zdt2", 30, "A concave front f2 = 1 − f1².", {
  f1: first,
  g: slope,
  h: (f, g) => 1 - (f / g) ** 2,
  front: [0, 1],
});

/** ZDT3: as ZDT1 with h = 1 − √(f1/g) − (f1/g)·sin(10π·f1). The front is five pieces with f1 up to 0.8518. */
export const zdt3: ProblemDefinition<"d"> = zdt("zdt3", 30, "A front of five pieces, f2 = 1 − √f1 − f1 sin 10πf1.", {
  f1: first,
  g: slope,
  h: (f, g) => 1 - Math.sqrt(f / g) - (f / g) * Math.sin(10 * Math.PI * f),
  front: [0, 0.8518328654],
});

/**
 * ZDT4: f1 = x1 in [0, 1], the others in [−5, 5], g = 1 + 10 (d − 1) + Σ (xᵢ² − 10 cos 4πxᵢ), h = 1 − √(f1/g). 21^(d−1)
 * local fronts; the global one is f2 = 1 − √f1.
 */
export const zdt4: ProblemDefinition<"d"> = zdt("zdt4", 10, "ZDT1's front behind 21^(d−1) local ones.", {
  others: [-5, 5],
  f1: first,
  g: (x) => {
    let sum = 1 + 10 * (x.length - 1);
    for (let i = 1; i < x.length; i++) sum += x[i]! ** 2 - 10 * Math.cos(4 * Math.PI * x[i]!);
    return sum;
  },
  h: (f, g) => 1 - Math.sqrt(f / g),
  front: [0, 1],
});

/**
 * ZDT6: f1 = 1 − exp(−4x1)·sin⁶(6πx1), g = 1 + 9·mean(x2…)^¼, h = 1 − (f1/g)², on [0, 1]ᵈ. Front f2 = 1 − f1² with f1
 * from 0.2808, unevenly reached.
 */
export const zdt6: ProblemDefinition<"d"> = zdt("zdt6", 10, "A concave front, unevenly reached, thin near it.", {
  f1: (x) => 1 - Math.exp(-4 * x[0]!) * Math.sin(6 * Math.PI * x[0]!) ** 6,
  g: (x) => 1 + 9 * ((slope(x) - 1) / 9) ** 0.25,
  h: (f, g) => 1 - (f / g) ** 2,
  front: [0.2807753191, 1],
});

interface Parts {
  /** The bounds of x2 and the others. @default 0 and 1 */
  readonly others?: readonly [low: number, high: number];
  readonly f1: (x: ArrayLike<number>) => number;
  readonly g: (x: ArrayLike<number>) => number;
  readonly h: (f1: number, g: number) => number;
  /** The first and last f1 of the front. */
  readonly front: readonly [low: number, high: number];
}

function zdt(name: string, usual: number, summary: string, parts: Parts): ProblemDefinition<"d"> {
  const { others = [0, 1], f1, g, h, front } = parts;
  return defineProblem(
    {
      name,
      summary,
      source: "Zitzler, Deb & Thiele, Evolutionary Computation 8(2), 2000",
      options: { d: { default: usual, low: 2 } },
    },
    ({ d }) => ({
      space: floats([[0, 1], ...Array.from({ length: d - 1 }, () => others)]),
      objectives: 2,
      at: (x) => {
        const f = f1(x);
        const distance = g(x);
        return [f, distance * h(f, distance)];
      },
      front: (n) => nonDominated(evenly(...front, n).map((f) => [f, h(f, 1)])),
    }),
  );
}

function first(x: ArrayLike<number>): number {
  return x[0]!;
}

/** 1 + 9·mean(x2, …, xd). */
function slope(x: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 1; i < x.length; i++) sum += x[i]!;
  return 1 + (9 * sum) / (x.length - 1);
}
