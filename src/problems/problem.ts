import { float } from "../space/float.ts";
import { defineSpace, type Space } from "../space/space.ts";

/** A configuration of a test problem: `{ x1: …, x2: … }`. */
export type Coordinates = Readonly<Record<string, number>>;

/** A test problem whose answer is known. All losses are minimised. */
export interface Problem {
  readonly name: string;
  /** What it was made with, where that is more than its number of coordinates; plain JSON. */
  readonly options?: Readonly<Record<string, number>>;
  /** The floats `x1`, `x2`, … with their bounds. */
  readonly space: Space<Coordinates>;
  /** The names of the losses: `f1`, `f2`, …. */
  readonly objectives: readonly string[];
  /** The losses at a point given in the problem's own coordinates, one per axis. */
  losses(x: ArrayLike<number>): number[];
  /** The losses by name of a configuration; serves as a search's objective. */
  evaluate(params: Coordinates): Readonly<Record<string, number>>;
  /** Where the least loss is, for one objective. */
  readonly optimum?: readonly number[];
  /** The least loss, for one objective. */
  readonly least?: number;
  /** About `n` (at most) well-spread points of the true Pareto front; the least loss for one objective. */
  front(n: number): number[][];
}

/** What a problem is made from. */
export interface ProblemBody extends Pick<Problem, "name" | "options" | "losses" | "optimum" | "least"> {
  readonly front?: Problem["front"];
  /** Lower and upper bound of each coordinate. */
  readonly bounds: readonly (readonly [low: number, high: number])[];
  /** The number of losses. */
  readonly objectives: number;
}

/** Completes a problem with its space and its names. */
export function problem({ bounds, objectives, ...body }: ProblemBody): Problem {
  const names = Array.from({ length: objectives }, (_, i) => `f${i + 1}`);
  const keys = bounds.map((_, i) => `x${i + 1}`);
  const shape = Object.fromEntries(keys.map((key, i) => [key, float(...bounds[i]!)]));
  return {
    ...body,
    front: body.front ?? (() => [[body.least ?? 0]]),
    space: defineSpace(shape),
    objectives: names,
    evaluate: (params) => {
      const losses = body.losses(keys.map((key) => params[key]!));
      return Object.fromEntries(names.map((name, i) => [name, losses[i]!]));
    },
  };
}

/** `n` numbers evenly spaced from `low` to `high`, both included; the low end alone when `n` is 1. @internal */
export function evenly(low: number, high: number, n: number): number[] {
  return Array.from({ length: n }, (_, k) => (n === 1 ? low : low + ((high - low) * k) / (n - 1)));
}

/** The same bounds for `d` coordinates. @internal */
export function box(low: number, high: number, d: number): [number, number][] {
  return Array.from({ length: d }, () => [low, high]);
}
