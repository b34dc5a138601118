import type { Axis } from "./axis.ts";
import { usage } from "./errors.ts";

/** The JSON form of a parameter: `{ "type": "int", "low": 1, "high": 9 }`. */
export type ParameterJson = { readonly type: string; readonly [option: string]: unknown };

const brand: unique symbol = Symbol.for("attune.parameter") as never;

/**
 * A domain of values, and how a value stands in a row of numbers: one number per axis. A parameter answers for itself;
 * nothing outside asks what kind it is.
 */
export interface Parameter<T = unknown> {
  readonly [brand]: true;
  readonly axes: readonly Axis[];
  /** The number of distinct values; `Infinity` when continuous. */
  readonly size: number;
  /** The value that the untuned program uses, in a box because it may be `undefined`: absent. */
  readonly default?: { readonly value: T };
  /** The value that a row holds from `offset` on; `undefined` when an optional one is absent. */
  read(row: ArrayLike<number>, offset: number): T;
  /** Writes a valid value; axes that it does not use become NaN. */
  write(value: T, row: Float64Array, offset: number): void;
  /** Which rule a value breaks: ``expected an integer from 1 to 9, got 12``. Undefined when valid. */
  problem(value: unknown): string | undefined;
  toJSON(): ParameterJson;
}

const optionalBrand: unique symbol = Symbol.for("attune.optional") as never;

/** A parameter whose key may be absent from its object. */
export interface OptionalParameter<T = unknown> extends Parameter<T | undefined> {
  readonly [optionalBrand]: true;
}

/** Completes a parameter with its brand. */
export function parameter<T>(body: Omit<Parameter<T>, typeof brand>): Parameter<T> {
  return Object.freeze({ [brand]: true as const, ...body });
}

/** Completes an optional parameter with its brands. */
export function optionalParameter<T>(body: Omit<Parameter<T | undefined>, typeof brand>): OptionalParameter<T> {
  return Object.freeze({ [brand]: true as const, [optionalBrand]: true as const, ...body });
}

/** Whether something is a parameter, of this or another copy of attune. */
export function isParameter(value: unknown): value is Parameter {
  return typeof value === "object" && value !== null && brand in value;
}

/** Whether a parameter may be absent. */
export function isOptional(value: object): value is OptionalParameter {
  return optionalBrand in value;
}

/** Options that every parameter with values of its own takes. */
export interface DefaultOption<T> {
  /** The value that the untuned program uses; where every parameter has one, they are the baseline. */
  readonly default?: T;
}

/** The parameter with its default set, if one is given; throws if it is not a value of the parameter. @internal */
export function checkDefault<T>(of: Parameter<T>, { default: value }: DefaultOption<T>): Parameter<T> {
  if (value === undefined) return of;
  const wrong = of.problem(value);
  if (wrong) throw usage(`Wrong \`default\`: ${wrong}`);
  return parameter<T>({ ...of, default: { value }, toJSON: () => ({ ...of.toJSON(), default: value }) });
}
