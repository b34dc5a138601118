import { expectNumber, refuseUnknown, show, usage } from "./errors.ts";
import { summarise } from "./measure.ts";
import type { Measured } from "./outcome.ts";

/** What becomes of the values of several runs. */
export type Reduce = "median" | "mean" | "min" | "max";

/** How often an attempt runs the objective, and what becomes of the values. */
export interface Repeats {
  readonly times: number;
  /** @default "median" */
  readonly reduce?: Reduce;
}

const REDUCERS: { readonly [R in Reduce]: (samples: readonly number[]) => Measured } = {
  median: summarise,
  mean: (samples) => {
    const value = meanOf(samples);
    const { length: n } = samples;
    if (n === 1) return { value, samples: n };
    const variance = samples.reduce((sum, sample) => sum + (sample - value) ** 2, 0) / (n - 1);
    return { value, stderr: Math.sqrt(variance / n), samples: n };
  },
  min: (samples) => ({ value: Math.min(...samples), samples: samples.length }),
  max: (samples) => ({ value: Math.max(...samples), samples: samples.length }),
};

/** The names of the reducers. */
export const REDUCES: readonly Reduce[] = Object.keys(REDUCERS) as Reduce[];

/**
 * One value of several, with its standard error: of the mean s/√n, of the median as {@link summarise} has it; of an
 * extreme it depends on the distribution and is left unknown.
 */
export function reduce(samples: readonly number[], how: Reduce): Measured {
  const { stderr, ...rest } = REDUCERS[how](samples);
  return stderr === undefined || !Number.isFinite(stderr) ? rest : { ...rest, stderr };
}

/** Checks the option and fills in the default. */
export function repeatsPolicy(given: number | Repeats): Required<Repeats> {
  if (typeof given !== "number" && (typeof given !== "object" || given === null || Array.isArray(given)))
    throw usage(`Expected \`repeats\` to be a number or { times, reduce }, got ${show(given)}`);
  if (typeof given !== "number") refuseUnknown("repeats", given, ["times", "reduce"]);
  const { times, reduce: how = "median" } = typeof given === "number" ? { times: given } : given;
  expectNumber(typeof given === "number" ? "repeats" : "repeats.times", times, { integer: true, low: 1 });
  if (!REDUCES.includes(how))
    throw usage(`Expected \`repeats.reduce\` to be ${REDUCES.map((r) => `"${r}"`).join(", ")}, got ${show(how)}`);
  return { times, reduce: how };
}

/** A running mean, which does not overflow. */
export function meanOf(samples: readonly number[]): number {
  let mean = 0;
  for (const [i, sample] of samples.entries()) mean += (sample - mean) / (i + 1);
  return mean;
}
