import { expectNumber, refuseUnknown, usage } from "../core/errors.ts";
import type { Random } from "../core/random.ts";
import type { Measurement } from "../core/measure.ts";
import type { Problem } from "./problem.ts";
import { randomOf, wrapped } from "./wrap.ts";

/** Options of {@link noisy}. */
export interface NoisyOptions {
  /** The standard deviation of the noise: of each loss, or of all. */
  readonly sd: number | readonly number[];
  /** Whether the standard error is returned beside each loss. @default false */
  readonly told?: boolean;
}

/**
 * Gaussian noise of known deviation on the losses that `evaluate` gives; `losses` stay the true ones.
 * @example noisy(branin(), { sd: 1, told: true })
 */
export function noisy<P>(of: Problem<P>, { sd, told = false, ...rest }: NoisyOptions): Problem<P> {
  refuseUnknown("noisy", rest, ["sd", "told"]);
  const each = typeof sd === "number" ? of.objectives.map(() => sd) : sd;
  if (each.length !== of.objectives.length)
    throw usage(`Expected \`sd\` to hold ${of.objectives.length} numbers, got ${each.length}`);
  for (const one of each) expectNumber("sd", one, { low: 0 });
  return {
    ...wrapped("noisy", of, { sd, told }),
    noisy: true,
    evaluate: (params, trial) => {
      const random = randomOf("noisy", of, trial);
      const values: { f1: Measurement; [name: string]: Measurement } = { ...of.evaluate(params, trial) };
      for (const [i, name] of of.objectives.entries()) {
        const value = valueOf(values[name]) + each[i]! * random.normal();
        values[name] = told ? { value, stderr: each[i]! } : value;
      }
      return values;
    },
  };
}

/**
 * Evaluations that take a while, in milliseconds, for simulations: an interval to draw from, or any function.
 * @example delayed(branin(), [1000, 5000])
 */
export function delayed<P>(
  of: Problem<P>,
  duration: readonly [low: number, high: number] | ((params: P, random: Random) => number),
): Problem<P> {
  const between = typeof duration === "function" ? undefined : duration;
  if (between !== undefined) {
    expectNumber("duration", between[0], { low: 0 });
    expectNumber("duration", between[1], { low: between[0] });
  }
  const draw =
    typeof duration === "function"
      ? duration
      : (_: P, random: Random) => duration[0] + (duration[1] - duration[0]) * random.uniform();
  return {
    ...wrapped("delayed", of, between === undefined ? {} : { duration: between }),
    duration: (params, trial) => draw(params, randomOf("delayed", of, trial)),
  };
}

/**
 * Evaluations that fail: a share of all, by chance of the trial, or those of a function of the configuration, of which `losses` are NaN.
 * `evaluate` throws.
 * @example failing(branin(), 0.1)
 * @example failing(branin(), ({ x1, x2 }) => x1! + x2! > 20)
 */
export function failing<P>(of: Problem<P>, when: number | ((params: P) => boolean)): Problem<P> {
  if (typeof when === "number") {
    expectNumber("when", when, { low: 0, high: 1 });
    return {
      ...wrapped("failing", of, { share: when }),
      noisy: true,
      evaluate: (params, trial) => {
        if (randomOf("failing", of, trial).uniform() < when) throw new Error(`${of.name} fails by chance`);
        return of.evaluate(params, trial);
      },
    };
  }
  if (of.optimum !== undefined && when(of.space.read(of.optimum)))
    throw usage(`Expected the optimum of ${of.name} not to fail`);
  return {
    ...wrapped("failing", of, {}),
    losses: (row) => (when(of.space.read(row)) ? of.objectives.map(() => NaN) : of.losses(row)),
    evaluate: (params, trial) => {
      if (when(params)) throw new Error(`${of.name} fails here`);
      return of.evaluate(params, trial);
    },
  };
}

function valueOf(measured: ReturnType<Problem["evaluate"]>[string] | undefined): number {
  return typeof measured === "number" ? measured : (measured as { readonly value: number }).value;
}
