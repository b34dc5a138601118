import { held } from "../core/clock.ts";
import type { BareTask, Evaluator } from "../core/evaluator.ts";
import type { Json } from "../core/json.ts";
import type { Tracker } from "../core/tracker.ts";
import type { Trial } from "../core/trial.ts";
import { realClock } from "../system/clock.ts";

/** Milliseconds that an attempt waits for what trackers have to say about its environment. */
const LIMIT = 1_000;
/** The same for the first attempt of a search, as a tracker may have to find its way first. */
const FIRST_LIMIT = 3_000;
/** Milliseconds for which one that took longer, or failed, is not asked again. */
const REST = 10_000;

/**
 * Asks trackers for the environment of each attempt before an evaluator gets it. Where none has anything to say, it is
 * the evaluator itself. `complain` is told once of each tracker that does not answer in time, and why another failed.
 */
export function withEnvironment<P>(
  evaluator: Evaluator<P, BareTask<P>>,
  trackers: readonly Tracker[],
  trialOf: (number: number) => Trial<P> | undefined,
  complain: (tracker: Tracker, error: unknown) => void,
): Evaluator<P, BareTask<P>> {
  const asked = trackers
    .filter((tracker) => tracker.environment !== undefined)
    .map((tracker) => new Asked(tracker, (error) => complain(tracker, error)));
  if (asked.length === 0) return evaluator;
  const { clock = realClock } = evaluator;
  return {
    clock,
    ...(evaluator.attach && {
      attach: (task: BareTask<P>, where: Json) => evaluator.attach!(task, where),
    }),
    get concurrency() {
      return evaluator.concurrency;
    },
    async evaluate(task) {
      const trial = trialOf(task.number);
      if (trial === undefined) return evaluator.evaluate(task);
      const found = await held(clock, () => Promise.all(asked.map((each) => each.environment(trial))));
      return evaluator.evaluate({ ...task, environment: Object.assign({}, ...found) as Record<string, string> });
    },
    watch: (changed) => evaluator.watch?.(changed),
    [Symbol.asyncDispose]: () => evaluator[Symbol.asyncDispose](),
  };
}

/** A tracker that is asked, but not for ever. */
class Asked {
  readonly #tracker: Tracker;
  readonly #complain: (error: unknown) => void;
  #restUntil = -Infinity;
  #limit = FIRST_LIMIT;

  constructor(tracker: Tracker, complain: (error: unknown) => void) {
    this.#tracker = tracker;
    this.#complain = complain;
  }

  async environment(trial: Trial): Promise<Readonly<Record<string, string>>> {
    if (realClock.now() < this.#restUntil) return {};
    const limit = this.#limit;
    this.#limit = LIMIT;
    const answered = new AbortController();
    let found: Readonly<Record<string, string>> | undefined;
    const answer = this.#ask(trial).then((environment) => {
      found = environment;
      answered.abort();
    });
    try {
      await Promise.race([answer, realClock.sleep(limit, answered.signal)]);
      if (found !== undefined) return found;
      answer.catch(() => {});
      throw new Error(`it said nothing about the environment of trial ${trial.number} within ${limit} ms`);
    } catch (error) {
      answered.abort();
      this.#restUntil = realClock.now() + REST;
      this.#complain(error);
      return {};
    }
  }

  async #ask(trial: Trial): Promise<Readonly<Record<string, string>>> {
    return this.#tracker.environment!(trial);
  }
}
