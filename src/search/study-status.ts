import { changes } from "../analysis/gain.ts";
import { isAttuneError } from "../core/errors.ts";
import type { FailureKind } from "../core/outcome.ts";
import type { ProcessIdentity } from "../core/event.ts";
import type { FinishedTrial, TrialState } from "../core/trial.ts";
import { Spending } from "../study/cost.ts";
import type { TrialRecord } from "../study/record.ts";
import { isSearch, type JournalView, mayWork, type SessionView } from "./journal-view.ts";
import { resultOf } from "./result-of.ts";
import type { SearchResult } from "./result.ts";

/** A trial that runs, or that was handed out to be told. */
export interface RunningStatus {
  readonly number: number;
  readonly attempt: number;
  readonly params: unknown;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Milliseconds. */
  readonly elapsed: number;
  readonly process: ProcessIdentity;
  /** Whether `attune ask` handed it out: then no process runs it that attune knows of. */
  readonly outside: boolean;
}

/** A process that works on the study, or the last that did. */
export interface SessionStatus {
  readonly process: ProcessIdentity;
  readonly state: SessionView["state"] | "paused" | "stopping";
  /** Milliseconds since 1970, by the clock of its host. */
  readonly since: number;
  readonly heard: number;
  /** Why it ended, if it did. */
  readonly reason?: string;
  readonly running: number;
  readonly sampler: string;
  readonly pruner?: string;
  /** Whether it was a process of `attune ask` or `tell`. */
  readonly outside: boolean;
  /** Undefined for a program's own loop, which hears no commands. */
  readonly evaluator?: string;
  readonly workers?: number;
}

/** How a study stands, by its journal alone. */
export interface StudyStatus {
  readonly journal: string;
  readonly objectives: SearchResult["objectives"];
  readonly seed: number;
  readonly program?: string;
  /** "running", "paused", "stopping", or nobody works on it: "idle". */
  readonly state: "running" | "paused" | "stopping" | "idle";
  /** Those that work on it; where there are none, the last that did. */
  readonly sessions: readonly SessionStatus[];
  /** How many trials count in the budget. */
  readonly trials: number;
  readonly budget?: number;
  readonly states: Readonly<Partial<Record<TrialState, number>>>;
  readonly failures: Readonly<Partial<Record<FailureKind, number>>>;
  /** Trials per second of those that work on it, since they began; undefined until one has finished. */
  readonly rate?: number;
  /** Milliseconds until the budget is used, at this rate. */
  readonly left?: number;
  /** What trials cost together, and what they may; undefined where neither is known. */
  readonly cost?: { readonly spent: number; readonly limit?: number };
  readonly running: readonly RunningStatus[];
  readonly queued: readonly number[];
  /** The best trial, or the Pareto front, with its relative change against the baseline; a negative one is less. */
  readonly best: readonly (FinishedTrial & { readonly change?: Readonly<Record<string, number>> })[];
  readonly baseline?: FinishedTrial;
}

/** How the study of a journal stands now. */
export function statusOf(view: JournalView, now: number): StudyStatus {
  const { fold, definition } = view;
  const result = resultOf(fold.trials, definition);
  const all = view.sessions;
  const working = all.filter(mayWork);
  const last = all.filter(({ settings }) => settings.outside === undefined).at(-1) ?? all.at(-1);
  const budget = all.at(-1)?.settings.trials;
  const sessions = working.length > 0 ? working : last === undefined ? [] : [last];
  const paused = working.length > 0 && working.every(isPaused);
  const began = Math.min(...working.map(({ since }) => since));
  const done = working.reduce((sum, { finished }) => sum + finished, 0);
  const rate = done > 0 && now > began ? (done / (now - began)) * 1000 : undefined;
  const source = definition.source as { readonly file?: string } | undefined;
  const { baseline, failures } = result;
  const limit = all.at(-1)?.settings.cost;
  const costs = new Spending();
  for (const trial of fold.trials) if (trial.aside === undefined) costs.add(trial);
  return {
    journal: view.path,
    objectives: definition.objectives,
    seed: definition.seed,
    ...(source?.file === undefined ? {} : { program: source.file }),
    state: working.length === 0 ? "idle" : paused ? "paused" : working.every(isStopping) ? "stopping" : "running",
    sessions: sessions.map((session) => sessionOf(session, view)),
    trials: fold.counted,
    ...(budget === undefined ? {} : { budget }),
    states: tally(fold.trials),
    failures: Object.fromEntries(failures.map(({ kind, count }) => [kind, count])),
    ...(rate === undefined ? {} : { rate }),
    ...(rate === undefined || budget === undefined || paused || budget <= fold.counted
      ? {}
      : { left: ((budget - fold.counted) / rate) * 1000 }),
    ...(costs.spent === 0 && limit === undefined
      ? {}
      : { cost: { spent: costs.spent, ...(limit === undefined ? {} : { limit }) } }),
    running: [...fold.running].map((number) => runningOf(fold.trials[number]!, view, now)),
    queued: [...fold.queue],
    best: leadersOf(result).map((trial) => withChange(trial, result)),
    ...(baseline === undefined ? {} : { baseline }),
  };
}

function isPaused({ settings }: SessionView): boolean {
  return settings.control?.command === "pause";
}

function isStopping({ settings }: SessionView): boolean {
  return settings.control?.command === "stop";
}

function sessionOf(session: SessionView, view: JournalView): SessionStatus {
  const { process, state, since, heard, settings, writer } = session;
  const told = !mayWork(session) ? state : isPaused(session) ? "paused" : isStopping(session) ? "stopping" : state;
  return {
    process,
    state: told,
    since,
    heard,
    running: view.running(writer),
    outside: settings.outside !== undefined,
    ...(session.reason === undefined ? {} : { reason: session.reason }),
    sampler: settings.sampler.name,
    ...(settings.pruner === undefined ? {} : { pruner: settings.pruner.name }),
    ...(isSearch(session) && settings.outside === undefined ? { evaluator: settings.evaluator! } : {}),
    ...(settings.workers === undefined ? {} : { workers: settings.workers }),
  };
}

function runningOf(trial: TrialRecord<unknown>, { fold }: JournalView, now: number): RunningStatus {
  const { number, attempt, params, startedAt = now, writer } = trial;
  const { process, settings } = fold.writers.get(writer)!;
  const elapsed = Math.max(0, now - startedAt);
  return { number, attempt, params, startedAt, elapsed, process, outside: settings.outside !== undefined };
}

function tally(trials: readonly TrialRecord<unknown>[]): Partial<Record<TrialState, number>> {
  const states: Partial<Record<TrialState, number>> = {};
  for (const { state, twin } of trials) if (twin === undefined) states[state] = (states[state] ?? 0) + 1;
  return states;
}

/** None while no trial has succeeded. */
function leadersOf(result: SearchResult): readonly FinishedTrial[] {
  try {
    return result.leaders;
  } catch (error) {
    if (isAttuneError(error)) return [];
    throw error;
  }
}

function withChange(trial: FinishedTrial, { baseline, objectives }: SearchResult): StudyStatus["best"][number] {
  const plain = JSON.parse(JSON.stringify(trial)) as FinishedTrial;
  if (baseline === undefined) return plain;
  const known = changes(trial, baseline, objectives).filter(({ relative }) => Number.isFinite(relative));
  return { ...plain, change: Object.fromEntries(known.map(({ name, relative }) => [name, relative])) };
}
