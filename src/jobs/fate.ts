import type { FinalOutcome } from "../core/outcome.ts";
import type { Trial } from "../core/trial.ts";

/** What becomes of a job: kept beside it, so that a job class of the user's own has nothing to do with it. */
export interface Fate {
  /** The trial that it is, where it belongs to a study. */
  trial?: Trial;
  /** When its present attempt began to run, in milliseconds since 1970. */
  began?: number;
  /** The job that had the same configuration, if its result was taken over. */
  cached?: string;
  /** Ends the attempt that runs now, as that. */
  end?: (outcome: FinalOutcome) => void;
  /** Ends it as complete with what it has reported of every objective, else as cancelled. */
  conclude?: (reason: string) => void;
  /** Resolves when the job is over. */
  readonly over: Promise<void>;
  readonly ended: () => void;
}

const fates = new WeakMap<object, Fate>();

/** The later attempt's job has the fate of the earlier one. */
export function shareFate(from: object, to: object): void {
  fates.set(to, fateOf(from));
}

export function fateOf(job: object): Fate {
  const known = fates.get(job);
  if (known !== undefined) return known;
  let ended = (): void => {};
  const over = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const fate: Fate = { over, ended };
  fates.set(job, fate);
  return fate;
}
