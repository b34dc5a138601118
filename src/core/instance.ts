import { expectNumber, refuseUnknown, show, usage } from "./errors.ts";
import { isRecord, type Json } from "./json.ts";
import { createRandom, shuffle } from "./random.ts";
import { meanOf } from "./repeats.ts";

/** One input that an objective is measured on: a shape, a trace, a prompt, a fold. */
export interface Instance {
  /** What it is called in tables, messages and the journal; no two of an objective have the same. */
  readonly name: string;
  readonly value: Json;
}

/**
 * What becomes of the values of all instances: their mean, their geometric mean (values > 0), or a quantile, of the values
 * in the user's sign: 0.5 is the median, 1 the largest; between two values it is interpolated linearly.
 */
export type InstanceReduce = "mean" | "geometricMean" | { readonly quantile: number };

/** One for all objectives, or one by measured name. */
export type InstanceReducers = InstanceReduce | Readonly<Record<string, InstanceReduce>>;

/** In which order a trial is measured on its instances. */
export type InstanceOrder = "shuffled" | "given";

/** The instances of a study, as far as they decide which of its trials can be compared. */
export interface InstancesDefinition {
  /** In the order in which they were given. */
  readonly names: readonly string[];
  readonly order: InstanceOrder;
  readonly reduce?: InstanceReducers;
}

/** A value with its standard error, where that is known. */
interface Estimate {
  readonly value: number;
  readonly stderr?: number;
}

/** Checks how values are to be reduced; throws a usage error. */
export function checkReducers(given: unknown, name: string): InstanceReducers {
  if (isQuantile(given) || !isRecord(given)) return checkReduce(given, name);
  for (const [key, each] of Object.entries(given)) checkReduce(each, `${name}.${key}`);
  return given as InstanceReducers;
}

function checkReduce(given: unknown, name: string): InstanceReduce {
  if (given === "mean" || given === "geometricMean") return given;
  if (!isRecord(given) || !("quantile" in given))
    throw usage(`Expected \`${name}\` to be "mean", "geometricMean" or { quantile: 0.9 }, got ${show(given)}`);
  refuseUnknown(name, given, ["quantile"]);
  expectNumber(`${name}.quantile`, given["quantile"], { low: 0, high: 1 });
  return given as { quantile: number };
}

function isQuantile(given: unknown): given is { readonly quantile: number } {
  return isRecord(given) && typeof given["quantile"] === "number";
}

/** The names for which a reducer was given by itself: they must be measured. */
export function reducedNames(reduce: InstanceReducers | undefined): readonly string[] {
  return isRecord(reduce) && !isQuantile(reduce) ? Object.keys(reduce) : [];
}

/** How the values of one name are reduced. What is no objective and not named itself is averaged. */
export function reducerOf(
  name: string,
  {
    reduce,
    objectives,
    normalized,
  }: {
    readonly reduce: InstanceReducers | undefined;
    readonly objectives: readonly string[];
    /** Whether they are relative to the baseline's: of quotients the geometric mean is the mean. */
    readonly normalized: boolean;
  },
): InstanceReduce {
  if (reducedNames(reduce).includes(name)) return (reduce as Readonly<Record<string, InstanceReduce>>)[name]!;
  if (reduce !== undefined && reducedNames(reduce).length === 0 && objectives.includes(name))
    return reduce as InstanceReduce;
  return normalized ? "geometricMean" : "mean";
}

/**
 * One value of several, at least one. Its standard error is that of measuring the same instances again, to first order from
 * their own (the delta method); it is unknown where one that counts is. How values differ between instances is no part of it.
 */
export function reduceInstances(given: readonly Estimate[], how: InstanceReduce): Estimate {
  const values = given.map(({ value }) => value);
  const n = values.length;
  if (how === "mean") return estimate(given, meanOf(values), () => 1 / n);
  if (how === "geometricMean") {
    const value = Math.exp(meanOf(values.map(Math.log)));
    return estimate(given, value, (i) => value / (n * values[i]!));
  }
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const at = (n - 1) * how.quantile;
  const [below, above] = [order[Math.floor(at)]!, order[Math.ceil(at)]!];
  const share = at - Math.floor(at);
  const value = values[below]! + share * (values[above]! - values[below]!);
  return estimate(given, value, (i) => (i === below ? 1 - share : 0) + (i === above && above !== below ? share : 0));
}

function estimate(given: readonly Estimate[], value: number, weight: (i: number) => number): Estimate {
  const errors = given.map(({ stderr }, i) => (weight(i) === 0 ? 0 : weight(i) * (stderr ?? NaN)));
  const stderr = Math.hypot(...errors);
  return Number.isFinite(stderr) ? { value, stderr } : { value };
}

/** The order in which every trial of every session is measured on `n` instances: places in the given list. */
export function instanceOrder(n: number, order: InstanceOrder): number[] {
  const places = Array.from({ length: n }, (_, i) => i);
  return order === "given" ? places : shuffle(places, createRandom("instances").fork(n));
}
