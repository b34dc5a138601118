import { expectNumber, show, usage } from "../../core/errors.ts";
import type { Task } from "../../core/evaluator.ts";
import { FAILURE_KINDS, type FailureKind } from "../../core/outcome.ts";
import { createRandom, type Random } from "../../core/random.ts";

/** An attempt, as the functions that plan its time see it. */
export interface SimulatedTrial<P = unknown> extends Pick<
  Task<P>,
  "number" | "attempt" | "params" | "baseline" | "seed" | "instance"
> {
  /** Randomness of this attempt's own, a fresh stream in each function: the same in every simulation of the same seed. */
  readonly random: Random;
}

/** What passes, and what goes wrong, in simulated time. A number stands for a function that always gives it. */
export interface SimulatedTimes {
  /**
   * Milliseconds that an attempt takes before its objective is called. Annotate the trial for typed parameters:
   * `({ params }: SimulatedTrial<{ size: number }>) => 60_000 * params.size`.
   * @default whole milliseconds, uniform from 1000 to 5000; 0 where `step` is given
   */
  readonly duration?: number | ((trial: SimulatedTrial<never>) => number);
  /** Milliseconds that pass before each report of the objective that it awaits, by its step. @default 0 */
  readonly step?: number | ((trial: SimulatedTrial<never>, step: number) => number);
  /**
   * The kind of failure that an attempt comes to after its `duration`, instead of calling its objective; undefined for
   * none. A number is the share of attempts that crash. @default 0
   */
  readonly failure?: number | ((trial: SimulatedTrial<never>) => FailureKind | undefined);
}

/** The names of {@link SimulatedTimes}. */
export const SIMULATED_TIMES: readonly (keyof SimulatedTimes)[] = ["duration", "step", "failure"];

type Trial = Omit<SimulatedTrial, "random">;

/** {@link SimulatedTimes}, checked and complete. What its functions give is checked as well: they throw usage errors. */
export class Plan {
  readonly #times: SimulatedTimes;

  constructor(times: SimulatedTimes) {
    for (const name of SIMULATED_TIMES) {
      const given = times[name];
      if (given === undefined || typeof given === "function") continue;
      expectNumber(name, given, name === "failure" ? { low: 0, high: 1 } : { low: 0 });
    }
    this.#times = times;
  }

  duration(trial: Trial): number {
    const { duration = this.#times.step === undefined ? usual : 0 } = this.#times;
    return this.#time("duration", trial, duration);
  }

  step(trial: Trial, step: number): number {
    return this.#time("step", trial, this.#times.step ?? 0, step);
  }

  failure(trial: Trial): FailureKind | undefined {
    const { failure = 0 } = this.#times;
    if (failure === 0) return undefined;
    const full = seen(trial, "failure");
    if (typeof failure === "number") return full.random.uniform() < failure ? "crash" : undefined;
    const kind = failure(full);
    if (kind !== undefined && !FAILURE_KINDS.includes(kind))
      throw usage(
        `Expected \`failure\` of trial ${trial.number} to be one of ${FAILURE_KINDS.join(", ")}, got ${show(kind)}`,
      );
    return kind;
  }

  #time(
    name: "duration" | "step",
    trial: Trial,
    given: number | ((trial: SimulatedTrial<never>, step: number) => number),
    step = 0,
  ): number {
    if (typeof given === "number") return given;
    return expectNumber(`${name} of trial ${trial.number}`, given(seen(trial, name), step), { low: 0 });
  }
}

function usual({ random }: SimulatedTrial<never>): number {
  return 1000 + random.integer(4001);
}

/** Any function may be given: which parameters there are is known to whoever wrote the space. */
function seen({ number, attempt, params, baseline, seed, instance }: Trial, stream: string): SimulatedTrial<never> {
  let random: Random | undefined;
  return {
    number,
    attempt,
    params: params as never,
    baseline,
    seed,
    ...(instance === undefined ? {} : { instance }),
    get random() {
      return (random ??= createRandom(seed)
        .fork(attempt)
        .fork(instance === undefined ? stream : `${stream} ${instance.name}`));
    },
  };
}
