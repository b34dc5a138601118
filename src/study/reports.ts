import type { Clock } from "../core/clock.ts";
import { expectNumber, usage } from "../core/errors.ts";
import type { EventOf, StudyDefinition } from "../core/event.ts";
import type { Verdict } from "../core/pruner.ts";
import type { ReportDetails } from "../core/trial.ts";
import type { Log } from "./log.ts";
import type { Pruning } from "./pruning.ts";
import type { TrialRecord } from "./record.ts";

interface Parts<P> {
  readonly log: Log<TrialRecord<P> | undefined>;
  readonly definition: StudyDefinition;
  readonly clock: Clock;
  readonly pruning: Pruning<P> | undefined;
}

type Values = Readonly<Record<string, number>>;

/** Takes the intermediate values of running trials: they go to the journal, and the pruner judges. */
export class Reports<P> {
  readonly #parts: Parts<P>;
  /** The last step of running trials, also of reports that are not in the journal yet. */
  readonly #steps = new Map<number, { readonly attempt: number; readonly step: number }>();
  /** Reports that nobody waited for, and that could not be written. */
  readonly #unwritten = new Map<number, unknown>();

  constructor(parts: Parts<P>) {
    this.#parts = parts;
  }

  /** Resolves once the values are in the journal. */
  async report(trial: TrialRecord<P>, step: number, values: Values, details: ReportDetails = {}): Promise<Verdict> {
    const event = { ...this.#event(trial, step, values), ...details };
    await this.#parts.log.append([event]);
    return this.#parts.pruning?.verdict(event, trial) ?? "continue";
  }

  /** The verdict at once; the values are on their way into the journal, before whatever comes after them. */
  reportSync(trial: TrialRecord<P>, step: number, values: Values): Verdict {
    const event = this.#event(trial, step, values);
    const verdict = this.#parts.pruning?.verdict(event, trial) ?? "continue";
    this.#parts.log.append([event]).catch((error: unknown) => void this.#unwritten.set(trial.number, error));
    return verdict;
  }

  /** A report of every objective, at the step after the last one. */
  async update(trial: TrialRecord<P>, values: Values): Promise<Verdict> {
    for (const { name } of this.#parts.definition.objectives) {
      if (Object.hasOwn(values, name)) continue;
      const got = Object.keys(values).map((key) => `\`${key}\``);
      throw usage(
        `Expected the update of trial ${trial.number} to hold \`${name}\`, got ${got.length > 0 ? got.join(", ") : "no names"}`,
      );
    }
    const known = this.#steps.get(trial.number);
    const last = known?.attempt === trial.attempt ? known.step : (trial.reports.at(-1)?.step ?? 0);
    return this.report(trial, last + 1, values);
  }

  /** The trial is told: throws if one of its reports could not be written. */
  over(number: number): void {
    if (this.#steps.size === 0) return;
    this.#steps.delete(number);
    if (!this.#unwritten.has(number)) return;
    const error = this.#unwritten.get(number);
    this.#unwritten.delete(number);
    throw error;
  }

  #event({ number, attempt }: TrialRecord<P>, step: number, values: Values): EventOf<"trial-reported"> {
    expectNumber("step", step, { low: 0 });
    for (const [name, value] of Object.entries(values)) expectNumber(name, value);
    this.#steps.set(number, { attempt, step });
    return { type: "trial-reported", at: this.#parts.clock.now(), number, attempt, step, values: { ...values } };
  }
}
