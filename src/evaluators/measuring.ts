import type { AttemptPolicy } from "../core/attempt-policy.ts";
import type { Evaluator, Task, Workload } from "../core/evaluator.ts";
import type { Outcome } from "../core/outcome.ts";
import { placeOf } from "../core/place.ts";
import { thisHost } from "../system/host.ts";
import { Baselines } from "./baselines.ts";
import { Gate } from "./gate.ts";
import { interleaved } from "./interleaved.ts";
import { itself, normalizedBy } from "./normalized.ts";
import { type Repeated, repeated } from "./repeated.ts";
import { Runs } from "./runs.ts";
import { cancelled } from "./supervision.ts";

/** What measuring needs beside the evaluator. */
export interface MeasuringOptions<P> extends Pick<Workload, "names" | "log"> {
  readonly policy: Pick<AttemptPolicy, "repeats" | "normalize" | "retry">;
  /** The limit of a baseline that is measured beside a trial, in milliseconds: that of the search, whatever the trial's. */
  readonly timeout?: number | undefined;
  /** The parameters of the baseline; asked for when something is to be normalised. */
  readonly baseline: () => P;
}

/**
 * Makes of every attempt as many runs as `repeats` says, reduced to one outcome, and normalises it as `normalize` says:
 * by the baseline of its place, which is measured alone before, or by one that is measured in turn with it. An evaluator
 * of which neither is asked is returned as it is.
 */
export function measuring<P>(evaluator: Evaluator<P>, options: MeasuringOptions<P>): Evaluator<P> {
  const { repeats, normalize, retry } = options.policy;
  if (repeats.times === 1 && normalize === undefined) return evaluator;
  const { names, baseline, timeout } = options;
  const run = (task: Task<P>, as: "trial" | "baseline"): Promise<Repeated> => {
    if (as === "trial") {
      const runs = new Runs(evaluator, task);
      return repeated(() => runs.trial(), repeats);
    }
    const { timeout: _, ...rest } = task;
    const runs = new Runs(evaluator, timeout === undefined ? rest : { ...rest, timeout });
    return repeated(() => runs.baseline(baseline()), repeats);
  };
  const plain = async (task: Task<P>): Promise<Outcome> => (await run(task, "trial")).outcome;
  return {
    get concurrency() {
      return evaluator.concurrency;
    },
    clock: evaluator.clock,
    evaluate: normalize === undefined ? plain : normalizing(),
    watch: (changed) => evaluator.watch?.(changed),
    [Symbol.asyncDispose]: () => evaluator[Symbol.asyncDispose](),
  };

  function normalizing(): Evaluator<P>["evaluate"] {
    const { every, interleave } = normalize!;
    const { host } = thisHost().identity;
    const gate = new Gate();
    const log = (line: string, trial?: number): void => options.log(line, trial);
    const known = new Map<string | undefined, Baselines<P>>();
    const baselinesOf = (instance: string | undefined): Baselines<P> => {
      const there = known.get(instance) ?? new Baselines<P>({ gate, run, names, every, retry, log, instance });
      known.set(instance, there);
      return there;
    };
    const amongOthers = async (task: Task<P>, work: () => Promise<Outcome>): Promise<Outcome> => {
      const leave = await gate.enter(task.signal);
      if (leave === undefined) return cancelled(task.signal.reason);
      return work().finally(leave);
    };
    const inTurn = (task: Task<P>, place: string): Promise<Outcome> => {
      const runs = new Runs(evaluator, task);
      const pair = { trial: () => runs.trial(), baseline: () => runs.baseline(baseline()) };
      return interleaved(pair, { names, place, repeats });
    };
    return async (task) => {
      const place = placeOf(host, task.leases);
      const baselines = baselinesOf(task.instance?.name);
      if (task.baseline) return itself(await baselines.trial(place, task), { place, names, interleave });
      if (interleave) return amongOthers(task, () => inTurn(task, place));
      const reference = await baselines.at(place, task);
      if ("state" in reference) return reference;
      return normalizedBy(await amongOthers(task, () => plain(task)), reference);
    };
  }
}
