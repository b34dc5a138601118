import { existsSync } from "node:fs";
import { changes } from "../analysis/gain.ts";
import type { PairedGain } from "../analysis/paired.ts";
import { judge, type Judgement, type Look, looks, type Round, type ValidationReason } from "../analysis/validation.ts";
import { expectNumber, refuseUnknown, show, usage } from "../core/errors.ts";
import type { Failure } from "../core/outcome.ts";
import type { FinishedTrial, Values } from "../core/trial.ts";
import { locationOf } from "./parts.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { readJournal } from "./read-journal.ts";
import { refusal, RepeatedTrial, type RunOnce } from "./repeated-trial.ts";
import { SearchResult } from "./result.ts";
import type { StartOptions } from "./session.ts";
import type { AnySpec } from "./spec.ts";
import {
  type InstanceChange,
  instanceChanges,
  type InstanceRound,
  instancesToValidate,
  preparedOn,
  relativeTo,
  type ValidateOn,
} from "./validate-instances.ts";

/** How {@link Search.validate} goes about it. */
export interface ValidateOptions extends Pick<StartOptions, "module" | "log"> {
  /** How many of the best trials are measured again. @default 3 */
  readonly k?: number;
  /** How many rounds there are at most, at least 3; in a round the baseline and every candidate run once. @default 10 */
  readonly repeats?: number;
  /**
   * Of an objective with instances: the ones to measure on, those that trials saw (`over`), those that none of them saw
   * (`holdout`), or all. @default "holdout" where there is one, else "over"
   */
  readonly on?: ValidateOn;
  /** The level of all intervals together, from 0.5: nothing is kept that is no better in 1 − (1 − confidence)/2 of cases. @default 0.95 */
  readonly confidence?: number;
  /** Milliseconds after which no round begins. @default 600 000 */
  readonly maxTime?: number;
  /** Ends it: it rejects with the signal's reason, and nothing is left running. */
  readonly signal?: AbortSignal;
  /** Told after every round how many there were, and how many candidates are still measured. */
  readonly progress?: (rounds: number, measured: number) => void;
}

/** What became of one candidate. */
export interface Validated<P = unknown, V = Values> {
  readonly trial: FinishedTrial<P, V>;
  readonly kept: boolean;
  /**
   * `gain`: better than the baseline in some objective; `no-gain`: no difference is shown, or one on the holdout alone, for
   * which the trial was not chosen; `worse`: no gain, and worse in some;
   * `limit`: the median breaks a limit; `failed`: a run failed, after the search's retries.
   */
  readonly reason: ValidationReason;
  /** How many rounds were counted. */
  readonly rounds: number;
  /** Each objective beside the baseline, as measured now; none if it failed. */
  readonly gains: readonly PairedGain[];
  /** The limits that it breaks, with the medians. */
  readonly broken: Readonly<Record<string, number>>;
  readonly failure?: Failure;
  /** Of an objective with instances: each of them and each objective beside the baseline; none if it failed. */
  readonly instances?: readonly InstanceChange[];
}

/** What was measured again, and what is kept of it. */
export interface Validation<P = unknown, V = Values> {
  readonly baseline: P;
  /** Best first, as the search had them. */
  readonly candidates: readonly Validated<P, V>[];
  /** Those that are better than the baseline. */
  readonly kept: readonly FinishedTrial<P, V>[];
  readonly confidence: number;
  /** Which instances it was measured on, of an objective with instances. */
  readonly on?: ValidateOn;
  /** How many rounds there were, a first one that warms up left out. */
  readonly rounds: number;
  /** Why it ended: every candidate was clear, all rounds were run, or there was no more time. */
  readonly ended: "clear" | "repeats" | "time";
}

type Measurements = Pick<RunOnce, "values" | "reports">;

/** A candidate on its way. */
interface Candidate<P, V> {
  readonly trial: FinishedTrial<P, V>;
  readonly rounds: Round[];
  /** What was reported in these rounds. */
  readonly onInstances: InstanceRound[];
  verdict?: Validated<P, V>;
}

const OPTIONS = ["module", "log", "k", "repeats", "on", "confidence", "maxTime", "signal", "progress"] as const;
/** The fewest rounds, and the fewest that an interval can be had from. */
const [FEWEST, PAIRED] = [3, 2];

/** Measures the best trials again beside the baseline. Use {@link Search.validate}. */
export async function validate<P, V>(
  spec: AnySpec,
  from: SearchResult<P, V> | string | undefined,
  options: ValidateOptions = {},
): Promise<Validation<P, V>> {
  refuseUnknown("validate()", options, OPTIONS);
  const k = expectNumber("k", options.k ?? 3, { integer: true, low: 1 });
  const repeats = expectNumber("repeats", options.repeats ?? 10, { integer: true, low: FEWEST });
  const confidence = expectNumber("confidence", options.confidence ?? 0.95, { low: 0.5, high: 0.9999 });
  const maxTime = expectNumber("maxTime", options.maxTime ?? 600_000, { above: 0 });
  const { signal = new AbortController().signal, progress, module, log } = options;
  signal.throwIfAborted();
  const chosen = instancesToValidate(spec.objective, options.on);
  const whole = await prepare<P>(spec, {
    workers: 1,
    ...(module === undefined ? {} : { module }),
    ...(log === undefined ? {} : { log }),
  });
  const prepared = preparedOn(whole, chosen?.instances);
  const { baseline } = prepared;
  if (baseline === undefined)
    throw usage("Expected a baseline to compare with: give the search a `baseline`, or every parameter a `default`");
  const recorded = await resultOf<P, V>(from, spec);
  const candidates = candidatesOf(recorded, baseline, prepared, k);
  await using runner = await RepeatedTrial.open(prepared, { source: "baseline", params: baseline });
  const began = performance.now();
  const { objectives, constraints } = prepared.definition;
  const error = (1 - confidence) / candidates.length / objectives.length;
  const isRelative = chosen !== undefined && prepared.chosen.policy.normalize !== undefined;
  const terms = { names: objectives.map(({ name }) => name), reduce: chosen?.reduce };
  const besides = (run: Measurements, reference: Measurements): Round["trial"] =>
    isRelative ? relativeTo(run, reference.reports, terms) : run.values;
  const open = (): Candidate<P, V>[] => candidates.filter(({ verdict }) => verdict === undefined);

  /** Runs the baseline and every candidate that is not decided; every other round the other way round. */
  const round = async (seed: number, counted: boolean): Promise<void> => {
    const subjects: (Candidate<P, V> | undefined)[] = [undefined, ...open()];
    if (seed % 2 === 1) subjects.reverse();
    const measured = new Map<Candidate<P, V>, RunOnce>();
    let reference: Measurements = { values: {}, reports: [] };
    for (const candidate of subjects) {
      const params = candidate === undefined ? baseline : candidate.trial.params;
      const run = await runner.instead(params, { baseline: candidate === undefined, seed }, signal);
      if (!("failure" in run)) {
        if (candidate === undefined) reference = run;
        else measured.set(candidate, run);
      } else if (candidate === undefined) throw refusal("baseline", run.failure);
      else candidate.verdict = rejected(candidate, run.failure);
    }
    if (!counted) return;
    for (const [candidate, run] of measured) {
      candidate.rounds.push({ trial: besides(run, reference), baseline: besides(reference, reference) });
      candidate.onInstances.push({ trial: run.reports, baseline: reference.reports });
    }
  };
  const look = ({ share }: Pick<Look, "share">, isLast: boolean): void => {
    for (const candidate of open()) {
      const { rounds, trial } = candidate;
      if (rounds.length < PAIRED) {
        candidate.verdict = { trial, kept: false, reason: "no-gain", rounds: rounds.length, gains: [], broken: {} };
        continue;
      }
      const judgement = judge(rounds, { objectives, constraints, error: error * share });
      if (isLast || judgement.clear) candidate.verdict = decided(candidate, judgement);
    }
  };

  const plan = looks(repeats);
  await round(0, false);
  let rounds = 0;
  const isOver = (): boolean => performance.now() - began >= maxTime;
  while (rounds < repeats && open().length > 0 && !isOver()) {
    await round(++rounds, true);
    progress?.(rounds, open().length);
    const now = plan.find((each) => each.rounds === rounds);
    if (now !== undefined) look(now, rounds === repeats);
  }
  const ended = rounds === repeats ? "repeats" : open().length === 0 ? "clear" : "time";
  look(plan.at(-1)!, true);
  const decisions = candidates.map(({ verdict, onInstances }): Validated<P, V> => {
    if (chosen === undefined || onInstances.length === 0 || verdict!.reason === "failed") return verdict!;
    const found = { ...verdict!, instances: instanceChanges(onInstances, chosen.instances, objectives) };
    return chosen.on === "holdout" && isLuck(found, recorded) ? { ...found, kept: false, reason: "no-gain" } : found;
  });
  const kept = decisions.filter((each) => each.kept).map(({ trial }) => trial);
  const on = chosen === undefined ? {} : { on: chosen.on };
  return { baseline, candidates: decisions, kept, confidence, ...on, rounds, ended };
}

function decided<P, V>({ trial, rounds }: Candidate<P, V>, { reason, gains, broken }: Judgement): Validated<P, V> {
  return { trial, kept: reason === "gain", reason, rounds: rounds.length, gains, broken };
}

/** Whether a trial is better only where the search did not measure it: it was not chosen for that. */
function isLuck<P, V>({ kept, gains, trial }: Validated<P, V>, { baseline, objectives }: SearchResult<P, V>): boolean {
  if (!kept || baseline === undefined) return false;
  const before = changes(trial as FinishedTrial, baseline as FinishedTrial, objectives).filter(({ better }) => better);
  return !gains.some(({ name, better }) => better === "trial" && before.some((change) => change.name === name));
}

function rejected<P, V>({ trial, rounds }: Candidate<P, V>, failure: Failure): Validated<P, V> {
  return { trial, kept: false, reason: "failed", rounds: rounds.length, gains: [], broken: {}, failure };
}

async function resultOf<P, V>(
  from: SearchResult<P, V> | string | undefined,
  spec: AnySpec,
): Promise<SearchResult<P, V>> {
  if (from instanceof SearchResult) return from;
  const path = from ?? locationOf(spec.journal);
  if (typeof path !== "string" || (from === undefined && !existsSync(path)))
    throw usage(
      `Expected the result of a search or the path of its journal, got ${show(from)}; this search has no journal yet`,
    );
  return (await readJournal(path)).result as SearchResult<P, V>;
}

/** The best trials that are not the baseline itself; throws a usage error where there are none, or they are of another search. */
function candidatesOf<P, V>(
  result: SearchResult<P, V>,
  baseline: P,
  { space, definition }: Prepared<P>,
  k: number,
): Candidate<P, V>[] {
  const names = (objectives: typeof result.objectives): string =>
    objectives.map(({ name, direction }) => `${direction} ${name}`).join(", ");
  if (names(result.objectives) !== names(definition.objectives))
    throw usage(
      `Expected the result of a search with the objectives ${names(definition.objectives)}, got ${names(result.objectives)}`,
    );
  const rowOf = (params: P): string => space.row(params).join();
  const same = rowOf(baseline);
  const isOther = ({ params, source }: FinishedTrial<P, V>): boolean =>
    source !== "baseline" && (space.problem(params) !== undefined || rowOf(params) !== same);
  const top = result.top(Infinity).filter(isOther).slice(0, k);
  if (top.length === 0)
    throw usage("There is nothing to validate: no trial but the baseline succeeded within the limits");
  for (const { number, params } of top) {
    const problem = space.problem(params);
    if (problem !== undefined) throw usage(`Trial ${number} is not of this search: ${problem}`);
  }
  return top.map((trial) => ({ trial, rounds: [], onInstances: [] }));
}
