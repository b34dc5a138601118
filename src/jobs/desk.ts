import { messageOf, show, usage } from "../core/errors.ts";
import { isRecord, type Json } from "../core/json.ts";
import type { TrackedEvent, Watched } from "../core/tracker.ts";
import { isFinal, type Trial } from "../core/trial.ts";
import { pathOf } from "../evaluators/command-template.ts";
import { plainText, settingsOf } from "../formats/settings.ts";
import { readSpace } from "../space/read.ts";
import { fateOf, shareFate } from "./fate.ts";
import { Job, type JobLabels, type JobRequest } from "./job.ts";
import { type AnyJobsSpec, checkLabels, type JobDraft, type JobTrial } from "./spec.ts";
import { applyOverrides, type JobOverrides, type JobPlan, overridesOf } from "./template.ts";

/** What the journal keeps of a job, under `job` of what it keeps of its trial. */
interface Record_ extends JobLabels {
  readonly cached?: string;
  /** What `createJob` overrode beside the parameters. */
  readonly overrides?: JobOverrides;
}

/** Knows every job of a search: makes those of new trials, and finds those of earlier sessions in the journal. */
export class Desk<P> {
  /** By id, in the order in which they were made. */
  readonly jobs: Map<string, Job<P>> = new Map();
  /** Those that run in this process. */
  readonly running: Set<Job<P>> = new Set();
  /** Called when something happened that a step of control may heed. */
  kick: () => void = () => {};
  watched: Watched | undefined = undefined;
  readonly spec: AnyJobsSpec<P>;
  readonly #numbers = new Map<number, Job<P>>();
  /** The attempt for which this session made the job of a trial, until that is over. */
  readonly #made = new Map<number, number>();
  readonly #overrides = new WeakMap<Job<P>, JobOverrides>();
  #names: readonly string[] = [];
  #complained = false;

  constructor(spec: AnyJobsSpec<P>) {
    this.spec = spec;
  }

  /** The job of a trial. */
  of(number: number): Job<P> | undefined {
    return this.#numbers.get(number);
  }

  /** The job that an attempt is; undefined where `createJob` says that none is needed. One attempt is one job, however often it is run. */
  async create(trial: JobTrial<P>): Promise<Job<P> | undefined> {
    const known = this.#numbers.get(trial.number);
    if (known !== undefined && this.#made.get(trial.number) === trial.attempt) return known;
    const { createJob = (_: JobTrial<P>, make: () => Job<P>) => make() } = this.spec.hooks ?? {};
    const job = await createJob(trial, (draft = {}) => this.#make(trial, draft));
    if (job === undefined) return undefined;
    if (!(job instanceof Job))
      throw usage(`Expected \`createJob\` to give what make() gives, or undefined, got ${show(job)}`);
    if (known !== undefined) shareFate(known, job);
    this.#made.set(trial.number, trial.attempt);
    this.#add(job);
    return job;
  }

  /** The job of a request, in whatever process. */
  revive(request: JobRequest<P>): Job<P> {
    const { hooks: { job = (given: JobRequest<P>) => new Job(given) } = {}, template } = this.spec;
    if (request.plan.run !== undefined || typeof template.run !== "function") return job(request);
    return job({ ...request, function: template.run });
  }

  /** What the journal is to keep of a job. */
  recordOf(job: Job<P>): Json {
    const { id, name, tags, parent, project } = job;
    const overrides = this.#overrides.get(job) ?? {};
    const { cached } = fateOf(job);
    return JSON.parse(
      JSON.stringify({
        job: { id, name, tags, parent, project, cached, ...(Object.keys(overrides).length > 0 ? { overrides } : {}) },
      }),
    ) as Json;
  }

  /** The study is open: finds the jobs of earlier sessions. */
  attend(watched: Watched): void {
    this.watched = watched;
    this.#names = readSpace(watched.study.space as never).axes.map(({ name }) => pathOf(name));
    for (const trial of watched.trials) this.#restore(trial as Trial<P>);
  }

  /** Something happened in the study. */
  track(event: TrackedEvent, trial: Trial<P> | undefined): void {
    if (trial === undefined) return;
    const { number } = trial;
    if (event.type === "trial-placed" && !this.#made.has(number)) this.#restore(trial);
    if (event.type === "trial-reported") this.kick();
    if (event.type !== "trial-finished" || !isFinal(trial.state)) return;
    const job = this.#numbers.get(number);
    if (job === undefined) return;
    fateOf(job).ended();
    this.kick();
    if (this.#made.delete(number)) this.#complete(job);
  }

  /** The labels of a job come from the journal where it knows them. */
  #make({ number, params }: JobTrial<P>, draft: JobDraft): Job<P> {
    const { template: own, labels = {} } = this.spec;
    const { template = own, name, tags = [], parent, project, ...overrides } = draft;
    checkLabels({ tags, ...definedTexts({ name, parent, project }) }, "the draft of a job");
    const study = this.watched?.id ?? "unrecorded";
    const plan = applyOverrides(template, overridesOf(params), overrides);
    const chosen: JobLabels = recordIn(this.watched?.trials[number]) ?? {
      id: `${study}.${number}`,
      name: name ?? this.#nameOf(template.name, plan, params),
      tags: [...new Set([...(labels.tags ?? []), ...tags])],
      parent: parent ?? labels.parent ?? study,
      ...definedTexts({ project: project ?? labels.project }),
    };
    const request = { ...labelsOf(chosen), number, params, plan, names: this.#names };
    const run = typeof template.run === "function" ? { function: template.run } : {};
    const job = (this.spec.hooks?.job ?? ((given: JobRequest<P>) => new Job(given)))({ ...request, ...run });
    this.#overrides.set(job, overrides);
    return job;
  }

  #nameOf(base: string, { parameters }: JobPlan, params: P): string {
    const { name } = this.spec.labels ?? {};
    if (name === false) return base;
    if (name !== undefined) {
      const given: unknown = name(base, parameters);
      if (typeof given === "string" && given !== "") return given;
      throw usage(`Expected \`labels.name\` to give a text, got ${show(given)}`);
    }
    const words = settingsOf(params).map(({ path, value }) => `${path.join(".")}=${plainText(value)}`);
    return [`${base}:`, ...words.sort()].join(" ");
  }

  #restore(trial: Trial<P>): void {
    const record = recordIn(trial);
    if (record === undefined || this.#numbers.has(trial.number)) return;
    const { number, params } = trial;
    const job = this.revive({
      ...labelsOf(record),
      number,
      params,
      plan: this.#planOf(params, record),
      names: this.#names,
    });
    const fate = fateOf(job);
    if (record.cached !== undefined) fate.cached = record.cached;
    this.#overrides.set(job, record.overrides ?? {});
    this.#add(job);
    if (isFinal(trial.state)) fate.ended();
  }

  /** What an earlier job ran, as far as the present template allows. */
  #planOf(params: P, { overrides = {} }: Record_): JobPlan {
    try {
      return applyOverrides(this.spec.template, overridesOf(params), overrides);
    } catch {
      return { parameters: overridesOf(params).parameters ?? {} };
    }
  }

  #add(job: Job<P>): void {
    const trial = this.watched?.trials[job.number];
    if (trial !== undefined) fateOf(job).trial = trial;
    this.jobs.set(job.id, job);
    this.#numbers.set(job.number, job);
  }

  #complete(job: Job<P>): void {
    const { completed } = this.spec.hooks ?? {};
    if (completed === undefined) return;
    const [best] = this.watched!.status.best;
    void (async () => completed(job, best === undefined ? undefined : this.#numbers.get(best.number)))().catch(
      (error: unknown) => {
        if (!this.#complained)
          this.watched!.warn(
            `the hook \`completed\` failed: ${messageOf(error)}; jobs go on, further errors of it are not shown`,
          );
        this.#complained = true;
      },
    );
  }
}

function labelsOf({ id, name, tags, parent, project }: JobLabels): JobLabels {
  return { id, name, tags, parent, ...definedTexts({ project }) };
}

function definedTexts<T extends object>(texts: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined)) as never;
}

/** What the journal says of the job that a trial is. */
function recordIn(trial: Trial | undefined): Record_ | undefined {
  const job = isRecord(trial?.kept) ? trial.kept["job"] : undefined;
  if (!isRecord(job)) return undefined;
  const { id, name, parent, tags } = job;
  const whole = [id, name, parent].every((text) => typeof text === "string") && Array.isArray(tags);
  return whole ? (job as unknown as Record_) : undefined;
}
