import { moments, normalizing } from "../../math/normalize.ts";
import type { Entry } from "./entry.ts";

/** A quantity that a process models, in units in which what was seen of it is about standard normal. */
export interface Target {
  /** What an entry says of it; undefined where it says nothing. */
  read(entry: Entry): Reading | undefined;
  /** What it should not exceed, for a constraint. */
  readonly limit?: number;
}

interface Reading {
  readonly value: number;
  /** The part of its variance that was measured. */
  readonly variance: number;
}

/**
 * A loss, made normal (as HEBO does: Cowen-Rivers et al., JAIR 74, 2022, section 4). A loss that was cut off counts as its
 * bound, or as the worst that was measured where that is more, so that no bound, however low, passes for a good loss. That
 * of a pruned trial counts as last reported, or as the median where that is more. Undefined where nothing was measured.
 */
export function lossTarget(entries: readonly Entry[], objective: number): Target | undefined {
  const seen = entries.flatMap(({ losses }) => losses?.[objective] ?? []).sort((a, b) => a - b);
  if (seen.length === 0) return undefined;
  const { value, slope } = normalizing(seen);
  const [median, worst] = [seen[seen.length >> 1]!, seen.at(-1)!];
  return {
    read: ({ losses, bounds, errors, pruned }) => {
      if (losses !== undefined) {
        const loss = losses[objective]!;
        const error = errors?.[objective] ?? NaN;
        return { value: value(loss), variance: error > 0 ? (error * slope(loss)) ** 2 : 0 };
      }
      if (bounds === undefined) return undefined;
      return { value: value(Math.max(bounds[objective]!, pruned ? median : worst)), variance: 0 };
    },
  };
}

/**
 * How far a limit is exceeded, on a scale that keeps the sign and what is near 0 (bilog: Eriksson & Poloczek, AISTATS 2021,
 * section 3).
 */
export function constraintTarget(entries: readonly Entry[], constraint: number): Target | undefined {
  const excess = ({ constraints }: Entry): number | undefined => {
    const measured = constraints[constraint];
    return measured === undefined || Number.isNaN(measured) ? undefined : measured;
  };
  const sizes = entries.flatMap((entry) => excess(entry) ?? []).map(Math.abs);
  const unit = sizes.sort((a, b) => a - b)[sizes.length >> 1] || 1;
  return limited(entries, (entry) => {
    const measured = excess(entry);
    return measured === undefined
      ? undefined
      : Math.sign(measured) * Math.log1p(Math.min(1e9, Math.abs(measured / unit)));
  });
}

/** Whether a trial fails, as 1 or −1: a regression on labels serves as the classifier. */
export function failureTarget(entries: readonly Entry[]): Target | undefined {
  return limited(entries, ({ failed }) => (failed ? 1 : -1));
}

/** What should not exceed 0, standardised; undefined where all that was seen is the same, of which nothing can be learnt. */
function limited(entries: readonly Entry[], read: (entry: Entry) => number | undefined): Target | undefined {
  const seen = entries.flatMap((entry) => read(entry) ?? []);
  if (seen.every((value) => value === seen[0])) return undefined;
  const { mean, deviation } = moments(seen);
  return {
    limit: -mean / deviation,
    read: (entry) => {
      const value = read(entry);
      return value === undefined ? undefined : { value: (value - mean) / deviation, variance: 0 };
    },
  };
}
