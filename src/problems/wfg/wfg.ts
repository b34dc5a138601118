import { usage } from "../../core/errors.ts";
import { nonDominated } from "../../math/non-dominated.ts";
import { referenceDirections } from "../../math/reference-directions.ts";
import { defineProblem, type ProblemDefinition } from "../define.ts";
import { evenly, floats } from "../problem.ts";
import { concave, convex, disconnected, linear as straight, mixed, type Shape } from "./shapes.ts";
import {
  deceptive,
  dependent,
  flat,
  linear,
  mean,
  multiModal,
  nonSeparable,
  polynomial,
  weighted,
} from "./transformations.ts";

// Huband, Hingston, Barone & While, IEEE TEVC 10(5), 2006, table XIV. Coordinate i lies in [0, 2i]; of k + l = d the first k
// are the position, the others the distance, 0.35·2i at best. Loss j is the distance plus 2j·(shape).

/** WFG1: a flat region and strong bias; convex with waves. */
export const wfg1: Wfg = wfg("wfg1", "Strong bias and a flat region; convex with waves.", {
  reduce: (y, { k, groups, weights }) => {
    const biased = y.map((v, i) => (i < k ? v : flat(linear(v), 0.8, 0.75, 0.85))).map((v) => polynomial(v, 0.02));
    return groups(biased, (part, from) => weighted(part, weights.slice(from, from + part.length)));
  },
  shape: convex,
  last: mixed,
});

/** WFG2: pairs that do not separate; convex in pieces. `l` is even. */
export const wfg2: Wfg = wfg("wfg2", "Not separable; a convex front in pieces.", {
  pairs: true,
  reduce: (y, { k, groups }) => groups(paired(y, k), mean),
  shape: convex,
  last: disconnected,
});

/** WFG3: WFG2 with a linear shape, degenerate to a line for m > 2 but for a part beyond it. `l` is even. */
export const wfg3: Wfg = wfg("wfg3", "Not separable; a linear front, nearly a line.", {
  pairs: true,
  degenerate: true,
  reduce: (y, { k, groups }) => groups(paired(y, k), mean),
  shape: straight,
});

/** WFG4: many minima; concave, as all that follow. */
export const wfg4: Wfg = wfg("wfg4", "Many local minima; concave.", {
  reduce: (y, { groups }) =>
    groups(
      y.map((v) => multiModal(v, 30, 10, 0.35)),
      mean,
    ),
  shape: concave,
});

/** WFG5: deceptive in each coordinate. */
export const wfg5: Wfg = wfg("wfg5", "Deceptive; concave.", {
  reduce: (y, { groups }) =>
    groups(
      y.map((v) => deceptive(v)),
      mean,
    ),
  shape: concave,
});

/** WFG6: not separable within position and distance. */
export const wfg6: Wfg = wfg("wfg6", "Not separable; concave.", {
  reduce: (y, { k, groups }) => groups(shifted(y, k), (part) => nonSeparable(part, part.length)),
  shape: concave,
});

/** WFG7: the bias of each position depends on what follows. */
export const wfg7: Wfg = wfg("wfg7", "Bias of positions by what follows; concave.", {
  reduce: (y, { k, groups }) =>
    groups(
      shifted(
        y.map((v, i) => (i < k ? dependent(v, mean(y.slice(i + 1))) : v)),
        k,
      ),
      mean,
    ),
  shape: concave,
});

/** WFG8: the bias of each distance depends on what precedes: the best distance differs from point to point. */
export const wfg8: Wfg = wfg("wfg8", "Bias of distances by what precedes; concave.", {
  reduce: (y, { k, groups }) =>
    groups(
      shifted(
        y.map((v, i) => (i < k ? v : dependent(v, mean(y.slice(0, i))))),
        k,
      ),
      mean,
    ),
  shape: concave,
});

/** WFG9: bias, deception and many minima, not separable. */
export const wfg9: Wfg = wfg("wfg9", "Bias, deception, many minima, not separable; concave.", {
  reduce: (y, { k, groups }) => {
    const last = y.length - 1;
    const biased = y.map((v, i) => (i < last ? dependent(v, mean(y.slice(i + 1))) : v));
    const moved = biased.map((v, i) => (i < k ? deceptive(v) : multiModal(v, 30, 95, 0.35)));
    return groups(moved, (part) => nonSeparable(part, part.length));
  },
  shape: concave,
});

/** A problem of the toolkit: `m` losses, `k` position (a multiple of m − 1) and `l` distance coordinates. */
export type Wfg = ProblemDefinition<"m" | "k" | "l">;

interface Layout {
  readonly k: number;
  /** 2, 4, …: the weights of the coordinates. */
  readonly weights: readonly number[];
  /** Reduces the m − 1 groups of positions and the distances to one value each. */
  groups(y: readonly number[], reduce: (part: readonly number[], from: number) => number): number[];
}

interface Parts {
  /** Whether distances go in pairs, so that `l` is even. */
  readonly pairs?: true;
  /** Whether only the first position counts on the front. */
  readonly degenerate?: true;
  /** The m − 1 positions and the distance of a point of the unit cube. */
  readonly reduce: (y: readonly number[], layout: Layout) => number[];
  readonly shape: Shape;
  /** Of the last loss, where that has another shape. */
  readonly last?: (x: readonly number[]) => number;
}

function wfg(name: string, summary: string, parts: Parts): Wfg {
  return defineProblem(
    {
      name,
      summary,
      source: "Huband, Hingston, Barone & While, IEEE TEVC 10(5), 2006",
      options: { m: { default: 2, low: 2 }, k: { default: 4, low: 1 }, l: { default: 20, low: 1 } },
    },
    ({ m, k, l }) => {
      if (k % (m - 1) !== 0) throw usage(`Expected \`k\` to be a multiple of m − 1 = ${m - 1}, got ${k}`);
      if (parts.pairs && l % 2 !== 0) throw usage(`Expected \`l\` of ${name} to be even, got ${l}`);
      const d = k + l;
      const gap = k / (m - 1);
      const layout: Layout = {
        k,
        weights: Array.from({ length: d }, (_, i) => 2 * (i + 1)),
        groups: (y, reduce) => [
          ...Array.from({ length: m - 1 }, (_, g) => reduce(y.slice(g * gap, (g + 1) * gap), g * gap)),
          reduce(y.slice(k), k),
        ],
      };
      const losses = (positions: readonly number[], distance: number): number[] => {
        const x = positions.map((t, i) => Math.max(distance, parts.degenerate && i > 0 ? 0 : 1) * (t - 0.5) + 0.5);
        return Array.from({ length: m }, (_, i) => {
          const h = i === m - 1 && parts.last !== undefined ? parts.last(x) : parts.shape(x, i + 1, m);
          return distance + 2 * (i + 1) * h;
        });
      };
      return {
        space: floats(Array.from({ length: d }, (_, i) => [0, 2 * (i + 1)] as const)),
        objectives: m,
        at: (row) => {
          const t = parts.reduce(
            Array.from({ length: d }, (_, i) => row[i]! / (2 * (i + 1))),
            layout,
          );
          return losses(t.slice(0, m - 1), t[m - 1]!);
        },
        front: (n) => frontOf(n, m, parts, (x) => losses(x, 0)),
      };
    },
  );
}

/** s_linear of the distances alone. */
function shifted(y: readonly number[], k: number): number[] {
  return y.map((v, i) => (i < k ? v : linear(v)));
}

/** The distances shifted and reduced in pairs. */
function paired(y: readonly number[], k: number): number[] {
  const moved = shifted(y, k);
  const pairs = Array.from({ length: (y.length - k) / 2 }, (_, i) =>
    nonSeparable(moved.slice(k + 2 * i, k + 2 * i + 2), 2),
  );
  return [...moved.slice(0, k), ...pairs];
}

/** Points at distance 0. Of a concave front in even directions; else at even positions, of which the non-dominated are left. */
function frontOf(n: number, m: number, parts: Parts, at: (positions: readonly number[]) => number[]): number[][] {
  if (parts.degenerate && m > 2) return [];
  if (parts.shape === concave)
    return referenceDirections(m, n).map((w) => Array.from(w, (x, i) => (2 * (i + 1) * x) / Math.hypot(...w)));
  const side = evenly(0, 1, Math.max(2, Math.floor(n ** (1 / (m - 1)))));
  let positions: number[][] = [[]];
  for (let i = 0; i < m - 1; i++) positions = positions.flatMap((p) => side.map((x) => [...p, x]));
  return nonDominated(positions.map(at));
}
