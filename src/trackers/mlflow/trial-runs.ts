import type { StudyEvent } from "../../core/event.ts";
import type { Watched } from "../../core/tracker.ts";
import { isFinal, type Trial } from "../../core/trial.ts";
import { realClock } from "../../system/clock.ts";
import { type Metric, type Pair, pairs } from "./batch.ts";
import { shortened } from "./keys.ts";
import { endOf, isShown, parametersOf, runName, statusOf, valuesOf } from "./naming.ts";
import { LATE, type Others } from "./others.ts";
import type { Run, Server } from "./server.ts";
import type { Settings } from "./settings.ts";
import type { StudyRun } from "./study-run.ts";
import { Refusal, Unavailable } from "./trouble.ts";

/** What the server was told of a trial that is not settled yet. */
interface Mark {
  run?: Run;
  making?: Promise<Run>;
  /** Whether the server may have made a run without our hearing of it. */
  inDoubt: boolean;
  /** Whether it is known that there was none. */
  isMissing: boolean;
  described: boolean;
  attempt: number;
  /** How many reports of that attempt it has, and when each was made. */
  reports: number;
  times: number[];
}

/** The runs of trials. What each lacks is found by comparing what it was told with the trial as it stands. */
export class TrialRuns {
  readonly #server: Server;
  readonly #settings: Settings;
  readonly #watched: Watched;
  readonly #study: StudyRun;
  readonly #marks = new Map<number, Mark>();
  readonly #settled = new Set<number>();
  /** Trials of processes that are gone. */
  readonly #adopted = new Set<number>();
  readonly #others: Others;
  /** The runs of trials that may have got two. */
  readonly #doubtful = new Map<number, string>();

  constructor(server: Server, settings: Settings, watched: Watched, study: StudyRun, others: Others) {
    this.#server = server;
    this.#settings = settings;
    this.#watched = watched;
    this.#study = study;
    this.#others = others;
  }

  /** A trial of this process has begun an attempt, or reports. */
  heard(event: StudyEvent & { readonly type: "trial-started" | "trial-reported" }): void {
    const mark = this.#mark(event.number);
    if (event.type === "trial-reported") mark.times.push(event.at);
    else if (mark.attempt !== event.attempt) Object.assign(mark, { attempt: event.attempt, reports: 0, times: [] });
  }

  /** The run of a trial: the one that it has, or a new one. */
  runOf(trial: Trial): Promise<Run> {
    const mark = this.#mark(trial.number);
    if (mark.run !== undefined) return Promise.resolve(mark.run);
    if (mark.making === undefined) {
      mark.making = this.#findOrCreate(trial, mark);
      mark.making.then(
        (run) => void (mark.run = run),
        () => void delete mark.making,
      );
    }
    return mark.making;
  }

  async #findOrCreate(trial: Trial, mark: Mark): Promise<Run> {
    const { experiment, run: parent } = await this.#study.open();
    const late = isFinal(trial.state) && realClock.now() - trial.finishedAt! > LATE;
    if (mark.inDoubt || (!mark.isMissing && (trial.attempt > 1 || late))) {
      const [found] = await this.#server.search(experiment, this.#filter(trial.number));
      if (found !== undefined) return found;
    }
    try {
      return await this.#server.create({
        experiment_id: experiment,
        run_name: runName(trial),
        start_time: trial.startedAt!,
        tags: this.#firstTags(trial, parent.id),
      });
    } catch (error) {
      if (error instanceof Unavailable) {
        mark.inDoubt = true;
        this.#doubtful.set(trial.number, "");
      }
      throw error;
    }
  }

  /** Sends what is new about a trial. */
  async send(number: number): Promise<void> {
    const trial = this.#watched.trials[number];
    if (trial === undefined || !isShown(trial) || this.#settled.has(number)) return;
    const mark = this.#mark(number);
    const run = await this.runOf(trial);
    const { attempt } = trial;
    const over = isFinal(trial.state);
    const reports = mark.attempt === attempt || over ? trial.reports.slice(mark.reports) : [];
    const metrics = reports.flatMap((_, i) => this.#reported(trial, mark, mark.reports + i));
    if (over && trial.state === "complete") metrics.push(...valuesOf(trial, this.#settings.naming));
    // an objective that logs to this run logs first: MLflow refuses a second value of a parameter
    const withParams = this.#settings.logParams && !mark.described && (over || !this.#settings.handOver);
    const tags = over ? endOf(trial) : pairs({ "attune.attempt": attempt });
    await this.#log(run, { metrics, params: withParams ? parametersOf(trial.params) : [], tags }, number);
    mark.described ||= withParams;
    if (mark.attempt === attempt) mark.reports += reports.length;
    if (!over) return;
    await this.#server.update(run.id, { status: statusOf(trial), end_time: trial.finishedAt! });
    this.settle(number);
    if (this.#doubtful.has(number)) this.#doubtful.set(number, run.id);
  }

  /** Nothing more is to be sent about a trial. */
  settle(number: number): void {
    this.#marks.delete(number);
    this.#adopted.delete(number);
    this.#settled.add(number);
  }

  /**
   * Ended trials that this process did not see to, by `until`, and that lack a run or its end: those of processes that
   * are gone. `waiting` says whether another one may still be about to send some. Must not be called side by side.
   */
  async missing(until: number): Promise<{ readonly numbers: readonly number[]; readonly waiting: boolean }> {
    const lacking = this.#watched.trials.filter(
      (trial) =>
        isShown(trial) &&
        isFinal(trial.state) &&
        trial.finishedAt! <= until &&
        !this.#settled.has(trial.number) &&
        (!this.#marks.has(trial.number) || this.#adopted.has(trial.number)),
    );
    if (lacking.length === 0) return { numbers: [], waiting: false };
    const { experiment } = await this.#study.open();
    const runs = await this.#server.search(experiment, this.#filter());
    const known = new Map(runs.map((run) => [run.tags["attune.trial"], run]));
    const numbers: number[] = [];
    let waiting = false;
    for (const { number, finishedAt } of lacking) {
      const run = known.get(String(number));
      if (run !== undefined && run.status !== "RUNNING") this.settle(number);
      else if (this.#others.mayStillSend(number, finishedAt!)) waiting = true;
      else {
        const mark = this.#mark(number);
        mark.isMissing = run === undefined;
        if (run !== undefined) mark.run = run;
        this.#adopted.add(number);
        numbers.push(number);
      }
    }
    return { numbers, waiting };
  }

  /** Deletes second runs of trials, which a server makes that is slow to read what it was sent. */
  async tidy(): Promise<void> {
    const { experiment } = await this.#study.open();
    for (const [number, kept] of this.#doubtful) {
      for (const { id } of await this.#server.search(experiment, this.#filter(number)))
        if (id !== kept && kept !== "") await this.#server.delete(id);
      this.#doubtful.delete(number);
    }
  }

  async #log(run: Run, batch: { metrics: Metric[]; params: Pair[]; tags: Pair[] }, number: number): Promise<void> {
    const long = batch.params.filter(({ value }) => shortened(value, "param") !== value);
    const params = batch.params.map(({ key, value }) => ({ key, value: shortened(value, "param") }));
    const tags = batch.tags.map(({ key, value }) => ({ key, value: shortened(value, "tag") }));
    try {
      await this.#server.log(run.id, { ...batch, params, tags });
    } catch (error) {
      if (!(error instanceof Refusal) || params.length === 0) throw error;
      const { params: taken } = await this.#server.run(run.id);
      const free = params.filter(({ key }) => !(key in taken));
      if (free.length === params.length) throw error;
      await this.#server.log(run.id, { ...batch, params: free, tags });
    }
    if (long.length > 0)
      await this.#server.keep(
        run,
        "params.json",
        `${JSON.stringify(this.#watched.trials[number]!.params, undefined, 1)}\n`,
      );
  }

  #reported(trial: Trial, mark: Mark, index: number): Metric[] {
    const { step, values } = trial.reports[index]!;
    const { startedAt = 0, finishedAt = startedAt } = trial;
    const share = (index + 1) / (trial.reports.length + 1);
    const timestamp = mark.times[index] ?? Math.round(startedAt + share * (finishedAt - startedAt));
    return Object.entries(values).map(([name, value]) => ({
      key: this.#settings.naming.of(name),
      value,
      timestamp,
      step: Math.trunc(step),
    }));
  }

  #mark(number: number): Mark {
    let mark = this.#marks.get(number);
    if (mark === undefined) {
      mark = { inDoubt: false, isMissing: false, described: false, attempt: 0, reports: 0, times: [] };
      this.#marks.set(number, mark);
    }
    return mark;
  }

  #firstTags(trial: Trial, parent: string): Pair[] {
    return pairs({
      ...this.#settings.tags,
      "mlflow.parentRunId": parent,
      "mlflow.runName": runName(trial),
      "attune.study": this.#watched.id,
      "attune.kind": trial.source === "baseline" ? "baseline" : "trial",
      "attune.trial": trial.number,
      "attune.source": trial.source,
      "attune.generation": trial.generation,
    });
  }

  #filter(trial?: number): string {
    const study = `tags.\`attune.study\` = '${this.#watched.id}'`;
    return trial === undefined
      ? `${study} and tags.\`attune.kind\` != 'study'`
      : `${study} and tags.\`attune.trial\` = '${trial}'`;
  }
}
