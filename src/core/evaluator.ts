/// <reference lib="esnext.disposable" preserve="true" />
import type { Awaitable, Json } from "./json.ts";
import type { Outcome } from "./outcome.ts";
import type { Verdict } from "./pruner.ts";

/** One attempt of a trial, as an evaluator gets it. */
export interface Task<P = unknown> {
  readonly number: number;
  readonly attempt: number;
  readonly params: P;
  readonly baseline: boolean;
  readonly seed: number;
  /**
   * Aborts when the attempt should end; its reason is an {@link Outcome} or says why. It may serve later attempts too:
   * remove your listeners when this one is over.
   */
  readonly signal: AbortSignal;
  /** The limit of this attempt in milliseconds, if there is one. */
  readonly timeout?: number;
  /** The attempt is really running, and where. */
  placed(where: Json): void;
  report(step: number, values: Readonly<Record<string, number>>): Awaitable<Verdict>;
}

/** Runs trials. */
export interface Evaluator<P = unknown> extends AsyncDisposable {
  /** How many trials it runs at a time; read again before each ask. */
  readonly concurrency: number;
  /** Resolves with the outcome; rejects only when the evaluator itself is broken. */
  evaluate(task: Task<P>): Promise<Outcome>;
  /** Calls back when `concurrency` changes. */
  watch?(changed: () => void): void;
}

/** What limits an evaluator keeps. */
export interface EvaluatorInfo {
  readonly name: string;
  readonly summary: string;
  /** Takes closures; others need the objective as a module or a command. */
  readonly closures: boolean;
  /** An objective that exits, crashes or never yields harms only its own trial. */
  readonly isolates: boolean;
  /** The limits that it can keep. */
  readonly limits: readonly ("workers" | "timeout")[];
}

/** What an evaluator is opened with. */
export interface Workload<P = unknown> {
  /** The objective, when it lives in this process. */
  readonly objective?: ObjectiveFunction<P>;
  /** The module whose default export is the search, when there is one: a file URL. */
  readonly module?: string;
  /** The names that must be returned. */
  readonly names: readonly string[];
  /** Further names that limits need. */
  readonly limited?: readonly string[];
  /** The number of workers that the user asked for. */
  readonly workers?: number;
  /** One line from an objective's stdout or stderr. */
  log(line: string, trial?: number): void;
}

/** A configured evaluator, not yet running. */
export interface EvaluatorFactory {
  readonly info: EvaluatorInfo;
  /** Starts it. Throws a usage error if it cannot run this workload. */
  open<P>(workload: Workload<P>): Promise<Evaluator<P>>;
}

/** What an evaluator module exports. */
export interface EvaluatorDefinition<O extends object = object> {
  (options?: O): EvaluatorFactory;
  readonly info: EvaluatorInfo;
}

/** Makes an {@link EvaluatorDefinition}; `configure` checks the options at once. */
export function defineEvaluator<O extends object>(
  info: EvaluatorInfo,
  configure: (options: O) => EvaluatorFactory["open"],
): EvaluatorDefinition<O> {
  const define = (options: O = {} as O): EvaluatorFactory => ({ info, open: configure(options) });
  return Object.assign(define, { info });
}

/** What the objective is handed beside the parameters. */
export interface TrialContext {
  readonly number: number;
  /** 1 for the first execution. */
  readonly attempt: number;
  /** Whether this is the untuned reference configuration. */
  readonly baseline: boolean;
  /** A 32-bit seed that is the same for every attempt of this trial. */
  readonly seed: number;
  /** The names of the objectives. */
  readonly names: readonly string[];
  /** Aborts when the attempt should end. */
  readonly signal: AbortSignal;
  /** Reports intermediate values; rejects to unwind the objective when the trial is to be pruned. */
  readonly report: (step: number, values: number | Readonly<Record<string, number>>) => Promise<void>;
}

/** The user's function. What it returns is judged by `measure`. */
export type ObjectiveFunction<P = unknown> = (params: P, trial: TrialContext) => unknown;
