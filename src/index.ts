/**
 * attune tunes anything that can be run. Start at {@link defineSearch}.
 * @packageDocumentation
 */
export { type Change, changes, isGain, type Verdict, verdict } from "./analysis/gain.ts";
export { type Edge, edges } from "./analysis/edges.ts";
export { paretoMask } from "./analysis/pareto.ts";
export { AttuneError, type ErrorCode, isAttuneError } from "./core/errors.ts";
export {
  defineEvaluator,
  type Evaluator,
  type EvaluatorDefinition,
  type EvaluatorFactory,
  type EvaluatorInfo,
  type Task,
  type TrialContext,
  type Workload,
} from "./core/evaluator.ts";
export type { StudyEvent } from "./core/event.ts";
export type { Measurement } from "./core/measure.ts";
export type { Direction, Limit, Limits, Objective } from "./core/objective.ts";
export type { Failure, FailureKind, Measured, Outcome } from "./core/outcome.ts";
export { createRandom, type Random } from "./core/random.ts";
export type { StopReason, StopRule, StopRuleFactory } from "./core/stop-rule.ts";
export type { Status, Tracker, Watched } from "./core/tracker.ts";
export { attempt } from "./evaluators/custom.ts";
export type { FailureCount, FinishedTrial, Trial, TrialSource, TrialState } from "./core/trial.ts";
export { command } from "./evaluators/command.ts";
export { inline, isolated, processes, threads } from "./evaluators/index.ts";
export { file, memory } from "./journals/index.ts";
export { cmaEs, genetic, grid, qmc, random, tpe } from "./samplers/index.ts";
export type { SearchEvent, SearchHandle } from "./search/handle.ts";
export { type FreeQueueSpec, openQueue, type QueueOptions, type QueueSpec } from "./search/open-queue.ts";
export { openStudy, type OpenStudyOptions } from "./search/open-study.ts";
export type { DumpOptions } from "./search/queue-dump.ts";
export type { FinishedJob, Job, JobState } from "./search/queue-job.ts";
export type { QueueListeners } from "./search/queue-listeners.ts";
export type { Queue, QueueStatus } from "./search/queue.ts";
export { type ResultOptions, SearchResult } from "./search/result.ts";
export { defineSearch, Search } from "./search/search.ts";
export type { StartOptions } from "./search/session.ts";
export type { ConfigurationOf, Provider, SearchSpec, SpaceSpec } from "./search/spec.ts";
export * from "./space/index.ts";
export type { Internals } from "./study/internals.ts";
export type { Reservation } from "./study/reservation.ts";
export type { Study } from "./study/study.ts";
export type { AskedTrial, Told } from "./study/study-options.ts";
export {
  allOf,
  anyOf,
  failures,
  generations,
  stagnation,
  target,
  timeLimit,
  trials,
  when,
} from "./study/stop-rules/index.ts";
export { log, mlflow, progress } from "./trackers/index.ts";
