import { choice, defineSpace, float, ordinal, type Space } from "attune";

/** One parameter of a test. */
export interface Param {
  readonly name: string;
  /** The bounds; of one with `cells`, 0 and `cells` − 1. */
  readonly low: number;
  readonly high: number;
  /** How many values there are, named by their indices; without, it is continuous. */
  readonly cells?: number;
  /** Whether the order of the cells means something, or is declared to. */
  readonly ordered: boolean;
}

/** A point: a number, or the index of a cell, for each parameter. */
export type Point = readonly number[];

/** What an evaluation comes to: losses, all minimised, or "failed". */
export type Losses = readonly number[] | "failed";

/** One test problem of a family. */
export interface Test {
  readonly family: string;
  readonly name: string;
  readonly params: readonly Param[];
  readonly objectives: number;
  /** The evaluations, failures included. */
  readonly budget: number;
  /** A point that was evaluated before costs nothing; attune never repeats one. */
  readonly freeRepeats?: true;
  /** Points that are known to be impossible; they cost nothing. */
  allowed?(point: Point): boolean;
  evaluate(point: Point): Losses;
  /** What a run is worth: figures by name, from the losses in the order of the evaluations. */
  score(run: readonly Losses[]): Readonly<Record<string, number>>;
}

/** One run of one contestant. */
export interface Run {
  readonly losses: readonly Losses[];
  /** Seconds of CPU that the contestant spent, evaluations aside. */
  readonly cpu: number;
  /** Points asked that were not allowed, and that had been asked before. */
  readonly forbidden: number;
  readonly repeats: number;
}

/** Who takes part. */
export interface Contestant {
  readonly name: string;
  /** The families that it takes part in. */
  readonly families: readonly string[];
  run(test: Test, seed: number): Promise<Run>;
}

/** The space of a test, as a user of attune declares it. */
export function spaceOf({ params, allowed }: Test): Space<Readonly<Record<string, number>>> {
  const shape = Object.fromEntries(
    params.map(({ name, low, high, cells, ordered }) => {
      if (cells === undefined) return [name, float(low, high)];
      const values = Array.from({ length: cells }, (_, i) => i);
      return [name, ordered ? ordinal(values) : choice(values)];
    }),
  );
  const point = (p: Readonly<Record<string, number>>): Point => params.map(({ name }) => p[name]!);
  const rules = allowed === undefined ? {} : { where: [(p: never) => allowed(point(p))] };
  return defineSpace(shape, rules) as Space<Readonly<Record<string, number>>>;
}
