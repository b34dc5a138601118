import { expectNumber } from "./errors.ts";

const brand = "attune.later";

/**
 * Thrown inside an objective that cannot run now, because a service limits its rate or a machine is taken: the attempt is
 * no failure and costs nothing of the budget. Its trial is run again, as a new attempt, no sooner than `ms` milliseconds
 * later; meanwhile other trials run, but fewer at a time. Recognised by its brand, as {@link isRetryLater} says. Throws a
 * usage error unless `ms` is a finite number ≥ 0.
 * @example if (response.status === 429) throw new RetryLater(1000 * Number(response.headers.get("retry-after") ?? 10));
 */
export class RetryLater extends Error {
  readonly "attune.later": number;
  constructor(ms: number, message = "asks to be run again later") {
    expectNumber("ms", ms, { low: 0 });
    super(message);
    this.name = "RetryLater";
    this["attune.later"] = ms;
  }
}

/** Whether what was thrown is a {@link RetryLater} of this or another copy of attune. */
export function isRetryLater(thrown: unknown): thrown is RetryLater {
  return typeof thrown === "object" && thrown !== null && brand in thrown;
}
