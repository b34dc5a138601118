import type { Retry } from "../core/attempt-policy.ts";
import type { Clock } from "../core/clock.ts";
import type { Failure, Outcome } from "../core/outcome.ts";
import type { Fold } from "./fold.ts";
import type { Log } from "./log.ts";
import type { TrialRecord } from "./record.ts";

interface Parts<P> {
  readonly fold: Fold<P>;
  readonly log: Log<TrialRecord<P> | undefined>;
  readonly writer: string;
  readonly clock: Clock;
  readonly retry: Retry;
}

/** Records what became of an attempt: the trial is finished, or waits for another attempt. */
export class Settlement<P> {
  readonly #parts: Parts<P>;

  constructor(parts: Parts<P>) {
    this.#parts = parts;
  }

  settle(trial: TrialRecord<P>, given: Outcome, duration: number): Promise<unknown> {
    const { log, writer, clock, retry } = this.#parts;
    const { number, attempt } = trial;
    const at = clock.now();
    if (given.state === "later") {
      const { after, reason = "asks to be run again later" } = given;
      const failure = this.#placed({ kind: "error", message: reason }, trial);
      return log.append([{ type: "trial-requeued", at, number, attempt, failure, after, took: duration }]);
    }
    const outcome = given.state === "failed" ? { ...given, failure: this.#placed(given.failure, trial) } : given;
    const again =
      outcome.state === "failed" && (trial.retried?.[outcome.failure.kind] ?? 0) < retry[outcome.failure.kind];
    return log.append([
      again
        ? { type: "trial-requeued", at, number, attempt, failure: outcome.failure, took: duration }
        : { type: "trial-finished", at, number, attempt, writer, duration, outcome },
    ]);
  }

  /** The failure, with the host of the process that ran the attempt. */
  #placed(failure: Failure, { writer }: TrialRecord<P>): Failure {
    const host = failure.host ?? this.#parts.fold.writers.get(writer)?.process.host;
    return host === undefined ? failure : { ...failure, host };
  }
}
