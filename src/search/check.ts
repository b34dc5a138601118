import { type Noise, noiseOf, smallestGain } from "../analysis/noise.ts";
import type { AttemptPolicy } from "../core/attempt-policy.ts";
import { expectNumber, refuseUnknown } from "../core/errors.ts";
import type { Limits, Objective } from "../core/objective.ts";
import type { Timeout } from "../core/timeout.ts";
import { medianOf } from "../math/median.ts";
import { isFeasible } from "../study/observe.ts";
import { timerStep } from "../system/stopwatch.ts";
import { checkAdvice } from "./check-advice.ts";
import { sampleFrom } from "./parts.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { RepeatedTrial, type RunOnce, type Subject } from "./repeated-trial.ts";
import type { StartOptions } from "./session.ts";
import type { AnySpec } from "./spec.ts";

/** How {@link Search.check} goes about it. */
export interface CheckOptions extends Pick<StartOptions, "module" | "workers" | "log"> {
  /** How often the configuration is run, one run after another; at least 2. @default 10, or what fits into `maxTime`, but 3 */
  readonly runs?: number;
  /** Milliseconds after which no run begins that need not. @default 60 000 */
  readonly maxTime?: number;
  /** Ends the check: it rejects with the signal's reason, and nothing is left running. */
  readonly signal?: AbortSignal;
}

/** What is known of a search before it runs. */
export interface CheckResult<P = unknown> {
  /** What was understood of the specification. */
  readonly search: {
    readonly parameters: number;
    /** How many configurations there are; undefined where a parameter is continuous. */
    readonly size: number | undefined;
    /** The number of `where` rules. */
    readonly rules: number;
    readonly objectives: readonly Objective[];
    readonly constraints: Limits;
    readonly sampler: string;
    readonly evaluator: string;
    readonly workers: number;
    readonly timeout: Timeout | undefined;
    /** The planned number of trials, where the search has one. */
    readonly trials: number | undefined;
    /** What trials may cost together. */
    readonly cost: number | undefined;
    readonly repeats: AttemptPolicy["repeats"];
    readonly normalize: AttemptPolicy["normalize"];
  };
  /** The configuration that was run: the baseline, else the first of `first`, else one drawn from the space. */
  readonly subject: Subject<P>;
  /** How often it was run by itself. */
  readonly runs: number;
  /** Milliseconds of a run: the first one, and the median of those that follow. */
  readonly duration: { readonly first: number; readonly median: number };
  /** The smallest step of this process' clock, in milliseconds. */
  readonly timerStep: number;
  /** The noise of each objective, and the smallest gain that the search can show in it. */
  readonly noise: Readonly<Record<string, ObjectiveNoise>>;
  /** How it is when all workers run it at once; undefined for one worker, or where there was no time for it. */
  readonly crowded: Crowded | undefined;
  /** Milliseconds that the planned trials take with these workers; undefined where none are planned. */
  readonly expected: number | undefined;
  /** What to think about before the search is started; one sentence each. */
  readonly advice: readonly string[];
}

/** {@link Noise}, and what follows for a search. */
export interface ObjectiveNoise extends Noise {
  /** How many samples a trial's value is the median of, where the objective returns samples. */
  readonly samples?: number;
  /** The smallest gain that the search shows in four of five cases, in the unit of the objective. */
  readonly smallestGain: number;
}

/** Runs of one configuration by all workers at once. */
export interface Crowded {
  readonly runs: number;
  /** The median duration over that of a run by itself. */
  readonly slowdown: number;
  /** The change of each objective's median against runs by themselves, as a share; 0 where that is not defined. */
  readonly change: Readonly<Record<string, number>>;
}

type Terms = Pick<Prepared<unknown>, "plan" | "definition">;

/** The number of runs that is aimed at, and the fewest. */
const [RUNS, FEWEST] = [10, 3];
/** The number of trials to think of when a search plans none. */
const TRIALS = 100;
/** How many runs by all workers at once are wanted at least. */
const CROWD = 4;
const NEVER = new AbortController().signal;

/** Runs one configuration several times, as the search would, and says what to expect. Use {@link Search.check}. */
export async function check<P>(spec: AnySpec, options: CheckOptions = {}): Promise<CheckResult<P>> {
  refuseUnknown("check()", options, ["module", "workers", "log", "runs", "maxTime", "signal"]);
  if (options.runs !== undefined) expectNumber("runs", options.runs, { integer: true, low: 2 });
  const maxTime = expectNumber("maxTime", options.maxTime ?? 60_000, { above: 0 });
  const { runs: wanted, signal = NEVER } = options;
  const prepared = await prepare<P>(spec, options);
  const began = performance.now();
  const timeFor = (ms: number): boolean => performance.now() - began + ms <= maxTime;
  await using trial = await RepeatedTrial.open(prepared, subjectOf(prepared));
  const runs: RunOnce[] = [];
  while (wanted === undefined ? runs.length < FEWEST || (runs.length < RUNS && timeFor(0)) : runs.length < wanted)
    runs.push((await trial.once(signal)) as RunOnce);
  const alone = summaryOf(prepared, runs);
  const crowded = timeFor(3 * alone.duration.median) ? await crowd(prepared, trial, alone, signal) : undefined;
  return resultOf(prepared, trial, alone, runs, crowded);
}

/** The configuration to run. */
export function subjectOf<P>({ baseline, first, space, definition }: Prepared<P>): Subject<P> {
  if (baseline !== undefined) return { source: "baseline", params: baseline };
  if (first.length > 0) return { source: "first", params: first[0]! };
  return { source: "drawn", params: sampleFrom(space, definition.seed, 1)[0]! };
}

/** What several runs amount to. */
export interface Summary {
  readonly duration: CheckResult["duration"];
  readonly noise: CheckResult["noise"];
}

/** The first run of four or more is left out: it warms up. */
export function summaryOf({ plan, definition }: Terms, runs: readonly RunOnce[]): Summary {
  const warm = runs.length > FEWEST ? runs.slice(1) : runs;
  const trials = (plan.planned ?? TRIALS) + 1;
  const noise = definition.objectives.map(({ name }) => {
    const measured = warm.map(({ values }) => values[name]!);
    const found = noiseOf(measured);
    const { samples } = measured[0]!;
    const gain = smallestGain({ noise: found, trials });
    return [name, { ...found, ...(samples === undefined ? {} : { samples }), smallestGain: gain }] as const;
  });
  return {
    duration: { first: runs[0]!.duration, median: median(warm.map(({ duration }) => duration)) },
    noise: Object.fromEntries(noise),
  };
}

/**
 * Milliseconds that the planned trials take, or those that the space has; `slowdown` is how much longer each takes beside
 * others. With interleaved baselines each takes twice as long.
 */
export function expectedTime(
  { plan, space, chosen }: Pick<Prepared<unknown>, "plan" | "space"> & Partial<Pick<Prepared<unknown>, "chosen">>,
  ms: number,
  workers: number,
  slowdown = 1,
): number | undefined {
  if (plan.planned === undefined) return undefined;
  const each = chosen?.policy.normalize?.interleave ? 2 * ms : ms;
  return Math.ceil(Math.min(plan.planned, space.size) / workers) * each * Math.max(1, slowdown);
}

async function crowd<P>(
  { definition }: Prepared<P>,
  trial: RepeatedTrial<P>,
  alone: Summary,
  signal: AbortSignal,
): Promise<Crowded | undefined> {
  const workers = trial.concurrency;
  if (workers < 2) return undefined;
  const during = ` while ${workers} ran at once`;
  const round = (): Promise<RunOnce[]> =>
    Promise.all(Array.from({ length: workers }, async () => (await trial.once(signal, { during })) as RunOnce));
  await round(); // starts the other workers
  const runs: RunOnce[] = [];
  while (runs.length < CROWD) runs.push(...(await round()));
  const change = definition.objectives.map(({ name }) => {
    const { value } = alone.noise[name]!;
    const beside = median(runs.map(({ values }) => values[name]!.value));
    return [name, value === 0 ? 0 : (beside - value) / Math.abs(value)] as const;
  });
  return {
    runs: runs.length,
    slowdown: median(runs.map(({ duration }) => duration)) / alone.duration.median,
    change: Object.fromEntries(change),
  };
}

function resultOf<P>(
  prepared: Prepared<P>,
  { subject, concurrency: workers }: RepeatedTrial<P>,
  alone: Summary,
  runs: readonly RunOnce[],
  crowded: Crowded | undefined,
): CheckResult<P> {
  const { space, chosen, sampler, plan, timeout, definition } = prepared;
  const { objectives, constraints } = definition;
  const result = {
    search: {
      parameters: space.axes.filter(({ name }) => !name.endsWith("?")).length,
      size: space.size === Infinity ? undefined : space.size,
      rules: space.rules.length,
      objectives,
      constraints,
      sampler: sampler.info.name,
      evaluator: chosen.info.name,
      workers,
      timeout,
      trials: plan.planned,
      cost: plan.cost,
      repeats: chosen.policy.repeats,
      normalize: chosen.policy.normalize,
    },
    subject,
    runs: runs.length,
    ...alone,
    timerStep: timerStep(),
    crowded,
    expected: expectedTime(prepared, alone.duration.median, workers, crowded?.slowdown),
  };
  const feasible = runs.every(({ values }) => isFeasible(definition, values));
  return { ...result, advice: checkAdvice(result, feasible) };
}

function median(values: readonly number[]): number {
  return medianOf(Float64Array.from(values).sort());
}
