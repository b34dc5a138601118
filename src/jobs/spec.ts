import { expectNumber, refuseUnknown, show, usage } from "../core/errors.ts";
import { isRecord, type Awaitable } from "../core/json.ts";
import type { Limits } from "../core/objective.ts";
import type { Values } from "../core/trial.ts";
import {
  type AnySpec,
  type SearchSpec,
  type SoleObjective,
  SPEC_KEYS,
  type SpaceSpec,
  type ConfigurationOf,
} from "../search/spec.ts";
import type { Job, JobRequest } from "./job.ts";
import type { JobObjectives } from "./metric.ts";
import type { JobStep } from "./monitor.ts";
import { checkTemplate, type JobOverrides, type JobTemplate } from "./template.ts";

/** How jobs are labelled unless `createJob` says otherwise. */
export interface LabelOptions {
  /** The name of a job, from that of its template and its parameters; false is the template's alone. @default "train: layers=4 rate=0.1" */
  readonly name?: false | ((base: string, parameters: Readonly<Record<string, unknown>>) => string);
  /** @default none */
  readonly tags?: readonly string[];
  /** The id of what jobs belong to. @default the study's */
  readonly parent?: string;
  /** @default none */
  readonly project?: string;
}

/** A trial for which a job is to be made. */
export interface JobTrial<P = unknown> {
  readonly number: number;
  /** 1 for the first execution; a job that is run again keeps its labels. */
  readonly attempt: number;
  readonly params: P;
}

/** What `createJob` asks for: labels, and overrides over those of the parameters. */
export interface JobDraft extends JobOverrides {
  /** @default the template of all jobs */
  readonly template?: JobTemplate;
  readonly name?: string;
  /** Beside those of all jobs. */
  readonly tags?: readonly string[];
  readonly parent?: string;
  readonly project?: string;
}

/** The parts of job control, each of which can be replaced. */
export interface JobHooks<P = unknown> {
  /**
   * Makes the job of a trial by `make`. Undefined means that no job is needed: the trial is cancelled, no more are begun, and
   * the search ends when those that run have. What it throws fails the trial. @default (trial, make) => make()
   */
  readonly createJob?: (trial: JobTrial<P>, make: (draft?: JobDraft) => Job<P>) => Awaitable<Job<P> | undefined>;
  /**
   * Whether a running job goes on. One that does not is ended: it is complete with what it has reported of every objective,
   * else cancelled. @default every job goes on
   */
  readonly monitorJob?: (job: Job<P>) => Awaitable<boolean>;
  /**
   * One step of control: after every report and end of a job, and every `every` milliseconds; one at a time. False ends the
   * search at once, and all that runs. @default monitors every running job
   */
  readonly processStep?: (step: JobStep<P>) => Awaitable<boolean | void>;
  /** Milliseconds between steps while nothing happens. @default 1000 */
  readonly every?: number;
  /** A job of this session is over, however it ended; called once for each. `best` is the best so far, of several objectives one of the front. */
  readonly completed?: (job: Job<P>, best: Job<P> | undefined) => unknown;
  /** Makes a job of a class of your own, which extends {@link Job}. @default (request) => new Job(request) */
  readonly job?: (request: JobRequest<P>) => Job<P>;
}

/** Everything that makes an optimisation of jobs: a search whose trials are jobs. */
export interface JobsSpec<
  S extends SpaceSpec,
  O extends JobObjectives = SoleObjective,
  C extends Limits = Record<never, never>,
> extends Omit<SearchSpec<S, SoleObjective, C>, "objective" | "objectives"> {
  /** What every job starts from. */
  readonly template: JobTemplate<ConfigurationOf<S>>;
  /** What is optimised, and how it is read from what jobs report. @default { value: "minimize" } */
  readonly objectives?: O;
  readonly labels?: LabelOptions;
  readonly hooks?: JobHooks<ConfigurationOf<S>>;
  /**
   * Milliseconds that a job may run for. Then it is ended, and complete with what it has reported of every objective; where it
   * has not, it is a failure of kind `timeout`, as beyond `timeout` in any case. `maxSteps`, an option of the evaluator,
   * limits its iterations. @default none
   */
  readonly jobTime?: number;
  /**
   * Take over the result of an earlier job of the same configuration, also of another search: same command, parameters,
   * variables, files and settings, and same contents of the files that the command names. A directory, or true for one that
   * all searches of this user share. @default false
   */
  readonly cache?: boolean | string;
}

/** A spec with its types forgotten. */
export type AnyJobsSpec<P = unknown> = Omit<AnySpec, "objective" | "objectives"> & {
  readonly template: JobTemplate;
  readonly objectives?: JobObjectives;
  readonly labels?: LabelOptions;
  readonly hooks?: JobHooks<P>;
  readonly jobTime?: number;
  readonly cache?: boolean | string;
};

/** The options beside those of a search. */
const OWN = ["template", "labels", "hooks", "jobTime", "cache"] as const;
const HOOKS: readonly (keyof JobHooks)[] = ["createJob", "monitorJob", "processStep", "every", "completed", "job"];

/** Checks what is not the search's to check; throws a usage error. */
export function checkJobs(spec: AnyJobsSpec): void {
  if (!isRecord(spec)) throw usage(`Expected defineJobs() to be given { template, space, … }, got ${show(spec)}`);
  refuseUnknown("defineJobs", spec, [...OWN, ...SPEC_KEYS.filter((key) => key !== "objective")]);
  checkTemplate(spec.template);
  const { labels = {}, hooks = {}, jobTime, cache = false } = spec;
  for (const [name, given] of Object.entries({ labels, hooks }))
    if (!isRecord(given)) throw usage(`Expected \`${name}\` to be an object, got ${show(given)}`);
  refuseUnknown("labels", labels, ["name", "tags", "parent", "project"]);
  refuseUnknown("hooks", hooks, HOOKS);
  const { name, ...texts } = labels;
  if (name !== undefined && name !== false && typeof name !== "function")
    throw usage(`Expected \`labels.name\` to be a function or false, got ${show(name)}`);
  checkLabels(texts, "labels");
  const { every, ...functions } = hooks;
  if (every !== undefined) expectNumber("hooks.every", every, { above: 0 });
  for (const [hook, given] of Object.entries(functions))
    if (given !== undefined && typeof given !== "function")
      throw usage(`Expected \`hooks.${hook}\` to be a function, got ${show(given)}`);
  if (jobTime !== undefined) expectNumber("jobTime", jobTime, { above: 0 });
  if (typeof cache !== "boolean" && (typeof cache !== "string" || cache === ""))
    throw usage(`Expected \`cache\` to be true, false or a directory, got ${show(cache)}`);
}

/** Checks labels; throws a usage error. */
export function checkLabels(
  { tags = [], ...texts }: Pick<JobDraft, "name" | "tags" | "parent" | "project">,
  at: string,
): void {
  if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === "string" && tag !== ""))
    throw usage(`Expected \`${at}.tags\` to be a list of texts, got ${show(tags)}`);
  for (const [label, given] of Object.entries(texts))
    if (given !== undefined && (typeof given !== "string" || given === ""))
      throw usage(`Expected \`${at}.${label}\` to be a text, got ${show(given)}`);
}

/** The measured values of a complete job. */
export type JobValues<O, C = unknown> = { readonly [K in keyof O | keyof C]: number } & Values;
