import { type Failure, shortened } from "./outcome.ts";

const brand = "attune.failure";

/**
 * Thrown inside an objective to fail the attempt with exactly this evidence, where a plain error would become a failure
 * of kind `error`. Recognised by its brand, as {@link isAttemptFailed} says.
 */
export class AttemptFailed extends Error {
  readonly "attune.failure": Failure;
  constructor(failure: Failure) {
    const evidence = shortened(failure);
    super(evidence.message);
    this.name = "AttemptFailed";
    this["attune.failure"] = evidence;
  }
}

/** Whether what was thrown is an {@link AttemptFailed} of this or another copy of attune. */
export function isAttemptFailed(thrown: unknown): thrown is AttemptFailed {
  return typeof thrown === "object" && thrown !== null && brand in thrown;
}
