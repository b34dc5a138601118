import { expectNumber, refuseUnknown, show, usage } from "./errors.ts";

/** What a relative limit counts in: the best complete trial so far that keeps every limit, or the baseline. */
type Reference = "timesBest" | "timesBaseline";

/** The limit of an attempt as a multiple of another trial's time; none is longer than `max` milliseconds. */
export type RelativeTimeout =
  | { readonly timesBest: number; readonly timesBaseline?: undefined; readonly max?: number }
  | { readonly timesBaseline: number; readonly timesBest?: undefined; readonly max?: number };

/**
 * The limit of one attempt. A number is milliseconds, and an attempt that takes longer fails. `{ timesBest: 3 }` is three
 * times what the best trial so far took, `{ timesBaseline: 3 }` what the baseline took: an attempt that takes longer is
 * complete, with a bound of its value instead of the value. It needs one objective with values > 0.
 */
export type Timeout = number | RelativeTimeout;

/** A relative limit, taken apart. */
export interface Multiple {
  readonly of: Reference;
  readonly times: number;
}

const REFERENCES: readonly Reference[] = ["timesBest", "timesBaseline"];

/** The multiple of a relative limit; undefined for an absolute one. */
export function multipleOf(timeout: Timeout | undefined): Multiple | undefined {
  if (timeout === undefined || typeof timeout === "number") return undefined;
  const of = REFERENCES.find((name) => timeout[name] !== undefined)!;
  return { of, times: timeout[of]! };
}

/** The milliseconds beyond which an attempt fails, if there are any. */
export function absoluteOf(timeout: Timeout | undefined): number | undefined {
  return typeof timeout === "object" ? timeout.max : timeout;
}

/** Throws a usage error for a limit that cannot be, or not with so many objectives. */
export function checkTimeout(given: Timeout, objectives: number): void {
  if (typeof given === "number") return void expectNumber("timeout", given, { above: 0 });
  if (typeof given !== "object" || given === null)
    throw usage(`Expected \`timeout\` to be milliseconds, { timesBest } or { timesBaseline }, got ${show(given)}`);
  refuseUnknown("timeout", given, [...REFERENCES, "max"]);
  const named = REFERENCES.filter((name) => given[name] !== undefined);
  if (named.length !== 1)
    throw usage(`Expected \`timeout\` to hold either \`timesBest\` or \`timesBaseline\`, got ${show(given)}`);
  expectNumber(`timeout.${named[0]}`, given[named[0]!], { low: 1 });
  if (given.max !== undefined) expectNumber("timeout.max", given.max, { above: 0 });
  if (objectives !== 1)
    throw usage(
      `Expected one objective for \`timeout.${named[0]}\`, got ${objectives}: that a trial was cut off says nothing of each of several values`,
    );
}
