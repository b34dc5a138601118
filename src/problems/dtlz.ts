import { nonDominated } from "../math/non-dominated.ts";
import { dasDennis, referenceDirections } from "../math/reference-directions.ts";
import { defineProblem, type ProblemDefinition } from "./define.ts";
import { type Coordinates, cubeOf, evenly, type Problem, type ProblemBody } from "./problem.ts";

// Deb, Thiele, Laumanns & Zitzler, "Scalable test problems for evolutionary multiobjective optimization", 2005.
// m losses over d coordinates in [0, 1]: the first m − 1 are the position on the front, the last k = d − m + 1 the
// distance g from it. Fronts are sampled in at most n directions of a Das–Dennis pattern.

/** DTLZ1: a linear front Σ fᵢ = ½ behind 11ᵏ − 1 parallel local ones; reached at xᵢ = ½ in the last k = 5. */
export const dtlz1: Dtlz = dtlz("dtlz1", 5, "A linear front Σ fᵢ = ½ behind 11ᵏ − 1 local ones.", (m, d) =>
  bodyOf(m, d, rastrigin, simplex, (n) => simplexFront(m, n)),
);

/** DTLZ2: the front is the unit sphere's part with all fᵢ ≥ 0; reached at xᵢ = ½ in the last k = 10. */
export const dtlz2: Dtlz = dtlz("dtlz2", 10, "The unit sphere's positive part.", (m, d) =>
  bodyOf(m, d, bowl, sphere, (n) => sphereFront(m, n)),
);

/** DTLZ3: DTLZ2 with DTLZ1's distance, 3ᵏ − 1 local fronts. */
export const dtlz3: Dtlz = dtlz("dtlz3", 10, "DTLZ2's front behind 3ᵏ − 1 local ones.", (m, d) =>
  bodyOf(m, d, rastrigin, sphere, (n) => sphereFront(m, n)),
);

/** DTLZ4: DTLZ2 with positions x^100, so that most of the cube maps to the front's edge. */
export const dtlz4: Dtlz = dtlz("dtlz4", 10, "DTLZ2 with positions x¹⁰⁰: most of the cube maps to an edge.", (m, d) =>
  bodyOf(
    m,
    d,
    bowl,
    (x, m, g) => sphere(x, m, g, 100),
    (n) => sphereFront(m, n),
  ),
);

/** DTLZ5: DTLZ2 squeezed onto a curve: beyond the first, positions become (1 + 2g·x) / (2 (1 + g)). */
export const dtlz5: Dtlz = dtlz("dtlz5", 10, "DTLZ2 squeezed onto a curve.", (m, d) =>
  bodyOf(m, d, bowl, curve, (n) => curveFront(m, n)),
);

/** DTLZ6: DTLZ5 with g = Σ xᵢ^0.1, reached at xᵢ = 0: the pull towards the front is weak. */
export const dtlz6: Dtlz = dtlz("dtlz6", 10, "DTLZ5 with g = Σ xᵢ^0.1: a weak pull.", (m, d) =>
  bodyOf(m, d, root, curve, (n) => curveFront(m, n)),
);

/** DTLZ7: 2^(m−1) separate pieces; g = 1 + 9·mean, f_m = (1 + g)(m − Σ fᵢ/(1 + g)·(1 + sin 3πfᵢ)), k = 20. */
export const dtlz7: Dtlz = dtlz("dtlz7", 20, "2^(m−1) separate pieces.", (m, d) => {
  const front = (n: number): number[][] => {
    const side = evenly(0, 1, Math.max(2, Math.floor(n ** (1 / (m - 1)))));
    let positions: number[][] = [[]];
    for (let i = 0; i < m - 1; i++) positions = positions.flatMap((p) => side.map((x) => [...p, x]));
    return nonDominated(positions.map((p) => pieces(p, m, 1)));
  };
  return bodyOf(m, d, (x, from) => 1 + (9 * total(x, from)) / (x.length - from), pieces, front);
});

/** A problem of the family: `m` losses over `m − 1 + k` coordinates. */
export type Dtlz = ProblemDefinition<"m" | "k">;
type Distance = (x: ArrayLike<number>, from: number) => number;
type Shape = (x: ArrayLike<number>, m: number, g: number) => number[];

function dtlz(
  name: string,
  k: number,
  summary: string,
  make: (m: number, d: number) => ProblemBody<Coordinates>,
): Dtlz {
  const source = "Deb, Thiele, Laumanns & Zitzler, Evolutionary Multiobjective Optimization, 2005";
  const options = { m: { default: 3, low: 2 }, k: { default: k, low: 1 } };
  return defineProblem({ name, summary, source, options }, ({ m, k }) => make(m, m - 1 + k));
}

function bodyOf(m: number, d: number, g: Distance, shape: Shape, front: Problem["front"]): ProblemBody<Coordinates> {
  return { space: cubeOf(d, 0, 1), objectives: m, at: (x) => shape(x, m, g(x, m - 1)), front };
}

/** 100 (k + Σ (xᵢ − ½)² − cos 20π(xᵢ − ½)). */
function rastrigin(x: ArrayLike<number>, from: number): number {
  let sum = x.length - from;
  for (let i = from; i < x.length; i++) sum += (x[i]! - 0.5) ** 2 - Math.cos(20 * Math.PI * (x[i]! - 0.5));
  return 100 * sum;
}

function bowl(x: ArrayLike<number>, from: number): number {
  let sum = 0;
  for (let i = from; i < x.length; i++) sum += (x[i]! - 0.5) ** 2;
  return sum;
}

function root(x: ArrayLike<number>, from: number): number {
  let sum = 0;
  for (let i = from; i < x.length; i++) sum += x[i]! ** 0.1;
  return sum;
}

function total(x: ArrayLike<number>, from: number): number {
  let sum = 0;
  for (let i = from; i < x.length; i++) sum += x[i]!;
  return sum;
}

/** f1 = ½(1 + g)·x1·…·x_{m−1}, …, f_m = ½(1 + g)(1 − x1). */
function simplex(x: ArrayLike<number>, m: number, g: number): number[] {
  return fold(
    m,
    0.5 * (1 + g),
    (i) => x[i]!,
    (i) => 1 - x[i]!,
  );
}

/** f1 = (1 + g) cos θ1 … cos θ_{m−1}, …, f_m = (1 + g) sin θ1 with θᵢ = xᵢ^power · π/2. */
function sphere(x: ArrayLike<number>, m: number, g: number, power: number = 1): number[] {
  const angle = (i: number): number => ((power === 1 ? x[i]! : x[i]! ** power) * Math.PI) / 2;
  return fold(
    m,
    1 + g,
    (i) => Math.cos(angle(i)),
    (i) => Math.sin(angle(i)),
  );
}

function curve(x: ArrayLike<number>, m: number, g: number): number[] {
  return sphere(
    Array.from({ length: m - 1 }, (_, i) => (i === 0 ? x[0]! : (1 + 2 * g * x[i]!) / (2 * (1 + g)))),
    m,
    g,
  );
}

function pieces(x: ArrayLike<number>, m: number, g: number): number[] {
  const f = Array.from({ length: m - 1 }, (_, i) => x[i]!);
  const h = f.reduce((rest, fi) => rest - (fi / (1 + g)) * (1 + Math.sin(3 * Math.PI * fi)), m);
  return [...f, (1 + g) * h];
}

/** Loss j is the product of `inner` over the first m − 1 − j positions, times `outer` of the next one. */
function fold(m: number, scale: number, inner: (i: number) => number, outer: (i: number) => number): number[] {
  const f = Array.from({ length: m }, () => 0);
  let product = scale;
  for (let j = m - 1; j > 0; j--) {
    f[j] = product * outer(m - 1 - j);
    product *= inner(m - 1 - j);
  }
  f[0] = product;
  return f;
}

function simplexFront(m: number, n: number): number[][] {
  return referenceDirections(m, n).map((w) => Array.from(w, (x) => x / 2));
}

function sphereFront(m: number, n: number): number[][] {
  return referenceDirections(m, n).map((w) => Array.from(w, (x) => x / Math.hypot(...w)));
}

function curveFront(m: number, n: number): number[][] {
  return dasDennis(2, n - 1).map(([t]) => curve([t!, ...Array.from({ length: m - 2 }, () => 0)], m, 0));
}
