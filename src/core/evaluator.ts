/// <reference lib="esnext.disposable" preserve="true" />
import { ATTEMPT_OPTIONS, type AttemptOptions, type AttemptPolicy, attemptPolicy } from "./attempt-policy.ts";
import type { Clock } from "./clock.ts";
import { usage } from "./errors.ts";
import type { Instance } from "./instance.ts";
import type { Awaitable, Json } from "./json.ts";
import type { Outcome } from "./outcome.ts";
import type { Verdict } from "./pruner.ts";
import type { ReportDetails, TrialState } from "./trial.ts";

/** The tokens that an attempt holds, by the name of their pool. */
export type Leases = Readonly<Record<string, readonly string[]>>;

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string>>;

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
  /** What this run of the objective is about, where it has instances; the objective finds its value in `trial.instance`. */
  readonly instance?: Instance;
  /** The limit of this attempt in milliseconds, if there is one. */
  readonly timeout?: number;
  /** The path of its scratch directory, which is made when the objective first asks for it. */
  readonly dir: string;
  readonly leases: Leases;
  /** Environment variables for this attempt, from those who follow the search. */
  readonly environment?: Environment;
  /** The attempt is really running, and where. */
  placed(where: Json): void;
  /** Keeps something of the trial in the journal, as `trial.kept`, for later sessions to know; none without a study. */
  keep?(what: Json): void;
  /** A run of the attempt asked to be run again later, and the attempt waits for it at its place. */
  later?(): void;
  /** Names the study that the trial belongs to, the same whenever it is resumed; none for one that belongs to none. */
  readonly study?: string;
  /** Intermediate values; resolves once they are kept. */
  report(step: number, values: Readonly<Record<string, number>>, details?: ReportDetails): Awaitable<Verdict>;
  /** The same at once, for objectives that cannot wait: the values are kept before the outcome is. */
  reportSync(step: number, values: Readonly<Record<string, number>>): Verdict;
}

/** An attempt before it was provided with a scratch directory and leases. */
export type BareTask<P = unknown> = Omit<Task<P>, "dir" | "leases">;

/** Runs trials. */
export interface Evaluator<P = unknown, T = Task<P>> extends AsyncDisposable {
  /** How many trials it runs at a time; read again before each ask. */
  readonly concurrency: number;
  /** The time that it goes by, and with it the whole search. @default the real one */
  readonly clock?: Clock | undefined;
  /** Resolves with the outcome; rejects only when the evaluator itself is broken. */
  evaluate(task: T): Promise<Outcome>;
  /** The same of an attempt that a process which is gone had placed there: goes on waiting for it. */
  attach?(task: T, where: Json): Promise<Outcome>;
  /** Calls back when `concurrency` changes. */
  watch?(changed: () => void): void;
  /** The trial has reached its last state: what was kept for its further attempts may go. */
  over?(trial: { readonly number: number; readonly state: TrialState }, study?: string): void;
}

/**
 * What an objective can do that harms only its own trial. `nothing`: throw. `threads`: also exit, never yield, leave a
 * rejection to nobody, run out of JavaScript heap. `processes`: also crash, be killed by a signal, run out of any memory.
 */
export type Isolation = "nothing" | "threads" | "processes";

/** What limits an evaluator keeps. */
export interface EvaluatorInfo {
  readonly name: string;
  readonly summary: string;
  /** Takes closures; others need the objective as a module or a command. */
  readonly closures: boolean;
  /** Takes no objectives that are programs in other languages, and refuses them before anything runs. */
  readonly programs?: false;
  readonly isolates: Isolation;
  /** The limits that it can keep on this machine; it is told them by options of these names, `timeout` by the task. */
  readonly limits: readonly LimitName[];
}

/**
 * `workers`: how many trials run at a time. `timeout`: milliseconds for one attempt. `memory`: bytes that the processes of
 * one worker hold together. `cpuSeconds`: processor time that those of one attempt use together.
 */
export type LimitName = "workers" | "timeout" | "memory" | "cpuSeconds";

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
  readonly policy: AttemptPolicy;
  /** Starts it. Throws a usage error if it cannot run this workload. */
  open<P>(workload: Workload<P>): Promise<Evaluator<P>>;
  /** The same with some options changed. Throws a usage error for one that it does not take. */
  with(options: object): EvaluatorFactory;
}

/** What an evaluator module exports. */
export interface EvaluatorDefinition<O extends object = object> {
  (options?: O & AttemptOptions): EvaluatorFactory;
  readonly info: EvaluatorInfo;
}

const LIMITS: readonly LimitName[] = ["memory", "cpuSeconds"];

/** Makes an {@link EvaluatorDefinition}; `configure` checks the evaluator's own options at once. */
export function defineEvaluator<O extends object>(
  info: EvaluatorInfo,
  configure: (options: O) => EvaluatorFactory["open"],
): EvaluatorDefinition<O> {
  const define = (options: O & AttemptOptions = {} as O & AttemptOptions): EvaluatorFactory => {
    const own = Object.entries(options).filter(([name]) => !(ATTEMPT_OPTIONS as readonly string[]).includes(name));
    for (const limit of LIMITS)
      if (own.some(([name]) => name === limit) && !info.limits.includes(limit)) throw cannotKeep(info, limit);
    return {
      info,
      policy: attemptPolicy(options),
      open: configure(Object.fromEntries(own) as O),
      with: (changes) => define({ ...options, ...changes }),
    };
  };
  return Object.assign(define, { info });
}

/** The error for a limit that an evaluator was asked for and cannot keep. */
export function cannotKeep({ name, limits }: EvaluatorInfo, limit: LimitName): Error {
  const kept = limits.length === 0 ? "no limits" : limits.map((each) => `\`${each}\``).join(", ");
  return usage(`The evaluator \`${name}\` cannot keep a \`${limit}\` limit here: it keeps ${kept}`);
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
  /** The instance that is to be measured, where the objective has instances. */
  readonly instance?: Json | undefined;
  /** Aborts when the attempt should end. */
  readonly signal: AbortSignal;
  /** Reports intermediate values; rejects to unwind the objective when the trial is to be pruned. */
  readonly report: (step: number, values: number | Readonly<Record<string, number>>) => Promise<void>;
  /** The same for objectives that never wait: throws when the trial is to be pruned. */
  readonly reportSync: (step: number, values: number | Readonly<Record<string, number>>) => void;
  /** Shows the user a line of text, with the number of the trial. */
  readonly log: (text: string) => void;
  /**
   * A directory of this attempt's own, or with `directory: "trial"` of all attempts of the trial; made at the first look,
   * and removed afterwards unless it is to be kept.
   */
  readonly dir: string;
  /**
   * A directory that all trials and searches of this user share, for what can be used again: the one that ATTUNE_CACHE
   * names, else `attune` in XDG_CACHE_HOME or in the user's directory for caches. Made at the first look, never emptied.
   */
  readonly cache: string;
  /** The number of the worker that runs the attempt, from 0. */
  readonly worker: number;
  /** The tokens that this attempt holds, by pool: `trial.leases.gpu[0]`. */
  readonly leases: Leases;
  /**
   * Variables for this attempt from the search's trackers, such as `MLFLOW_RUN_ID`; empty where none gives any. Where an
   * attempt has a process or thread of its own for its time, they stand in its environment too.
   */
  readonly environment: Environment;
  /**
   * Does some work while nobody else on this host is in a phase of the same name: no other worker, process or search.
   * Waits for its turn; rejects when `signal` aborts before it came. Within a phase that same phase never has its turn.
   */
  readonly exclusive: <T>(phase: string, work: () => Awaitable<T>) => Promise<T>;
}

/** The user's function. What it returns is judged by `measure`. */
export type ObjectiveFunction<P = unknown> = (params: P, trial: TrialContext) => unknown;
