import { int } from "../space/int.ts";
import { defineSpace } from "../space/space.ts";
import { defineProblem, type ProblemDefinition } from "./define.ts";

/** Bits of the first number, and of each of the others. */
const [FIRST, OTHER] = [30, 5];

/**
 * ZDT5 in bits: f1 = 1 + u(x1) for the ones among the first 30; g = Σ v(u) over groups of five, v = 2 + u below five ones
 * and 1 at five, which misleads; f2 = g/f1. The front is 10/f1 for d = 11 numbers: 31 points.
 */
export const zdt5: ProblemDefinition<"d"> = defineProblem(
  {
    name: "zdt5",
    summary:
      "Bits: f1 = 1 + ones of the first 30, f2 = g/f1, each further group of five misleading. Front f2 = (d − 1)/f1.",
    source: "Zitzler, Deb & Thiele, Evolutionary Computation 8(2), 2000",
    options: { d: { default: 11, low: 2 } },
  },
  ({ d }) => {
    const bits = FIRST + OTHER * (d - 1);
    return {
      space: defineSpace(Object.fromEntries(Array.from({ length: bits }, (_, i) => [`x${i + 1}`, int(0, 1)]))),
      objectives: 2,
      at: (x) => {
        const ones = (from: number, to: number): number => {
          let sum = 0;
          for (let i = from; i < to; i++) sum += x[i]!;
          return sum;
        };
        const f1 = 1 + ones(0, FIRST);
        let g = 0;
        for (let from = FIRST; from < bits; from += OTHER) {
          const u = ones(from, from + OTHER);
          g += u === OTHER ? 1 : 2 + u;
        }
        return [f1, g / f1];
      },
      front: (n) => {
        const all = Array.from({ length: FIRST + 1 }, (_, u) => [1 + u, (d - 1) / (1 + u)]);
        const step = Math.max(1, FIRST / Math.max(1, n - 1));
        return Array.from({ length: Math.min(n, all.length) }, (_, i) => all[Math.round(i * step)]!);
      },
    };
  },
);
