import { isCommand } from "../evaluators/command.ts";
import { expectedTime, type ObjectiveNoise, subjectOf, summaryOf } from "./check.ts";
import { prepare } from "./prepare.ts";
import { RepeatedTrial, type RunOnce } from "./repeated-trial.ts";
import type { StartOptions } from "./session.ts";
import type { AnySpec } from "./spec.ts";

/** What a short look at the baseline of a search tells. */
export interface Glance {
  readonly runs: number;
  /** Milliseconds of a run. */
  readonly duration: number;
  /** By objective; empty if there were too few runs to tell. */
  readonly noise: Readonly<Record<string, ObjectiveNoise>>;
  /** Milliseconds of the planned trials; undefined where none are planned. */
  readonly expected: number | undefined;
}

/** The runs that are enough, and the fewest that show noise. */
const [RUNS, NOISY] = [5, 3];
/** Milliseconds that a short look takes, the start of a worker aside. */
export const GLANCE = 1000;

/**
 * Runs the baseline for about a second, before a search does. Throws when it fails. Resolves with "none" where there is
 * no baseline, with "long" when its first run takes longer than that: it is ended then, unless nothing but its own
 * return can end it; and with "later" when it asks to be run again after that second. The search runs the baseline first in any case, and that trial will tell.
 */
export async function glance(
  spec: AnySpec,
  options: Pick<StartOptions, "module" | "workers" | "log">,
  signal: AbortSignal,
): Promise<Glance | "none" | "long" | "later"> {
  const prepared = await prepare(spec, options);
  if (prepared.baseline === undefined) return "none";
  const endless = prepared.chosen.info.isolates === "nothing" && !isCommand(spec.objective);
  await using trial = await RepeatedTrial.open(prepared, subjectOf(prepared));
  const runs: RunOnce[] = [];
  for (let spent = 0, last = 0; runs.length === 0 || (runs.length < RUNS && spent + last <= GLANCE); spent += last) {
    const within = endless || runs.length > 0 ? Infinity : GLANCE;
    const run = await trial.once(signal, { within, patience: Math.max(0, GLANCE - spent) });
    if (run === "later" && runs.length > 0) break;
    if (run === "later") return run;
    if (run === undefined) return "long";
    runs.push(run);
    last = run.duration;
  }
  const { duration, noise } = summaryOf(prepared, runs);
  return {
    runs: runs.length,
    duration: duration.median,
    noise: runs.length < NOISY ? {} : noise,
    expected: expectedTime(prepared, duration.median, trial.concurrency),
  };
}
