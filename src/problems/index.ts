/** Test problems with formula, domain and optimum, each cited at its function. Pure. */
export { bbob, type BbobOptions } from "./bbob/bbob.ts";
export { dtlz1, dtlz2, dtlz3, dtlz4, dtlz5, dtlz6, dtlz7 } from "./dtlz.ts";
export type { Coordinates, Problem } from "./problem.ts";
export { rosenbrock } from "./rosenbrock.ts";
export { sphere } from "./sphere.ts";
export { zdt1, zdt2, zdt3, zdt4, zdt6 } from "./zdt.ts";
