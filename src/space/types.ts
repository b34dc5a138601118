import type { OptionalParameter, Parameter } from "./parameter.ts";

/** A bare constant. */
export type Constant = string | number | boolean | null;

/** What a search space is written as: parameters, bare constants, and objects of them. */
export type Shape = { readonly [key: string]: Parameter | Constant | Shape };

/** The value of one entry of a shape. */
export type Value<S> =
  S extends OptionalParameter<infer T> ? T : S extends Parameter<infer T> ? T : S extends Constant ? S : Params<S>;

/** The keys of a shape that may be absent: optional parameters, and objects in which everything may be absent. */
type AbsentKeys<S> = { [K in keyof S]: MayBeAbsent<S[K]> extends true ? K : never }[keyof S];
type MayBeAbsent<V> = V extends OptionalParameter
  ? true
  : V extends Parameter | Constant
    ? false
    : [keyof V] extends [never]
      ? false
      : [Exclude<keyof V, AbsentKeys<V>>] extends [never]
        ? true
        : false;

type Flat<T> = { [K in keyof T]: T[K] };

/** The configuration of a shape: every key mapped to its value; absent keys are optional properties. */
export type Params<S> = Flat<
  { readonly [K in Exclude<keyof S, AbsentKeys<S>>]: Value<S[K]> } & { readonly [K in AbsentKeys<S>]?: Value<S[K]> }
>;

/** The configurations of a variant: one member per branch, told apart by `kind`. */
export type Branch<B> = { [K in keyof B & string]: Flat<{ readonly kind: K } & Params<B[K]>> }[keyof B & string];
