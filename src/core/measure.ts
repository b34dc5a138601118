import { show } from "./errors.ts";
import { failed, type Measured, type Outcome } from "./outcome.ts";

/** What an objective may return for one name: a number, samples of it, or a value with its standard error. */
export type Measurement = number | readonly number[] | { readonly value: number; readonly stderr?: number };

/** The most names that one result or report may hold: each is kept for every trial, in the journal and in memory. */
const MOST_NAMES = 10_000;
/** How many names a message lists. */
const LISTED = 20;

/** What is wrong with results of so many names, if anything is. */
export function tooManyNames(values: object): string | undefined {
  const { length } = Object.keys(values);
  return length > MOST_NAMES ? `at most ${MOST_NAMES} names, got ${length}` : undefined;
}

/**
 * Judges what an objective returned. `objectives` are the names that it must hold; `also` are further names that limits
 * need. With one objective the measurement may stand alone. Anything else becomes a failure of kind `invalid`.
 */
export function judged(returned: unknown, objectives: readonly string[], also: readonly string[] = []): Outcome {
  const only = objectives.length === 1 ? objectives[0]! : undefined;
  const record = only !== undefined && isMeasurement(returned) ? { [only]: returned } : returned;
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    return failed("invalid", `Expected the objective to return ${describe(objectives)}, got ${show(returned)}`);
  }
  const many = tooManyNames(record);
  if (many !== undefined) return failed("invalid", `Expected the objective to return ${many}`);
  const values: Record<string, Measured> = {};
  for (const [name, given] of Object.entries(record)) {
    const measured = toMeasured(given);
    if (typeof measured === "string")
      return failed("invalid", `Expected \`${name}\` to be ${measured}, got ${show(given)}`);
    values[name] = measured;
  }
  for (const name of [...objectives, ...also]) {
    if (Object.hasOwn(values, name)) continue;
    return failed("invalid", `Expected the objective to return \`${name}\`, got ${list(Object.keys(values))}`);
  }
  return { state: "complete", values };
}

function list(names: readonly string[]): string {
  if (names.length === 0) return "no names";
  const shown = names.slice(0, LISTED).map((name) => `\`${name}\``);
  return shown.join(", ") + (names.length > LISTED ? ` and ${names.length - LISTED} more` : "");
}

function describe(names: readonly string[]): string {
  const record = `{ ${names.join(", ")} }`;
  return names.length === 1 ? `a number, samples, { value, stderr } or ${record}` : record;
}

function isMeasurement(given: unknown): boolean {
  if (typeof given === "number" || Array.isArray(given)) return true;
  if (typeof given !== "object" || given === null || !("value" in given)) return false;
  if (typeof given.value !== "number") return false;
  return countOf(given) !== undefined || Object.keys(given).every((key) => key === "value" || key === "stderr");
}

/** How many samples are behind what the public `measure()` resolved with: `value` with its interval and its samples. */
function countOf(given: object): number | undefined {
  const whole = "stderr" in given && "low" in given && "high" in given && "samples" in given;
  return whole && Array.isArray(given.samples) ? given.samples.length : undefined;
}

/** The measured value, or the rule that it breaks. */
function toMeasured(given: unknown): Measured | string {
  if (typeof given === "number") return Number.isFinite(given) ? { value: given } : "a finite number";
  if (Array.isArray(given)) {
    if (given.length === 0 || !given.every((v) => typeof v === "number" && Number.isFinite(v)))
      return "a list of finite numbers";
    return summarise(given as number[]);
  }
  const rule = "a number, a list of numbers or { value, stderr }";
  if (typeof given !== "object" || given === null) return rule;
  const { value, stderr } = given as { value?: unknown; stderr?: unknown };
  if (typeof value !== "number") return rule;
  if (!Number.isFinite(value)) return "a finite number";
  if (stderr === undefined) return { value };
  const samples = countOf(given);
  return typeof stderr === "number" && Number.isFinite(stderr) && stderr >= 0
    ? { value, stderr, ...(samples === undefined ? {} : { samples }) }
    : "given a `stderr` that is a number ≥ 0";
}

/**
 * The median of samples, with its standard error: s/√n for two (the median is the mean), else √(π/2)·s/√n, the
 * asymptotic error of a normal sample's median.
 */
export function summarise(samples: readonly number[]): Measured {
  const n = samples.length;
  if (n === 1) return { value: samples[0]!, samples: 1 };
  const sorted = Float64Array.from(samples).sort();
  const half = n >> 1;
  const value = n % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
  const mean = samples.reduce((a, b) => a + b, 0) / n;
  const deviation = Math.sqrt(samples.reduce((s, v) => s + (v - mean) ** 2, 0) / (n - 1));
  return { value, stderr: (n === 2 ? 1 : Math.sqrt(Math.PI / 2)) * (deviation / Math.sqrt(n)), samples: n };
}
