import { dtlz1, dtlz2, dtlz3, dtlz4 } from "./dtlz.ts";
import { defineProblem, type ProblemDefinition } from "./define.ts";
import type { Coordinates, Problem } from "./problem.ts";

// Jain & Deb, "An evolutionary many-objective optimization algorithm using reference-point based nondominated sorting
// approach, part II", IEEE TEVC 18(4), 2014, section IV: DTLZ with limits on the losses.

/** C1-DTLZ1: only a band near the front is feasible: 1 − f_m/0.6 − Σ fᵢ/0.5 ≥ 0. Front as DTLZ1's. */
export const c1dtlz1: CDtlz = cdtlz("c1dtlz1", dtlz1, 5, "DTLZ1 of which a band near the front is feasible.", {
  limits: (f) => [f.at(-1)! / 0.6 + sum(f.slice(0, -1)) / 0.5 - 1],
});

/** C1-DTLZ3: a shell between the front and radius r is infeasible: (Σ fᵢ² − 16)(Σ fᵢ² − r²) ≥ 0. Front as DTLZ3's. */
export const c1dtlz3: CDtlz = cdtlz("c1dtlz3", dtlz3, 10, "DTLZ3 behind an infeasible shell.", {
  limits: (f, m) => {
    const radius = m < 5 ? 9 : m <= 12 ? 12.5 : 15;
    return [-(squares(f) - 16) * (squares(f) - radius ** 2)];
  },
});

/** C2-DTLZ2: of DTLZ2's front only balls around its corners and its middle are feasible. */
export const c2dtlz2: CDtlz = cdtlz("c2dtlz2", dtlz2, 10, "DTLZ2 of whose front only patches are feasible.", {
  limits: patches,
  front: (points, m) => points.filter((f) => patches(f, m)[0]! <= 0),
});

/** C3-DTLZ1: the limits, Σ_{j≠i} fⱼ + fᵢ/0.5 ≥ 1 for each i, make the front: m planes. */
export const c3dtlz1: CDtlz = cdtlz("c3dtlz1", dtlz1, 5, "DTLZ1 whose front is made by m linear limits.", {
  constraints: (m) => m,
  limits: (f) => f.map((fi) => 1 - fi / 0.5 - (sum(f) - fi)),
  front: (points) => points.map((f) => scaled(f, 1 / Math.min(...f.map((fi) => sum(f) + fi)))),
});

/** C3-DTLZ4: the limits, fᵢ²/4 + Σ_{j≠i} fⱼ² ≥ 1 for each i, make the front: m ellipsoids. */
export const c3dtlz4: CDtlz = cdtlz("c3dtlz4", dtlz4, 10, "DTLZ4 whose front is made by m quadratic limits.", {
  constraints: (m) => m,
  limits: (f) => f.map((fi) => 1 - fi ** 2 / 4 - (squares(f) - fi ** 2)),
  front: (points) =>
    points.map((f) => scaled(f, 1 / Math.sqrt(Math.min(...f.map((fi) => squares(f) - 0.75 * fi ** 2))))),
});

/** A constrained problem of the family. */
export type CDtlz = ProblemDefinition<"m" | "k">;

interface Restriction {
  /** How many limits there are. @default 1 */
  readonly constraints?: (m: number) => number;
  readonly limits: (f: readonly number[], m: number) => number[];
  /** The front, from the points of the unconstrained one. @default those */
  readonly front?: (points: number[][], m: number) => number[][];
}

function cdtlz(
  name: string,
  plain: (options: { m: number; k: number }) => Problem<Coordinates>,
  k: number,
  summary: string,
  { constraints = () => 1, limits, front = (points) => points }: Restriction,
): CDtlz {
  const source = "Jain & Deb, IEEE TEVC 18(4), 2014";
  const options = { m: { default: 3, low: 2 }, k: { default: k, low: 1 } };
  return defineProblem({ name, summary, source, options }, ({ m, k }) => {
    const { space, losses, front: points } = plain({ m, k });
    return {
      space,
      objectives: m,
      constraints: constraints(m),
      at: (x) => {
        const f = losses(x);
        return [...f, ...limits(f, m)];
      },
      front: (n) => front(points(n), m),
    };
  });
}

function patches(f: readonly number[], m: number): number[] {
  const r = m === 2 ? 0.2 : m === 3 ? 0.4 : 0.5;
  const corner = Math.min(...f.map((fi) => (fi - 1) ** 2 + squares(f) - fi ** 2));
  const middle = sum(f.map((fi) => (fi - 1 / Math.sqrt(m)) ** 2));
  return [Math.min(corner, middle) - r ** 2];
}

function sum(f: readonly number[]): number {
  return f.reduce((a, b) => a + b, 0);
}

function squares(f: readonly number[]): number {
  return f.reduce((a, b) => a + b * b, 0);
}

function scaled(f: readonly number[], factor: number): number[] {
  return f.map((x) => x * factor);
}
