const brand = "attune.pruned";

/**
 * Thrown by `trial.report` to unwind the objective when the trial is to be pruned; an objective may throw it as well.
 * Recognised by its brand, not by `instanceof`: a program and the command line may hold two copies of this class.
 */
export class TrialPruned extends Error {
  readonly "attune.pruned" = true;
  constructor(message = "the trial is pruned") {
    super(message);
    this.name = "TrialPruned";
  }
}

/** Whether what was thrown is a {@link TrialPruned} of this or another copy of attune. */
export function isPruned(thrown: unknown): thrown is TrialPruned {
  return typeof thrown === "object" && thrown !== null && brand in thrown;
}
