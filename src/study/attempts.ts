import type { Retry } from "../core/attempt-policy.ts";
import type { Clock } from "../core/clock.ts";
import { usage } from "../core/errors.ts";
import type { StudyDefinition } from "../core/event.ts";
import type { Json } from "../core/json.ts";
import { failed } from "../core/outcome.ts";
import type { Verdict } from "../core/pruner.ts";
import type { ReportDetails, Trial, Values } from "../core/trial.ts";
import type { Fold } from "./fold.ts";
import { judge } from "./judge.ts";
import type { Log } from "./log.ts";
import type { Pruning } from "./pruning.ts";
import type { TrialRecord } from "./record.ts";
import { Reports } from "./reports.ts";
import { Settlement } from "./settlement.ts";
import type { Told } from "./study-options.ts";

interface Parts<P> {
  readonly fold: Fold<P>;
  readonly log: Log<TrialRecord<P> | undefined>;
  readonly definition: StudyDefinition;
  readonly writer: string;
  readonly clock: Clock;
  readonly pruning: Pruning<P> | undefined;
  readonly retry: Retry;
  readonly costs: boolean;
  readonly warn: (message: string) => void;
}

/** Takes what running attempts report and become, also too late, and from whoever ran them. */
export class Attempts<P> {
  readonly #parts: Parts<P>;
  readonly #reports: Reports<P>;
  readonly #settlement: Settlement<P>;

  constructor(parts: Parts<P>) {
    this.#parts = parts;
    this.#reports = new Reports(parts);
    this.#settlement = new Settlement(parts);
  }

  async report(
    number: number,
    step: number,
    values: Values,
    attempt?: number,
    details?: ReportDetails,
  ): Promise<Verdict> {
    if (this.#isOver(number, attempt)) return "prune";
    return this.#reports.report(this.#runs(number) ?? (await this.#find(number)), step, values, details);
  }

  reportSync(number: number, step: number, values: Values, attempt?: number): Verdict {
    if (this.#isOver(number, attempt)) return "prune";
    return this.#reports.reportSync(this.#expect(number), step, values);
  }

  async update(number: number, values: Values): Promise<Verdict> {
    return this.#reports.update(this.#runs(number) ?? (await this.#find(number)), values);
  }

  async tell(number: number, told: Told, attempt?: number): Promise<Trial<P>> {
    if (this.#isOver(number, attempt)) return this.#late(number, attempt!);
    const trial = this.#runs(number) ?? (await this.#find(number));
    const { attempt: present, startedAt } = trial;
    const outcome = judge(told, this.#parts.definition, this.#parts.costs);
    await this.#settlement.settle(trial, outcome, this.#parts.clock.now() - (startedAt ?? 0));
    this.#reports.over(number);
    const requeues = outcome.state === "failed" || outcome.state === "later";
    const kept = trial.attempt === present && (trial.state !== "queued" || requeues);
    return kept ? trial : this.#late(number, present);
  }

  /**
   * The attempt runs there, or, with `kept`, this is to be known of it; the journal knows soon, and if it cannot, the next
   * `tell` says why.
   */
  place(number: number, attempt: number, where: Json, kept?: true): Promise<void> {
    const { log, clock } = this.#parts;
    const event = { type: "trial-placed", at: clock.now(), number, attempt, where } as const;
    return log.append([kept === undefined ? event : { ...event, kept }]).then(
      () => {},
      () => {},
    );
  }

  /** Nobody will tell the result of the trial, for the reason given. */
  async lose(trial: TrialRecord<P>, why: string): Promise<void> {
    await this.#settlement.settle(trial, failed("lost", why), 0);
  }

  /** The trial has gone on without this attempt, whose result means nothing any more. */
  #late(number: number, attempt: number): Trial<P> {
    const trial = this.#parts.fold.trials[number]!;
    this.#parts.warn(
      `trial ${number}: the result of attempt ${attempt} came too late and is dropped: its process was taken for dead, and the trial is ${trial.state}`,
    );
    return trial;
  }

  /** Whether the trial has gone on, or ended, without this attempt. */
  #isOver(number: number, attempt: number | undefined): boolean {
    if (attempt === undefined) return false;
    const trial = this.#parts.fold.trials[number];
    return trial !== undefined && (trial.state !== "running" || trial.attempt !== attempt);
  }

  /** The running trial of this number, as far as this process knows. */
  #runs(number: number): TrialRecord<P> | undefined {
    const trial = this.#parts.fold.trials[number];
    return trial?.state === "running" && trial.twin === undefined ? trial : undefined;
  }

  /** The same after a look at the journal: another process may have just started it. */
  async #find(number: number): Promise<TrialRecord<P>> {
    await this.#parts.log.catchUp();
    return this.#expect(number);
  }

  #expect(number: number): TrialRecord<P> {
    const running = this.#runs(number);
    if (running !== undefined) return running;
    const trial = this.#parts.fold.trials[number];
    const got =
      trial === undefined
        ? "no such trial"
        : trial.state === "running"
          ? `the twin of trial ${trial.twin}`
          : trial.state;
    throw usage(`Expected trial ${number} to be running, got ${got}`);
  }
}
