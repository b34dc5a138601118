/** Test problems with formula, domain and optimum, each cited; wrappers around problems; tables as problems. Pure. */
export { bbob } from "./bbob/bbob.ts";
export { powell, rosenbrock, sphere } from "./bowls.ts";
export { branin, braninCurrin } from "./branin.ts";
export { sixHumpCamel, threeHumpCamel } from "./camel.ts";
export { c1dtlz1, c1dtlz3, c2dtlz2, c3dtlz1, c3dtlz4 } from "./cdtlz.ts";
export { delayed, failing, noisy, type NoisyOptions } from "./chance.ts";
export { discretised, padded, rotated, shifted } from "./coordinates.ts";
export { learningCurves, type LearningParams } from "./curves.ts";
export { defineProblem, type ProblemDefinition, type ProblemInfo, type ProblemOption } from "./define.ts";
export { discreteAckley, discreteHartmann, discreteRosenbrock } from "./discrete.ts";
export { dtlz1, dtlz2, dtlz3, dtlz4, dtlz5, dtlz6, dtlz7 } from "./dtlz.ts";
export { pressureVessel, speedReducer, tensionSpring, weldedBeam } from "./engineering.ts";
export { fromTable, type FromTableOptions, type TableParams } from "./from-table.ts";
export { hartmann3, hartmann6 } from "./hartmann.ts";
export { conditional, type ConditionalParams, jenatton, type JenattonParams } from "./hierarchical.ts";
export { constrainedGramacy, keaneBump } from "./keane.ts";
export { ackleyMixed, bandit, mixed, type MixedParams } from "./mixed.ts";
export {
  type AnyProblem,
  type Coordinates,
  type Evaluation,
  labelOf,
  type Problem,
  type ProblemValues,
} from "./problem.ts";
export { ackley, griewank, levy, rastrigin } from "./rugged.ts";
export { readTable, type TuningTable } from "./table.ts";
export { trajectoryPlanning } from "./trajectory.ts";
export { wfg1, wfg2, wfg3, wfg4, wfg5, wfg6, wfg7, wfg8, wfg9 } from "./wfg/wfg.ts";
export { zdt1, zdt2, zdt3, zdt4, zdt6 } from "./zdt.ts";
export { zdt5 } from "./zdt5.ts";
