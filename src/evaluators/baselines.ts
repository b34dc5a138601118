import { statSync } from "node:fs";
import type { Retry } from "../core/attempt-policy.ts";
import { AttuneError } from "../core/errors.ts";
import type { Task } from "../core/evaluator.ts";
import { failed, type Outcome } from "../core/outcome.ts";
import { settledOrAborted } from "../system/waiting.ts";
import { removeTree } from "../system/removal.ts";
import type { Gate } from "./gate.ts";
import { driftOf, noiseOf, problemOf, type Reference, referenceOf } from "./normalized.ts";
import type { Repeated } from "./repeated.ts";
import { baselineDirectory } from "./runs.ts";
import { cancelled } from "./supervision.ts";

/** What the baselines of a search need. */
export interface BaselinesOptions<P> {
  readonly gate: Gate;
  /** Runs the task as often as an attempt does: the trial's own configuration, or the baseline in its place. */
  readonly run: (task: Task<P>, as: "trial" | "baseline") => Promise<Repeated>;
  /** The names of the objectives. */
  readonly names: readonly string[];
  /** After so many trials of a place its baseline is measured again. */
  readonly every: number;
  readonly retry: Retry;
  readonly log: (line: string, trial?: number) => void;
  /** The instance that they are measured on, where the objective has any. */
  readonly instance?: string | undefined;
}

interface Known {
  readonly reference: Reference;
  /** How many trials it was used for. */
  trials: number;
}

/**
 * The baselines of one search by place, each measured while nothing else of the search runs: before the first trial of
 * the place, and again after `every` trials.
 */
export class Baselines<P> {
  readonly #options: BaselinesOptions<P>;
  readonly #known = new Map<string, Known>();
  readonly #pending = new Map<string, Promise<unknown>>();
  /** Why there is no baseline at all. */
  #broken: AttuneError | undefined = undefined;

  constructor(options: BaselinesOptions<P>) {
    this.#options = options;
  }

  /** The baseline of the place of a task, measured by it if need be; else what becomes of the task. Rejects when no place has a baseline. */
  async at(place: string, task: Task<P>): Promise<Reference | Outcome> {
    const { every } = this.#options;
    for (;;) {
      if (this.#broken) throw this.#broken;
      const known = this.#known.get(place);
      if (known !== undefined && known.trials < every) {
        known.trials++;
        return known.reference;
      }
      const pending = this.#pending.get(place);
      const outcome = pending === undefined ? await this.#beside(place, task) : await waited(pending, task);
      if (outcome !== undefined) return outcome;
    }
  }

  /** Runs the trial that is the baseline: its outcome, which its place is measured by from now on. */
  async trial(place: string, task: Task<P>): Promise<Outcome> {
    return this.#alone(place, task, async () => {
      const repeated = await this.#options.run(task, "trial");
      const { outcome } = repeated;
      const mayRunAgain = outcome.state === "failed" && task.attempt <= this.#options.retry[outcome.failure.kind];
      if (!isResult(outcome) || mayRunAgain) return outcome;
      const problem = this.#learn(place, task, repeated);
      return problem === undefined ? outcome : this.#fail(place, problem);
    });
  }

  /** Measures the baseline in the place of a task that needs it; undefined when it is known now. */
  #beside(place: string, task: Task<P>): Promise<Outcome | undefined> {
    return this.#alone(place, task, async () => {
      const repeated = await this.#untilItHolds(task);
      if (!isResult(repeated.outcome)) return repeated.outcome;
      const problem = this.#learn(place, task, repeated);
      if (problem !== undefined) return this.#fail(place, problem);
      const dir = baselineDirectory(task);
      if (statSync(dir, { throwIfNoEntry: false }) !== undefined) await removeTree(dir);
      return undefined;
    });
  }

  /** Runs the baseline, and again where a failure of its kind has a retry left. */
  async #untilItHolds(task: Task<P>): Promise<Repeated> {
    for (let again = 0; ; again++) {
      const repeated = await this.#options.run(task, "baseline");
      const { outcome } = repeated;
      if (outcome.state !== "failed" || again >= this.#options.retry[outcome.failure.kind]) return repeated;
    }
  }

  /** Does some work while nothing else of the search runs, and the trials of that place wait for what it finds out. */
  async #alone<T>(place: string, { signal }: Task<P>, work: () => Promise<T>): Promise<T | Outcome> {
    let settle!: () => void;
    const over = new Promise<void>((resolve) => {
      settle = resolve;
    });
    this.#pending.set(place, over);
    const leave = await this.#options.gate.enter(signal, { alone: true });
    try {
      return leave === undefined ? cancelled(signal.reason) : await work();
    } finally {
      leave?.();
      if (this.#pending.get(place) === over) this.#pending.delete(place);
      settle();
    }
  }

  /** Takes an outcome for the baseline of a place, or says why it cannot be. */
  #learn(place: string, task: Task<P>, { outcome, runs }: Repeated): string | undefined {
    if (outcome.state === "failed") return `${outcome.failure.kind}: ${outcome.failure.message}`;
    if (outcome.state !== "complete") return `it was ${outcome.state}`;
    if (outcome.atLeast) return "it was cut off";
    const { names, log, instance } = this.#options;
    const where = instance === undefined ? place : `${place}, instance ${instance},`;
    const reference = referenceOf(outcome, place, names);
    const problem = problemOf(reference, runs);
    if (problem !== undefined) return problem;
    const before = this.#known.get(place)?.reference;
    const drift = before && driftOf(before, reference);
    if (drift !== undefined) log(`the baseline of ${where} has moved: ${drift}`, task.number);
    const noise = noiseOf(reference);
    if (noise !== undefined)
      log(
        `the baseline of ${where} varies, and all that is normalised by it: ${noise}; more \`repeats\` help`,
        task.number,
      );
    this.#known.set(place, { reference, trials: 0 });
    return undefined;
  }

  /** Without any baseline the search cannot go on; where only this place lacks one, the trial may run elsewhere. */
  #fail(place: string, problem: string): Outcome {
    if (this.#known.size > 0) return lostBaseline(place, problem);
    const { instance } = this.#options;
    const where = instance === undefined ? "" : ` on instance ${instance}`;
    throw (this.#broken ??= new AttuneError(
      "objective",
      `The baseline failed${where}, and nothing can be normalised: ${problem}`,
    ));
  }
}

/** The outcome of an attempt whose place gives no baseline. */
export function lostBaseline(place: string, problem: string): Outcome {
  return failed("lost", `the baseline failed on ${place}: ${problem}`);
}

/** Whether an outcome says something of the baseline: one that was cancelled does not. */
function isResult({ state }: Outcome): boolean {
  return state === "complete" || state === "failed" || state === "pruned";
}

async function waited(pending: Promise<unknown>, { signal }: Pick<Task, "signal">): Promise<Outcome | undefined> {
  try {
    await settledOrAborted(pending, signal);
    return undefined;
  } catch {
    return cancelled(signal.reason);
  }
}
