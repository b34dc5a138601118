/**
 * attune tunes anything that can be run. Start at {@link defineSearch}.
 * @packageDocumentation
 */
export { type Change, changes, isGain, type Verdict, verdict } from "./analysis/gain.ts";
export { type Comparison, type CompareOptions, compareEstimates, compareSamples } from "./analysis/compare.ts";
export { compareTrials, type TrialComparison } from "./analysis/compare-trials.ts";
export type { Noise } from "./analysis/noise.ts";
export { type Edge, edges } from "./analysis/edges.ts";
export { type Effect, effects, type Level } from "./analysis/effects.ts";
export { type FailureCause, failureCauses } from "./analysis/failures.ts";
export { bestSoFar, hypervolumeHistory } from "./analysis/history.ts";
export { type Importance, importance, type ImportanceOptions } from "./analysis/importance/importance.ts";
export { knee } from "./analysis/knee.ts";
export type { PairedGain } from "./analysis/paired.ts";
export type { InstanceBest, Portfolio } from "./analysis/per-instance.ts";
export { paretoMask } from "./analysis/pareto.ts";
export type { ValidationReason } from "./analysis/validation.ts";
export { hypervolume } from "./math/hypervolume.ts";
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
export type { InstanceOrder, InstanceReduce, InstanceReducers, InstancesDefinition } from "./core/instance.ts";
export type { Measurement } from "./core/measure.ts";
export { normalize } from "./core/normalize.ts";
export type { Direction, Limit, Limits, Objective } from "./core/objective.ts";
export type { BaselineReference, Failure, FailureKind, FinalOutcome, Measured, Outcome } from "./core/outcome.ts";
export { RetryLater } from "./core/retry-later.ts";
export {
  definePruner,
  type Pruner,
  type PrunerDefinition,
  type PrunerFactory,
  type PrunerInfo,
  type PrunerSetting,
} from "./core/pruner.ts";
export { createRandom, type Random } from "./core/random.ts";
export {
  defineRunner,
  type JobHandle,
  type Runner,
  type RunnerDefinition,
  type RunnerFactory,
  type RunnerInfo,
  type RunnerJob,
  type RunnerJobState,
} from "./core/runner.ts";
export type { RelativeTimeout, Timeout } from "./core/timeout.ts";
export type { StopReason, StopRule, StopRuleFactory } from "./core/stop-rule.ts";
export {
  defineTracker,
  type GenerationEvent,
  type Status,
  type TrackedEvent,
  type Tracker,
  type TrackerDefinition,
  type TrackerFactory,
  type TrackerInfo,
  type Watched,
} from "./core/tracker.ts";
export { attempt } from "./evaluators/custom.ts";
export type { FailureCount, FinishedTrial, Trial, TrialSource, TrialState } from "./core/trial.ts";
export { command } from "./evaluators/command.ts";
export { instances, type InstancesObjective, type InstancesOptions } from "./evaluators/instances.ts";
export { python, type PythonOptions } from "./evaluators/python.ts";
export { worker, type WorkerOptions } from "./evaluators/worker.ts";
export {
  inline,
  isolated,
  processes,
  simulated,
  type SimulatedOptions,
  type SimulatedTrial,
  threads,
} from "./evaluators/index.ts";
export type { Clock } from "./core/clock.ts";
export { file, memory } from "./journals/index.ts";
export {
  dominance,
  hyperband,
  median,
  patient,
  percentile,
  successiveHalving,
  threshold,
  wilcoxon,
} from "./pruners/index.ts";
export { local, replay, synthetic } from "./runners/index.ts";
export { jobs, type JobsOptions } from "./runners/jobs.ts";
export { singleRunning } from "./runners/single-running.ts";
export { auto, cmaEs, discrete, genetic, gp, grid, nsga2, nsga3, qmc, random, tpe } from "./samplers/index.ts";
export type { CheckOptions, CheckResult, Crowded, ObjectiveNoise } from "./search/check.ts";
export { measure, type MeasureOptions, type MeasureResult } from "./search/measure.ts";
export { compareStudies, type StudyComparison } from "./search/compare-studies.ts";
export type { SearchEvent, SearchHandle } from "./search/handle.ts";
export { importOptuna, type ImportOptions, type OptunaImport } from "./search/import-optuna.ts";
export { type FreeQueueSpec, openQueue, type QueueOptions, type QueueSpec } from "./search/open-queue.ts";
export { openStudy, type OpenStudyOptions } from "./search/open-study.ts";
export type { DumpOptions } from "./search/queue-dump.ts";
export type { FinishedJob, Job, JobState } from "./search/queue-job.ts";
export type { QueueListeners } from "./search/queue-listeners.ts";
export type { Queue, QueueStatus } from "./search/queue.ts";
export { trialsToArrow } from "./search/arrow.ts";
export { loadBest, type LoadBestOptions } from "./search/load-best.ts";
export { type ResultOptions, SearchResult } from "./search/result.ts";
export { defineSearch, Search } from "./search/search.ts";
export type { StartOptions } from "./search/session.ts";
export type { ConfigurationOf, Provider, SearchSpec, SpaceSpec } from "./search/spec.ts";
export type { Validated, ValidateOptions, Validation } from "./search/validate.ts";
export type { InstanceChange, ValidateOn } from "./search/validate-instances.ts";
export type { Steered } from "./search/steering.ts";
export * from "./space/index.ts";
export type { Internals } from "./study/internals.ts";
export type { Reservation } from "./study/reservation.ts";
export type { Study } from "./study/study.ts";
export type { AskedTrial, Told } from "./study/study-options.ts";
export {
  allOf,
  anyOf,
  computeTime,
  cost,
  failures,
  type FailureTolerance,
  generations,
  iterations,
  stagnation,
  target,
  timeLimit,
  trials,
  when,
} from "./study/stop-rules/index.ts";
export { csv, disabled, log, mlflow, optuna, profile, progress, summary } from "./trackers/index.ts";
