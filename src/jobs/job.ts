import type { TrialContext } from "../core/evaluator.ts";
import type { Json } from "../core/json.ts";
import type { Failure } from "../core/outcome.ts";
import { isFinal, type TrialReport, type TrialState, type Values } from "../core/trial.ts";
import { realClock } from "../system/clock.ts";
import { fateOf } from "./fate.ts";
import { launch } from "./launch.ts";
import { type Metric, metricOf, nameOf, type TitleAndSeries } from "./metric.ts";
import { type JobFunction, type JobPlan, planJson } from "./template.ts";

/** How a job is labelled; in the journal, so that it keeps its labels whenever the search is resumed. */
export interface JobLabels {
  /** STUDY.NUMBER, the same for every attempt and whenever the search is resumed. */
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
  /** The id of what it belongs to: the study's, unless set otherwise. */
  readonly parent: string;
  readonly project?: string;
}

/** Everything that makes a job; plain data but for the function. */
export interface JobRequest<P = unknown> extends JobLabels {
  /** The number of its trial. */
  readonly number: number;
  /** What the search varies. */
  readonly params: P;
  /** What is run: the template with the overrides applied. */
  readonly plan: JobPlan;
  /** The names that parameters of the search can have, also those that this configuration lacks. */
  readonly names: readonly string[];
  /** The function of the template, if it is one. */
  readonly function?: JobFunction | undefined;
}

/**
 * One trial as a job: what is run, its labels, and its fate. It is live, and stays readable when it is over, also in a later
 * session. A class of your own extends it and says otherwise how it is launched; `hooks.job` makes instances of it.
 */
export class Job<P = unknown> implements JobLabels {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly parent: string;
  readonly project?: string;
  readonly number: number;
  readonly params: P;
  readonly plan: JobPlan;
  readonly request: JobRequest<P>;

  constructor(request: JobRequest<P>) {
    const { id, name, tags, parent, project, number, params, plan } = request;
    this.request = request;
    this.id = id;
    this.name = name;
    this.tags = tags;
    this.parent = parent;
    if (project !== undefined) this.project = project;
    this.number = number;
    this.params = params;
    this.plan = plan;
  }

  /**
   * Runs it to its end: writes its files and settings to `trial.dir`, then runs the command or the function. Resolves with
   * what an objective may return, rejects where it fails, and ends with all that it started when `trial.signal` aborts.
   */
  launch(trial: TrialContext): Promise<unknown> {
    return launch(this, trial);
  }

  /** The state of its trial; "waiting" before there is one. */
  get state(): TrialState {
    return fateOf(this).trial?.state ?? "waiting";
  }

  /** Whether it has reached its last state. */
  get finished(): boolean {
    return isFinal(this.state);
  }

  /** Measured values by name. Empty unless complete. */
  get values(): Values {
    return fateOf(this).trial?.values ?? {};
  }

  get failure(): Failure | undefined {
    return fateOf(this).trial?.failure;
  }

  /** Why it was cancelled. */
  get reason(): string | undefined {
    return fateOf(this).trial?.reason;
  }

  /** What its last attempt reported. */
  get reports(): readonly TrialReport[] {
    return fateOf(this).trial?.reports ?? [];
  }

  /** The last step that it has reported; 0 before the first. */
  get iteration(): number {
    return this.reports.at(-1)?.step ?? 0;
  }

  /** Milliseconds that its last attempt has run for, without waiting for its place. */
  get elapsed(): number {
    const { trial, began } = fateOf(this);
    if (this.finished) return trial!.duration;
    return began === undefined ? 0 : realClock.now() - began;
  }

  /** Milliseconds since 1970, as the end of it. */
  get startedAt(): number | undefined {
    return fateOf(this).trial?.startedAt;
  }

  get finishedAt(): number | undefined {
    return fateOf(this).trial?.finishedAt;
  }

  /** The id of the job whose result it took over, as it has the same configuration. */
  get cached(): string | undefined {
    return fateOf(this).cached;
  }

  /** What it has reported under a name, or [title, series]; undefined where it has not. */
  metric(metric: string | TitleAndSeries): Metric | undefined {
    return metricOf(nameOf(metric), this.reports);
  }

  /** Ends it now, with everything that it started; it is `cancelled`. Does nothing to one that does not run here. */
  abort(reason = "aborted"): void {
    fateOf(this).end?.({ state: "cancelled", reason });
  }

  /** Resolves with true when it is over, with false after so many milliseconds. @default as long as it takes */
  async wait(ms = Infinity): Promise<boolean> {
    const enough = new AbortController();
    const over = fateOf(this).over.then(() => true);
    const late = ms === Infinity ? [] : [realClock.sleep(ms, enough.signal).then(() => false)];
    return this.finished || Promise.race([over, ...late]).finally(() => enough.abort());
  }

  /** Plain data: what another process needs to run it. */
  toJSON(): Json {
    const { function: _function, plan, ...rest } = this.request;
    return JSON.parse(JSON.stringify({ ...rest, plan: planJson(plan) })) as Json;
  }
}
