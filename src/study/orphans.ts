import type { Clock } from "../core/clock.ts";
import type { Attempts } from "./attempts.ts";
import type { Fold } from "./fold.ts";
import type { Liveness } from "./liveness.ts";
import type { Log } from "./log.ts";
import type { TrialRecord } from "./record.ts";

interface Parts<P> {
  readonly fold: Fold<P>;
  readonly log: Log<TrialRecord<P> | undefined>;
  readonly attempts: Attempts<P>;
  readonly liveness: Liveness;
  readonly writer: string;
  readonly clock: Clock;
  /** Whether an attempt that was placed may go on without the process that placed it. */
  readonly attaches: boolean;
}

/** The running trials whose processes are gone: each is lost, or taken over where its attempt may still go on. */
export class Orphans<P> {
  readonly #parts: Parts<P>;
  /** Taken over, and not handed out yet. */
  readonly #taken: TrialRecord<P>[] = [];

  constructor(parts: Parts<P>) {
    this.#parts = parts;
  }

  /** How many were taken over and wait to be handed out. */
  get size(): number {
    return this.#taken.length;
  }

  /** Sees to them, as far as the journal was read. */
  async settle(): Promise<void> {
    const { fold, attempts, liveness, attaches } = this.#parts;
    for (const number of fold.running) {
      const trial = fold.trials[number]!;
      const why = liveness.lost(trial);
      if (why === undefined) continue;
      if (attaches && trial.where !== undefined) await this.#take(trial);
      else await attempts.lose(trial, why);
    }
  }

  /** The next one that was taken over and still runs. */
  next(): TrialRecord<P> | undefined {
    const { writer } = this.#parts;
    for (let trial = this.#taken.shift(); trial !== undefined; trial = this.#taken.shift())
      if (trial.state === "running" && trial.writer === writer) return trial;
    return undefined;
  }

  /** Another session may be at it: the first claim in the journal wins. */
  async #take(trial: TrialRecord<P>): Promise<void> {
    const { log, writer, clock } = this.#parts;
    const { number, attempt, writer: from, where = null } = trial;
    await log.append([{ type: "trial-placed", at: clock.now(), number, attempt, where, from, to: writer }]);
    if (trial.state === "running" && trial.writer === writer) this.#taken.push(trial);
  }
}
