import type { Pruner, PrunerFactory, Verdict } from "../core/pruner.ts";
import { createRandom } from "../core/random.ts";
import type { Observation, Report } from "../core/sampler.ts";

/** Trials side by side under a pruner: curves of all kinds, deterministic. */
export interface Race {
  readonly seed: number;
  /** @default 1 */
  readonly objectives?: number;
  /** How many trials run. @default 30 */
  readonly trials?: number;
  /** How many of them at a time. @default 3 */
  readonly workers?: number;
  /** Reports with NaN, repeated and out of order, and attempts that fail. @default false */
  readonly untidy?: boolean;
  /** The loss of a trial at a step, for all objectives. @default one that falls from about 1 to a level of its own */
  readonly loss?: (number: number, step: number) => number;
}

/** What a pruner was told, and what it said to each report. */
export interface Raced {
  readonly events: readonly (
    | { readonly number: number; readonly report: Report; readonly verdict: Verdict }
    | { readonly told: Observation }
  )[];
  readonly pruned: readonly number[];
}

const STEPS = 12;

/** Runs trials under a pruner. */
export function race(factory: PrunerFactory, options: Race): Raced {
  const { seed, objectives = 1, trials = 30, workers = 3, untidy = false } = options;
  const random = createRandom(seed);
  const pruner = startPruner(factory, objectives);
  const events: Raced["events"][number][] = [];
  const pruned: number[] = [];
  const running: { readonly number: number; readonly steps: number[]; reports: Report[]; failures: number }[] = [];
  const tell = (of: (typeof running)[number], state: Observation["state"]): void => {
    const told = observation(of.number, state, of.reports);
    events.push({ told });
    pruner.tell(told);
  };
  for (let next = 0; next < trials || running.length > 0;) {
    if (next < trials && running.length < workers) {
      const steps = Array.from({ length: STEPS }, (_, step) => (untidy ? random.integer(STEPS) : step));
      running.push({ number: next++, steps, reports: [], failures: 0 });
      continue;
    }
    const trial = running[random.integer(running.length)]!;
    const { number, steps } = trial;
    const step = steps.shift();
    const end = (state: Observation["state"]): void => {
      tell(trial, state);
      running.splice(running.indexOf(trial), 1);
    };
    if (step === undefined) end("complete");
    else if (untidy && random.uniform() < 0.02) {
      tell(trial, "failed"); // and is run again, once
      trial.reports = [];
      if (trial.failures++ > 0) running.splice(running.indexOf(trial), 1);
    } else {
      const loss = options.loss ?? ((n: number, s: number) => levelOf(seed, n) + Math.exp(-s / 3));
      const wild = (): number => (untidy && random.uniform() < 0.1 ? NaN : loss(number, step));
      const losses = Array.from({ length: objectives }, (_, k) => (1 + k * levelOf(seed, number + k)) * wild());
      const report = { step, losses, elapsed: 10 * trial.reports.length + 10 };
      trial.reports.push(report);
      const verdict = pruner.report(number, report);
      events.push({ number, report, verdict });
      if (verdict === "prune") {
        pruned.push(number);
        end("pruned");
      }
    }
  }
  return { events, pruned };
}

/** A new pruner of its own. */
export function startPruner(factory: PrunerFactory, objectives: number): Pruner {
  const directions = Array.from({ length: objectives }, () => "minimize" as const);
  return factory.create({ objectives, directions, random: createRandom(0), warn: () => {} });
}

function levelOf(seed: number, number: number): number {
  return createRandom(seed).fork(number).uniform();
}

function observation(number: number, state: Observation["state"], reports: readonly Report[]): Observation {
  const last = reports.at(-1)?.losses ?? [];
  return {
    number,
    state,
    unit: Float64Array.of(0),
    losses: state === "complete" ? last.map((loss) => (Number.isNaN(loss) ? 1 : loss)) : [],
    constraints: [],
    cost: 1,
    duration: 1,
    reports: [...reports],
    ...(state === "failed" ? { failure: "error" as const } : {}),
  };
}
