import type { EventOf, StudyDefinition, StudyEvent } from "../core/event.ts";
import type { InstancesDefinition } from "../core/instance.ts";
import { createRandom } from "../core/random.ts";
import { mayBecome } from "../core/trial-state.ts";
import { counts, isFinal, type TrialReport } from "../core/trial.ts";
import type { Space } from "../space/space.ts";
import { costOf } from "./cost.ts";
import { canonical } from "./definition.ts";
import { TrialRecord } from "./record.ts";
import { reported } from "./reported.ts";
import { RowIndex } from "./row-index.ts";
import { note, type Writer } from "./writer.ts";

/**
 * A study as the fold of its events. It arbitrates between processes: the first claim and the first finish win, and
 * claims beyond the budget that they carry are refused.
 */
export class Fold<P> {
  readonly trials: TrialRecord<P>[] = [];
  readonly writers: Map<string, Writer> = new Map();
  /** Trials that reached their last state and whose observers were not told yet, in order. */
  readonly news: TrialRecord<P>[] = [];
  /** Trials that count in the budget. */
  counted = 0;
  /** Claimed or running trials that would count. */
  inFlight = 0;
  definition: StudyDefinition | undefined = undefined;
  /** When the study was created, in milliseconds since 1970. */
  created = 0;
  readonly running: Set<number> = new Set();
  /** Trials that a sampler must take for running: also twins of running ones, and those that wait for another attempt. */
  readonly open: Set<number> = new Set();
  /** Numbers of trials that have parameters and wait to be run, in order. */
  readonly queue: number[] = [];
  readonly #space: Space<P>;
  readonly #objectives: readonly string[];
  /** The objectives, and the names that limits need. */
  readonly #names: readonly string[];
  readonly #instances: InstancesDefinition | undefined;
  /** Whether the definition in force at this place of the journal measures on these instances. */
  #alike = true;
  readonly #rows: RowIndex;
  readonly #followers = new Map<number, number[]>();

  /** A trial of an older definition that lacks a measured name of these terms, or was measured on other instances, is set aside. */
  constructor(
    space: Space<P>,
    { objectives, constraints, instances }: Pick<StudyDefinition, "objectives" | "constraints" | "instances">,
  ) {
    this.#space = space;
    this.#instances = instances;
    this.#objectives = objectives.map(({ name }) => name);
    this.#names = [...this.#objectives, ...Object.keys(constraints)];
    this.#rows = new RowIndex((number) => this.trials[number]!.row);
  }

  /** Names the study, also beside one that was created in the same millisecond with the same seed; the same whenever it is resumed. */
  get id(): string {
    const [first = ""] = this.writers.keys();
    const mark = Math.floor(createRandom(0).fork(first).uniform() * 36 ** 6).toString(36);
    return `${this.created.toString(36)}${mark}-${Math.abs(this.definition?.seed ?? 0).toString(36)}`;
  }

  /** The trial that holds (or runs) this row. */
  holder(row: Float64Array): number | undefined {
    return this.#rows.find(row);
  }

  /** Applies one event and returns the trial that it is about. `row` spares the search for it where it is known. */
  apply(event: StudyEvent, row?: Float64Array): TrialRecord<P> | undefined {
    switch (event.type) {
      case "trial-created":
        return this.#created(event);
      case "trial-started":
        return this.#started(event, row);
      case "trial-finished":
        return this.#finished(event);
      case "trial-reported": {
        const trial = this.trials[event.number];
        if (trial?.state !== "running" || trial.attempt !== event.attempt) return trial;
        if (trial.reports.length === 0) trial.reports = [];
        (trial.reports as TrialReport[]).push(reported(event, trial.startedAt));
        return trial;
      }
      case "trial-rejected":
        return this.#rejected(event);
      case "trial-requeued": {
        const trial = this.trials[event.number];
        if (trial === undefined || !mayBecome(trial.state, "queued") || trial.attempt !== event.attempt) return trial;
        const { kind } = event.failure;
        trial.become("queued");
        trial.notBefore = event.after === undefined ? undefined : event.at + event.after;
        if (event.after === undefined) trial.retried = { ...trial.retried, [kind]: (trial.retried?.[kind] ?? 0) + 1 };
        trial.cost = sum(trial.cost, costOf({}, trial.reports));
        trial.reports = [];
        trial.before += event.took ?? 0;
        this.running.delete(trial.number);
        if (trial.source !== "baseline") this.inFlight--;
        this.queue.push(trial.number);
        return trial;
      }
      case "trial-placed":
        return this.#placed(event);
      case "search-started":
      case "search-ended":
        note(this.writers, event);
        return undefined;
      case "study-created":
        if (this.definition !== undefined) return undefined;
        this.created = event.at;
        return this.#defined(event.study);
      case "study-adopted":
        return this.#defined(event.study);
    }
  }

  #defined(study: StudyDefinition): undefined {
    this.definition = study;
    this.#alike = canonical(study.instances) === canonical(this.#instances);
  }

  #created(event: EventOf<"trial-created">): TrialRecord<P> {
    const trial = new TrialRecord<P>(this.trials.length, this.#space);
    this.trials.push(trial);
    trial.writer = event.writer;
    trial.source = event.source ?? "sampler";
    if (trial.source === "baseline" && this.baselines(trial) > 0) {
      trial.become("rejected");
      trial.reason = "there is a baseline already";
    } else if (event.params !== undefined) {
      trial.given = event.params;
      this.queue.push(trial.number);
    } else if (this.#full(event.of)) {
      trial.become("rejected");
      trial.reason = "over budget";
    } else {
      this.inFlight++;
    }
    return trial;
  }

  /** How many baselines there are, besides one. */
  baselines(besides?: TrialRecord<P>): number {
    return this.trials.filter(
      (t) => t.source === "baseline" && t !== besides && t.aside === undefined && t.state !== "rejected",
    ).length;
  }

  #full(of: number | undefined): boolean {
    return of !== undefined && this.counted + this.inFlight >= of;
  }

  #placed(event: EventOf<"trial-placed">): TrialRecord<P> | undefined {
    const trial = this.trials[event.number];
    if (trial?.state !== "running" || trial.attempt !== event.attempt) return trial;
    trial[event.kept ? "kept" : "where"] = event.where;
    if (event.from === trial.writer && event.to !== undefined) trial.writer = event.to;
    return trial;
  }

  #started(event: EventOf<"trial-started">, known?: Float64Array): TrialRecord<P> | undefined {
    const trial = this.trials[event.number];
    if (trial === undefined || !mayBecome(trial.state, "running") || event.attempt !== trial.attempt + 1) return trial;
    const claimed = isClaim(trial);
    if (!claimed) this.queue.splice(this.queue.indexOf(trial.number), 1);
    const params = event.params ?? trial.given;
    trial.writer = event.writer;
    trial.attempt = event.attempt;
    trial.where = undefined;
    trial.startedAt = event.at;
    if (event.attempt === 1) {
      trial.proposer = event.writer;
      trial.generation = event.generation;
      trial.memo = event.memo;
      trial.note = event.note;
    }
    trial.row ??= known ?? this.#rowOf(params);
    if (trial.row === undefined) {
      trial.given = params;
      trial.aside = this.#space.parameter.problem(params) ?? this.#space.refusal(params as P);
    } else trial.given = undefined;
    if (event.twin !== undefined) return this.#follow(trial, event.twin, claimed);
    if (!claimed && trial.source !== "baseline") {
      if (this.#full(event.of)) {
        trial.finishedAt = event.at;
        return this.#end(trial, "rejected", "over budget");
      }
      this.inFlight++;
    }
    trial.become("running");
    this.running.add(trial.number);
    this.open.add(trial.number);
    if (trial.row !== undefined && this.#rows.find(trial.row) === undefined) this.#rows.add(trial.row, trial.number);
    return trial;
  }

  /** The row of parameters that this space still allows. */
  #rowOf(params: unknown): Float64Array | undefined {
    return this.#space.problem(params) === undefined ? this.#space.row(params as P) : undefined;
  }

  #follow(trial: TrialRecord<P>, of: number, claimed: boolean): TrialRecord<P> {
    if (claimed) this.inFlight--;
    trial.twin = of;
    trial.become("running");
    const leader = this.trials[of]!;
    if (isFinal(leader.state)) {
      trial.copyResult(leader);
      trial.finishedAt = trial.startedAt;
      this.#tell(trial);
    } else {
      this.open.add(trial.number);
      this.#followers.set(of, [...(this.#followers.get(of) ?? []), trial.number]);
    }
    return trial;
  }

  #finished(event: EventOf<"trial-finished">): TrialRecord<P> | undefined {
    const trial = this.trials[event.number];
    const { outcome } = event;
    if (trial === undefined || !mayBecome(trial.state, outcome.state)) return trial;
    if (trial.attempt !== event.attempt || trial.twin !== undefined) return trial;
    trial.become(outcome.state);
    trial.duration = event.duration;
    trial.finishedAt = event.at;
    trial.cost = sum(trial.cost, costOf(outcome.state === "complete" ? outcome : {}, trial.reports));
    trial.worker =
      outcome.state === "failed" ? outcome.failure.worker : "worker" in outcome ? outcome.worker : undefined;
    if (outcome.state === "complete") {
      trial.measured = outcome.values;
      trial.normalizedBy = outcome.normalizedBy;
      trial.atLeast = outcome.atLeast;
      const names = outcome.atLeast ? this.#objectives : this.#names;
      const missing = names.find((name) => outcome.values[name] === undefined);
      if (missing !== undefined) trial.aside ??= `\`${missing}\` was not measured`;
    } else if (outcome.state === "failed") trial.failure = outcome.failure;
    else if (outcome.state === "cancelled") trial.reason = outcome.reason;
    if (!this.#alike && outcome.state !== "failed") trial.aside ??= "it was measured on other instances";
    this.running.delete(trial.number);
    if (trial.source !== "baseline") this.inFlight--;
    if (trial.aside === undefined && counts(trial)) this.counted++;
    const tried = outcome.state !== "cancelled" && trial.failure?.kind !== "lost" && trial.aside === undefined;
    if (!tried && trial.row !== undefined) this.#rows.remove(trial.row, trial.number);
    this.#tell(trial);
    return trial;
  }

  #rejected(event: EventOf<"trial-rejected">): TrialRecord<P> | undefined {
    const trial = this.trials[event.number];
    if (trial === undefined || !mayBecome(trial.state, "rejected")) return trial;
    if (isClaim(trial)) this.inFlight--;
    else this.queue.splice(this.queue.indexOf(trial.number), 1);
    if (trial.state === "waiting") {
      const params = event.params ?? trial.given;
      trial.proposer = trial.writer;
      trial.generation = event.generation;
      trial.memo = event.memo;
      trial.given = params;
      if (params !== undefined && this.#space.parameter.problem(params) === undefined)
        trial.row = this.#space.row(params as P);
    }
    trial.finishedAt = event.at;
    return this.#end(trial, "rejected", event.reason);
  }

  #end(trial: TrialRecord<P>, state: "rejected", reason: string): TrialRecord<P> {
    trial.become(state);
    trial.reason = reason;
    if (trial.row !== undefined) this.#rows.remove(trial.row, trial.number);
    this.#tell(trial);
    return trial;
  }

  /** A trial has reached its last state, and the twins that joined it with it. */
  #tell(trial: TrialRecord<P>): void {
    this.open.delete(trial.number);
    if (trial.aside === undefined) this.news.push(trial);
    const followers = this.#followers.get(trial.number);
    if (followers === undefined) return;
    this.#followers.delete(trial.number);
    for (const number of followers) {
      const twin = this.trials[number]!;
      twin.copyResult(trial);
      twin.finishedAt = trial.finishedAt;
      this.#tell(twin);
    }
  }
}

/** Whether the trial is a number without parameters yet. */
export function isClaim<P>(trial: TrialRecord<P>): boolean {
  return trial.state === "waiting" && trial.given === undefined && trial.attempt === 0;
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : a + (b ?? 0);
}
