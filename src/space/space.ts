import { createCube, type Cube, rowAt, unitOf } from "./cube.ts";
import { type Axis, nestAxes } from "./axis.ts";
import { show, usage } from "./errors.ts";
import { objectOf } from "./object.ts";
import { parameter, type Parameter, type ParameterJson } from "./parameter.ts";
import type { Params, Shape } from "./types.ts";

const brand: unique symbol = Symbol.for("attune.space") as never;

/**
 * A rule over whole configurations. `true` allows; `false` refuses, and a text refuses with that reason.
 * @example (p) => p.level > 1 || p.strategy === "default"
 */
export type Rule<P> = { allows(params: P): boolean | string }["allows"];

/** A search space: a parameter, and rules over its configurations. `P` is the type of a configuration. */
export interface Space<P = unknown> {
  readonly [brand]: true;
  readonly parameter: Parameter<P>;
  readonly axes: readonly Axis[];
  /** The number of configurations, rules aside; `Infinity` when continuous. */
  readonly size: number;
  readonly rules: readonly Rule<P>[];
  /** The space as samplers see it. */
  readonly cube: Cube;
  /** The configuration of a row. */
  read(row: ArrayLike<number>): P;
  /** The row of a valid configuration: exact, NaN where an axis is inactive. */
  row(params: P): Float64Array;
  /** The row at a point of the cube. */
  rowAt(unit: ArrayLike<number>): Float64Array;
  /** The point of the cube at a row. */
  unit(row: ArrayLike<number>): Float64Array;
  /** Why a configuration is not in the space, in one sentence; undefined when it is. */
  problem(params: unknown): string | undefined;
  /** Which rule refuses a configuration that the parameters allow; undefined when none does. */
  refusal(params: P): string | undefined;
  toJSON(): ParameterJson;
  /** Standard Schema (https://standardschema.dev), version 1. */
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: "attune";
    readonly validate: (
      value: unknown,
    ) => { readonly value: P } | { readonly issues: readonly { readonly message: string }[] };
    readonly types?: { readonly input: P; readonly output: P };
  };
}

/** The configuration type of a space, a shape or a list of them. */
export type Configuration<S> =
  S extends Space<infer P>
    ? P
    : S extends readonly unknown[]
      ? { readonly [K in keyof S]: Configuration<S[K]> }
      : Params<S>;

/** Whether something is a defined space, of this or another copy of attune. */
export function isSpace(value: unknown): value is Space {
  return typeof value === "object" && value !== null && brand in value;
}

/** What {@link defineSpace} takes: an object, a defined space, or a list of these. */
export type SpaceInput = Shape | Space | readonly (Shape | Space)[];

/**
 * Defines a search space. A list of spaces gives a tuple of configurations, also for one element.
 * @example defineSpace({ tile: int(1, 128, { log: true }), unroll: choice([1, 2, 4]) }, { where: (p) => p.tile * p.unroll <= 512 })
 */
export function defineSpace<const S extends SpaceInput>(
  of: S,
  {
    where = [],
  }: { readonly where?: Rule<NoInfer<Configuration<S>>> | readonly Rule<NoInfer<Configuration<S>>>[] } = {},
): Space<Configuration<S>> {
  const own = (typeof where === "function" ? [where] : where) as readonly Rule<unknown>[];
  for (const rule of own)
    if (typeof rule !== "function") throw usage(`Expected \`where\` to hold functions, got ${show(rule)}`);
  const { body, rules } = compose(of);
  return spaceOf<unknown>(body, [...rules, ...own]) as Space<Configuration<S>>;
}

/** A space over a parameter. @internal */
export function spaceOf<P>(body: Parameter<P>, rules: readonly Rule<P>[] = []): Space<P> {
  const { axes } = body;
  const refusal = (params: P): string | undefined => {
    for (let i = 0; i < rules.length; i++) {
      const verdict = rules[i]!(params);
      if (verdict === true) continue;
      return typeof verdict === "string" ? verdict : `where rule ${i + 1} refuses: ${ruleText(rules[i]!)}`;
    }
    return undefined;
  };
  const read = (row: ArrayLike<number>): P => body.read(row, 0);
  const problem = (params: unknown): string | undefined => body.problem(params) ?? refusal(params as P);
  return Object.freeze({
    [brand]: true as const,
    parameter: body,
    axes,
    size: body.size,
    rules,
    cube: createCube(axes, body.size, rules.length === 0 ? () => true : (row) => refusal(read(row)) === undefined),
    read,
    row: (params: P) => {
      const row = new Float64Array(axes.length);
      body.write(params, row, 0);
      return row;
    },
    rowAt: (unit: ArrayLike<number>) => rowAt(axes, unit),
    unit: (row: ArrayLike<number>) => unitOf(axes, row),
    problem,
    refusal,
    toJSON: () => body.toJSON(),
    "~standard": {
      version: 1 as const,
      vendor: "attune" as const,
      validate: (value: unknown) => {
        const message = problem(value);
        return message === undefined ? { value: value as P } : { issues: [{ message }] };
      },
    },
  });
}

/** The text of a rule, for messages and journals. */
export function ruleText(rule: Rule<never>): string {
  return rule.toString().replace(/\s+/g, " ");
}

function compose(of: unknown): { body: Parameter; rules: readonly Rule<unknown>[] } {
  if (isSpace(of)) return { body: of.parameter, rules: of.rules };
  if (!Array.isArray(of)) {
    if (typeof of !== "object" || of === null)
      throw usage(`Expected \`space\` to be an object of parameters, a space or a list of these, got ${show(of)}`);
    if (Object.keys(of).length === 0) throw usage("Expected `space` to hold at least one parameter, got {}");
    return { body: objectOf(of as Shape), rules: [] };
  }
  if (of.length === 0) throw usage("Expected `space` to hold at least one space, got []");
  const parts = of.map(compose);
  const rules = parts.flatMap(({ rules }, i) =>
    rules.map((rule) =>
      Object.assign((p: unknown) => rule((p as readonly unknown[])[i]), { toString: () => ruleText(rule) }),
    ),
  );
  return { body: tupleOf(parts.map(({ body }) => body)), rules };
}

/** Spaces side by side: a tuple of configurations. @internal */
export function tupleOf(parts: readonly Parameter[]): Parameter {
  const axes: Axis[] = [];
  const offsets = parts.map((part, i) => {
    const at = axes.length;
    axes.push(...nestAxes(part.axes, at, `[${i}]`));
    return at;
  });
  return parameter<unknown>({
    axes,
    size: parts.reduce((n, part) => n * part.size, 1),
    ...(parts.every((part) => part.default) ? { default: { value: parts.map((part) => part.default!.value) } } : {}),
    read: (row, offset) => parts.map((part, i) => part.read(row, offset + offsets[i]!)),
    write: (value, row, offset) =>
      parts.forEach((part, i) => part.write((value as readonly unknown[])[i], row, offset + offsets[i]!)),
    problem: (value) => {
      if (!Array.isArray(value) || value.length !== parts.length)
        return `expected a list of ${parts.length}, got ${show(value)}`;
      const at = parts.findIndex((part, i) => part.problem(value[i]) !== undefined);
      return at < 0 ? undefined : `[${at}]: ${parts[at]!.problem(value[at])}`;
    },
    toJSON: () => ({ type: "list", of: parts.map((part) => part.toJSON()) }),
  });
}
