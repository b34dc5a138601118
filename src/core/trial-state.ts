import { usage } from "./errors.ts";
import type { TrialState } from "./trial.ts";

/**
 * What a trial can become from each state; nothing from its last one, and from none the same again. A trial that waits is
 * `waiting` before its first attempt and `queued` before a further one, which begins with the end of an attempt that came
 * to nothing. `rejected`: refused before an attempt began. A `stopping` trial was asked to end and has not yet; what it
 * comes to meanwhile counts.
 */
export const TRANSITIONS: Readonly<Record<TrialState, readonly TrialState[]>> = {
  waiting: ["queued", "running", "rejected"],
  queued: ["running", "rejected"],
  running: ["queued", "stopping", "complete", "pruned", "failed", "cancelled"],
  stopping: ["queued", "complete", "pruned", "failed", "cancelled"],
  complete: [],
  pruned: [],
  failed: [],
  cancelled: [],
  rejected: [],
};

/** Every state of a trial. */
export const TRIAL_STATES = Object.keys(TRANSITIONS) as readonly TrialState[];

/** Whether a trial of one state can become another. */
export function mayBecome(from: TrialState, to: TrialState): boolean {
  return TRANSITIONS[from].includes(to);
}

/** Throws a usage error, which names both states, unless the trial of that number can become the other. */
export function expectTransition(number: number, from: TrialState, to: TrialState): void {
  if (mayBecome(from, to)) return;
  const next = TRANSITIONS[from];
  const rule = next.length === 0 ? "which is its last state" : `from which it can become ${next.join(", ")}`;
  throw usage(`Trial ${number} cannot become ${to}: it is ${from}, ${rule}`);
}
