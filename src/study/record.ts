import type { Json } from "../core/json.ts";
import type { BaselineReference, Failure, FailureKind, Measured } from "../core/outcome.ts";
import { expectTransition } from "../core/trial-state.ts";
import type { Trial, TrialReport, TrialSource, TrialState } from "../core/trial.ts";
import type { Space } from "../space/space.ts";

const none: readonly TrialReport[] = [];
const nothing: Readonly<Record<string, Measured>> = {};

/** A trial as the fold keeps it: a row of numbers, what was measured, and whatever is out of the ordinary. */
export class TrialRecord<P> implements Trial<P> {
  readonly number: number;
  readonly #space: Space<P>;
  state: TrialState = "waiting";
  source: TrialSource = "sampler";
  attempt = 0;
  /** Undefined until it has parameters that this space allows. */
  row: Float64Array | undefined = undefined;
  /** The parameters as the journal holds them: while waiting, and when set aside. */
  given: unknown = undefined;
  /** Its parameters or values do not fit the study's present definition: it takes part in nothing. */
  aside: string | undefined = undefined;
  /** How often it was run again, by the kind of the failure before. */
  retried: Readonly<Partial<Record<FailureKind, number>>> | undefined = undefined;
  /** When its next attempt may begin, in milliseconds since 1970: the last one asked to be run again later. */
  notBefore: number | undefined = undefined;
  /** The session that runs it. */
  writer = "";
  /** Where its attempt runs, where the evaluator could attach to it there. */
  where: Json | undefined = undefined;
  /** The number of its worker there, where that is known. */
  worker: number | undefined = undefined;
  /** The session whose sampler proposed it: only that sampler's memo means anything. */
  proposer = "";
  measured: Readonly<Record<string, Measured>> = nothing;
  normalizedBy: BaselineReference | undefined = undefined;
  duration = 0;
  /** Milliseconds that the attempts before the last one took. */
  before = 0;
  kept: Json | undefined = undefined;
  startedAt: number | undefined = undefined;
  finishedAt: number | undefined = undefined;
  failure: Failure | undefined = undefined;
  twin: number | undefined = undefined;
  generation: number | undefined = undefined;
  memo: Json | undefined = undefined;
  note: string | undefined = undefined;
  reason: string | undefined = undefined;
  atLeast: true | undefined = undefined;
  cost: number | undefined = undefined;
  reports: readonly TrialReport[] = none;

  constructor(number: number, space: Space<P>) {
    this.number = number;
    this.#space = space;
  }

  get busy(): number {
    return this.before + this.duration;
  }

  get params(): P {
    return this.row === undefined ? (this.given as P) : this.#space.read(this.row);
  }

  get values(): Readonly<Record<string, number>> {
    const out: Record<string, number> = {};
    for (const name in this.measured) out[name] = this.measured[name]!.value;
    return out;
  }

  get stderr(): Readonly<Record<string, number>> {
    const out: Record<string, number> = {};
    for (const name in this.measured) {
      const error = this.measured[name]!.stderr;
      if (error !== undefined) out[name] = error;
    }
    return out;
  }

  get normalized(): Readonly<Record<string, number>> | undefined {
    let out: Record<string, number> | undefined;
    for (const name in this.measured) {
      const { normalized } = this.measured[name]!;
      if (normalized !== undefined) (out ??= {})[name] = normalized.value;
    }
    return out;
  }

  /** The trial goes on to another state. Throws a usage error where it cannot. */
  become(state: TrialState): void {
    expectTransition(this.number, this.state, state);
    this.state = state;
  }

  /** Takes over the result of another trial; of one that was rejected after all there is none. */
  copyResult(from: TrialRecord<P>): void {
    this.become(from.state === "rejected" ? "cancelled" : from.state);
    this.measured = from.measured;
    this.normalizedBy = from.normalizedBy;
    this.failure = from.failure;
    this.atLeast = from.atLeast;
    this.cost = from.cost;
    this.reports = from.reports;
    this.duration = from.duration;
    this.reason = from.reason;
  }

  /** The documented JSON of a trial; what does not apply is left out. */
  toJSON(): Record<string, unknown> {
    const { number, state, params, values, stderr, source, attempt, duration, startedAt, finishedAt } = this;
    return {
      number,
      state,
      params,
      values,
      ...(Object.keys(stderr).length > 0 ? { stderr } : {}),
      normalized: this.normalized,
      normalizedBy: this.normalizedBy,
      source,
      attempt,
      duration,
      startedAt,
      finishedAt,
      failure: this.failure,
      twin: this.twin,
      generation: this.generation,
      note: this.note,
      reason: this.reason,
      atLeast: this.atLeast,
      cost: this.cost,
      ...(this.reports.length > 0 ? { reports: this.reports } : {}),
    };
  }
}
