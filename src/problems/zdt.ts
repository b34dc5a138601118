import { expectNumber } from "../core/errors.ts";
import { nonDominated } from "../math/non-dominated.ts";
import { box, evenly, problem, type Problem } from "./problem.ts";

// Zitzler, Deb & Thiele, "Comparison of multiobjective evolutionary algorithms: empirical results", Evolutionary
// Computation 8(2), 2000. f1 depends on x1 alone, f2 = g(x2, …) · h(f1, g); the front is where g = 1.

/** ZDT1: f1 = x1, g = 1 + 9·mean(x2…), h = 1 − √(f1/g), on [0, 1]ᵈ. Front f2 = 1 − √f1, convex. */
export function zdt1(d: number = 30): Problem {
  return zdt("zdt1", d, unitBox(d), first, slope, (f, g) => 1 - Math.sqrt(f / g), [0, 1]);
}

/** ZDT2: as ZDT1 with h = 1 − (f1/g)². Front f2 = 1 − f1², concave. */
export function zdt2(d: number = 30): Problem {
  return zdt("zdt2", d, unitBox(d), first, slope, (f, g) => 1 - (f / g) ** 2, [0, 1]);
}

/** ZDT3: as ZDT1 with h = 1 − √(f1/g) − (f1/g)·sin(10π·f1). The front is five pieces with f1 up to 0.8518. */
export function zdt3(d: number = 30): Problem {
  const h = (f: number, g: number): number => 1 - Math.sqrt(f / g) - (f / g) * Math.sin(10 * Math.PI * f);
  return zdt("zdt3", d, unitBox(d), first, slope, h, [0, 0.8518328654]);
}

/**
 * ZDT4: f1 = x1 in [0, 1], the others in [−5, 5], g = 1 + 10 (d − 1) + Σ (xᵢ² − 10 cos 4πxᵢ), h = 1 − √(f1/g). 21^(d−1)
 * local fronts; the global one is f2 = 1 − √f1.
 */
export function zdt4(d: number = 10): Problem {
  const g = (x: ArrayLike<number>): number => {
    let sum = 1 + 10 * (d - 1);
    for (let i = 1; i < d; i++) sum += x[i]! ** 2 - 10 * Math.cos(4 * Math.PI * x[i]!);
    return sum;
  };
  return zdt("zdt4", d, [[0, 1], ...box(-5, 5, d - 1)], first, g, (f, g) => 1 - Math.sqrt(f / g), [0, 1]);
}

/**
 * ZDT6: f1 = 1 − exp(−4x1)·sin⁶(6πx1), g = 1 + 9·mean(x2…)^¼, h = 1 − (f1/g)², on [0, 1]ᵈ. Front f2 = 1 − f1² with f1
 * from 0.2808, unevenly reached.
 */
export function zdt6(d: number = 10): Problem {
  const f1 = (x: ArrayLike<number>): number => 1 - Math.exp(-4 * x[0]!) * Math.sin(6 * Math.PI * x[0]!) ** 6;
  const g = (x: ArrayLike<number>): number => 1 + 9 * ((slope(x) - 1) / 9) ** 0.25;
  return zdt("zdt6", d, unitBox(d), f1, g, (f, g) => 1 - (f / g) ** 2, [0.2807753191, 1]);
}

function zdt(
  name: string,
  d: number,
  bounds: readonly (readonly [number, number])[],
  f1: (x: ArrayLike<number>) => number,
  g: (x: ArrayLike<number>) => number,
  h: (f1: number, g: number) => number,
  [low, high]: readonly [number, number],
): Problem {
  expectNumber("d", d, { integer: true, low: 2 });
  return problem({
    name,
    bounds,
    objectives: 2,
    losses: (x) => {
      const f = f1(x);
      const distance = g(x);
      return [f, distance * h(f, distance)];
    },
    front: (n) => nonDominated(evenly(low, high, n).map((f) => [f, h(f, 1)])),
  });
}

function unitBox(d: number): [number, number][] {
  return box(0, 1, d);
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
