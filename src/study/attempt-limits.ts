import { AttuneError } from "../core/errors.ts";
import { normalize } from "../core/normalize.ts";
import type { Objective } from "../core/objective.ts";
import type { FinalOutcome } from "../core/outcome.ts";
import { absoluteOf, multipleOf, type Timeout } from "../core/timeout.ts";
import type { Trial } from "../core/trial.ts";

/** No relative limit is shorter, in milliseconds: timers, compilers and other programs take their time too. */
const SHORTEST = 100;

/** How long an attempt may take. */
export interface AttemptLimit {
  /** Milliseconds. */
  readonly timeout?: number;
  /** What an attempt that took as long comes to, where that is no failure. */
  readonly cutOff?: FinalOutcome;
}

/** The trials that relative limits refer to, as they are now. */
export interface References {
  timesBest(): Trial | undefined;
  timesBaseline(): Trial | undefined;
}

/**
 * The limits of attempts. A relative one is a multiple of another trial's time, and what is cut off by it was at least as
 * many times as slow: its value is that multiple of the other trial's (of a maximised objective that fraction), which the
 * outcome says is a bound. The baseline, and whatever begins before there is a trial to refer to, has no relative limit.
 */
export class AttemptLimits {
  readonly #timeout: Timeout | undefined;
  readonly #objective: Objective;
  readonly #references: References;

  constructor(timeout: Timeout | undefined, [objective]: readonly Objective[], references: References) {
    this.#timeout = timeout;
    this.#objective = objective!;
    this.#references = references;
  }

  /** Throws a usage error where the value to be multiplied is not > 0. */
  check(): void {
    this.next(false);
  }

  /** Of an attempt that begins now. Throws as {@link check} does. */
  next(baseline: boolean): AttemptLimit {
    const timeout = absoluteOf(this.#timeout);
    const fixed = timeout === undefined ? {} : { timeout };
    const multiple = multipleOf(this.#timeout);
    const reference = multiple === undefined ? undefined : this.#references[multiple.of]();
    if (multiple === undefined || reference === undefined || baseline) return fixed;
    const { name, direction } = this.#objective;
    const value = reference.values[name]!;
    const { of, times } = multiple;
    if (value <= 0)
      throw new AttuneError(
        "usage",
        `Expected the values of \`${name}\` to be > 0, as \`timeout: { ${of}: ${times} }\` multiplies them, got ${value} of trial ${reference.number}`,
      );
    const limit = Math.max(SHORTEST, times * reference.duration);
    if (timeout !== undefined && timeout <= limit) return fixed;
    const bound = direction === "minimize" ? times * value : value / times;
    const { normalizedBy } = reference;
    const base = normalizedBy?.values[name];
    const normalized = base === undefined ? {} : { normalized: { value: normalize(bound, base) } };
    const values = { [name]: { value: bound, ...normalized } };
    const by = normalizedBy === undefined ? {} : { normalizedBy };
    return { timeout: limit, cutOff: { state: "complete", values, atLeast: true, ...by } };
  }
}
