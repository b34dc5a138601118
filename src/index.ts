/**
 * attune tunes anything that can be run. Start at {@link defineSearch}.
 * @packageDocumentation
 */
export { type Change, changes, isGain, type Verdict, verdict } from "./analysis/gain.ts";
export { type Edge, edges } from "./analysis/edges.ts";
export { paretoMask } from "./analysis/pareto.ts";
export { AttuneError, type ErrorCode, isAttuneError } from "./core/errors.ts";
export type { Evaluator, EvaluatorFactory, Task, TrialContext } from "./core/evaluator.ts";
export type { StudyEvent } from "./core/event.ts";
export type { Measurement } from "./core/measure.ts";
export type { Direction, Limit, Limits, Objective } from "./core/objective.ts";
export type { Failure, FailureKind, Measured, Outcome } from "./core/outcome.ts";
export { createRandom, type Random } from "./core/random.ts";
export type { StopReason, StopRule, StopRuleFactory } from "./core/stop-rule.ts";
export type { Status, Tracker, Watched } from "./core/tracker.ts";
export type { FinishedTrial, Trial, TrialSource, TrialState } from "./core/trial.ts";
export { command } from "./evaluators/command.ts";
export { inline, processes } from "./evaluators/index.ts";
export { file, memory } from "./journals/index.ts";
export { genetic, grid, random } from "./samplers/index.ts";
export type { SearchEvent, SearchHandle } from "./search/handle.ts";
export { openStudy, type OpenStudyOptions } from "./search/open-study.ts";
export { type ResultOptions, SearchResult } from "./search/result.ts";
export { defineSearch, Search } from "./search/search.ts";
export type { StartOptions } from "./search/session.ts";
export type { ConfigurationOf, Provider, SearchSpec, SpaceSpec } from "./search/spec.ts";
export * from "./space/index.ts";
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
export { log, progress } from "./trackers/index.ts";
