import { usage } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { createRandom, type Random } from "../core/random.ts";
import { type Coordinates, type Evaluation, type Problem, problem } from "./problem.ts";

// A wrapper makes a problem of another; they compose. Randomness comes from the trial's seed: the same trial has the same
// noise, however the others go.

/** How coordinates of the wrapped problem come from those outside, and back. */
export interface Move {
  readonly space: Problem["space"];
  readonly inner: (row: ArrayLike<number>) => number[];
  readonly outer: (row: ArrayLike<number>) => number[];
  /** What is added to each loss. @default nothing */
  readonly beyond?: (row: ArrayLike<number>) => number;
}

/** The problem over other coordinates. */
export function moved(
  name: string,
  of: Problem,
  options: Readonly<Record<string, Json>>,
  { space, inner, outer, beyond }: Move,
): Problem {
  if (of.noisy) throw usage(`Expected ${name}() to be given a problem without noise: add the noise around it`);
  const whole = problem<Coordinates>(wrapped(name, of, options), {
    space,
    objectives: of.objectives.length,
    constraints: Object.keys(of.constraints).length,
    at: (row) => {
      const x = inner(row);
      const more = beyond?.(row) ?? 0;
      return [...of.losses(x).map((loss) => loss + more), ...of.excess(x)];
    },
    ...(of.optimum === undefined ? {} : { optimum: outer(of.optimum) }),
    ...(of.least === undefined ? {} : { least: of.least }),
    front: of.front,
  });
  return of.duration === undefined
    ? whole
    : { ...whole, duration: (params, trial) => of.duration!(of.space.read(inner(space.row(params))), trial) };
}

/** The problem under the wrapper's name; its options hold what it wraps. */
export function wrapped<P>(name: string, of: Problem<P>, options: Readonly<Record<string, Json>>): Problem<P> {
  return { ...of, name, options: { of: { name: of.name, options: of.options }, ...options } };
}

/** Randomness of a trial for one wrapper. */
export function randomOf(
  wrapper: string,
  { name, options }: Pick<Problem, "name" | "options">,
  trial: Evaluation | undefined,
): Random {
  if (trial === undefined)
    throw usage(`Expected evaluate() of a ${wrapper} ${name} to be given a seed: evaluate(params, { seed: 1 })`);
  // a wrapper around another of its kind must not draw the same
  return createRandom(trial.seed).fork(`${wrapper} ${JSON.stringify([name, options])}`);
}

/** The axes of a problem whose parameters are floats without conditions. */
export function boxOf(wrapper: string, { name, space }: Problem): Problem["space"]["axes"] {
  const odd = space.axes.find(({ size, log, when }) => size !== Infinity || log || when !== undefined);
  if (odd !== undefined)
    throw usage(`Expected ${wrapper}() to be given a problem of floats, got ${name}, of which \`${odd.name}\` is none`);
  return space.axes;
}
