/**
 * Job control: a search whose trials are jobs, started from a template with overrides. Start at {@link defineJobs}.
 * @packageDocumentation
 */
export type { Budget, Budgets } from "./budget.ts";
export { JobsHandle } from "./handle.ts";
export { Job, type JobLabels, type JobRequest } from "./job.ts";
export { defineJobs, Jobs } from "./jobs.ts";
export type { JobObjective, JobObjectives, Metric, Over, TitleAndSeries } from "./metric.ts";
export type { JobStep } from "./monitor.ts";
export type { JobDraft, JobHooks, JobsSpec, JobTrial, JobValues, LabelOptions } from "./spec.ts";
export type { JobFunction, JobOverrides, JobPlan, JobTemplate, Settings } from "./template.ts";
