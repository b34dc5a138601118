import { compared } from "../core/compared.ts";
import type { Objective } from "../core/objective.ts";
import type { Trial } from "../core/trial.ts";
import { compareEstimates, type Comparison } from "./compare.ts";

/** How one value of two trials compares. */
export interface TrialComparison {
  readonly name: string;
  /** The numbers that count: normalised where both are. */
  readonly a: number;
  readonly b: number;
  readonly normalized: boolean;
  /** a − b. */
  readonly difference: number;
  /** What the standard errors say of it; undefined where one of them is not known: then nobody can tell it from noise. */
  readonly comparison?: Comparison;
}

/** Samples of an error that the objective gave without saying how many it has: it is taken for exact. */
const MANY = 1e6;

/**
 * Compares two complete trials of one study in every objective, by Welch's test. A trial has a standard error where the objective
 * returns samples or `{ value, stderr }`, or is run several times (`repeats`). Single samples are not recorded, so that there
 * is no bootstrap interval.
 */
export function compareTrials(
  a: Pick<Trial, "measured">,
  b: Pick<Trial, "measured">,
  objectives: readonly Objective[],
  { confidence = 0.95 }: { readonly confidence?: number } = {},
): TrialComparison[] {
  return objectives.map(({ name, direction }) => {
    const [one, other] = [a.measured[name]!, b.measured[name]!];
    const normalized = one.normalized !== undefined && other.normalized !== undefined;
    const numbers = [one, other].map((each) => {
      const { value, stderr } = normalized ? compared(each) : each;
      return { value, stderr, n: Math.max(2, each.samples ?? MANY) };
    });
    const [x, y] = numbers as [(typeof numbers)[0], (typeof numbers)[0]];
    const known = { name, a: x.value, b: y.value, normalized, difference: x.value - y.value };
    if (x.stderr === undefined || y.stderr === undefined) return known;
    const estimates = [x, y].map(({ value, stderr, n }) => ({ value, stderr: stderr!, n }));
    return { ...known, comparison: compareEstimates(estimates[0]!, estimates[1]!, { direction, confidence }) };
  });
}
