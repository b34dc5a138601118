import type { Json } from "../core/json.ts";
import type { Measurement } from "../core/measure.ts";
import type { Limits } from "../core/objective.ts";
import { float } from "../space/float.ts";
import { defineSpace, type Space } from "../space/space.ts";

/** A configuration of floats: `{ x1: …, x2: … }`. */
export type Coordinates = Readonly<Record<string, number>>;

/** What a problem asks of the trial that evaluates it; a search's `trial` is one. */
export interface Evaluation {
  /** Where noise, failures and durations come from: the same seed gives the same. */
  readonly seed: number;
  /** Takes the losses after each step of a problem with learning curves; may throw to end the trial early. */
  readonly reportSync?: (step: number, values: Readonly<Record<string, number>>) => void;
}

/** What an evaluation gives: the losses `f1`, … and the constraints `c1`, …. */
export interface ProblemValues {
  readonly f1: Measurement;
  readonly [name: string]: Measurement;
}

/** A test problem whose answer is known. All losses are minimised. `P` is the type of a configuration. */
export interface Problem<P = Coordinates> {
  readonly name: string;
  /** What it was made with, complete; plain JSON. */
  readonly options: Readonly<Record<string, Json>>;
  readonly space: Space<P>;
  /** The names of the losses: `f1`, `f2`, …. */
  readonly objectives: readonly string[];
  /** Limits on the further names `c1`, `c2`, … that {@link Problem.evaluate} gives: each at most 0. Empty without constraints. */
  readonly constraints: Limits;
  /** The true losses at a row of the space (one number per axis; of floats the coordinates). NaN where it fails. */
  losses(row: ArrayLike<number>): number[];
  /** The constraints at a row, ≤ 0 where kept. */
  excess(row: ArrayLike<number>): number[];
  /**
   * The losses and constraints by name; serves as a search's objective. A noisy problem takes its noise from `trial.seed`;
   * one with learning curves reports each step, from 1, by its true losses; one that fails throws.
   */
  evaluate(params: P, trial?: Evaluation): ProblemValues;
  /** A row with the least loss, for one objective; undefined where none is known. */
  readonly optimum?: readonly number[];
  /** The least loss that any feasible row has, for one objective; undefined where it is not known. */
  readonly least?: number;
  /** About `n` (at most) well-spread points of the true Pareto front; of one objective the least loss; none where it is not known. */
  front(n: number): number[][];
  /** Whether {@link Problem.evaluate} depends on the trial. */
  readonly noisy?: true;
  /** How long an evaluation takes in milliseconds, for simulations; at once without. */
  duration?(params: P, trial: Evaluation): number;
  /** The true losses of a row after each step; the last are those of {@link Problem.losses}. */
  curve?(row: ArrayLike<number>): number[][];
}

/** A problem in any space. */
export type AnyProblem = Problem<unknown>;

/** What a problem is made from: a space, and its values at a row. */
export interface ProblemBody<P> extends Pick<Problem<P>, "space" | "optimum" | "least" | "curve"> {
  /** The number of losses. @default 1 */
  readonly objectives?: number;
  /** The number of constraints. @default 0 */
  readonly constraints?: number;
  /** The losses at a row, then the constraints. */
  readonly at: (row: ArrayLike<number>) => readonly number[];
  /** @default the least loss, if it is known */
  readonly front?: Problem<P>["front"];
}

/** Completes a problem with its names. */
export function problem<P>(named: Pick<Problem<P>, "name" | "options">, body: ProblemBody<P>): Problem<P> {
  const { at, objectives: m = 1, constraints: k = 0, least, space } = body;
  const names = Array.from({ length: m }, (_, i) => `f${i + 1}`);
  const limited = Array.from({ length: k }, (_, i) => `c${i + 1}`);
  const all = [...names, ...limited];
  return {
    ...named,
    space,
    objectives: names,
    constraints: Object.fromEntries(limited.map((name) => [name, { max: 0 }])),
    losses: (row) => at(row).slice(0, m),
    excess: (row) => at(row).slice(m),
    evaluate: (params, trial) => {
      const row = space.row(params);
      if (trial?.reportSync !== undefined)
        for (const [i, losses] of (body.curve?.(row) ?? []).entries()) trial.reportSync(i + 1, byName(names, losses));
      return byName(all, at(row)) as ProblemValues;
    },
    front: body.front ?? (() => (least === undefined ? [] : [[least]])),
    ...(body.optimum === undefined ? {} : { optimum: body.optimum }),
    ...(least === undefined ? {} : { least }),
    ...(body.curve === undefined ? {} : { curve: body.curve }),
  };
}

function byName(names: readonly string[], values: readonly number[]): Record<string, number> {
  return Object.fromEntries(names.map((name, i) => [name, values[i]!]));
}

/** The space of the floats `x1`, `x2`, … within bounds. */
export function floats(bounds: readonly (readonly [low: number, high: number])[]): Space<Coordinates> {
  return defineSpace(Object.fromEntries(bounds.map(([low, high], i) => [`x${i + 1}`, float(low, high)])));
}

/** `d` floats within the same bounds. */
export function cubeOf(d: number, low: number, high: number): Space<Coordinates> {
  return floats(Array.from({ length: d }, () => [low, high] as const));
}

/** The name of a problem with its options, for tables: `bbob f=8 d=5 instance=1`. */
export function labelOf({ name, options }: Pick<Problem, "name" | "options">): string {
  const shown = Object.entries(options).flatMap(([key, value]) =>
    typeof value === "number" ? [`${key}=${value}`] : [],
  );
  const inner = options["of"] as Pick<Problem, "name" | "options"> | undefined;
  return [name, ...(inner === undefined ? [] : [`(${labelOf(inner)})`]), ...shown].join(" ");
}

/** `n` numbers evenly spaced from `low` to `high`, both included; the low end alone when `n` is 1. */
export function evenly(low: number, high: number, n: number): number[] {
  return Array.from({ length: n }, (_, k) => (n === 1 ? low : low + ((high - low) * k) / (n - 1)));
}
