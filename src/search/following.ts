import { messageOf } from "../core/errors.ts";
import type { StudyEvent } from "../core/event.ts";
import type { StopReason } from "../core/stop-rule.ts";
import type { TrackedEvent, Tracker, TrackerDefinition, TrackerFactory, Watched } from "../core/tracker.ts";
import type { BareTask, Evaluator } from "../core/evaluator.ts";
import type { Trial } from "../core/trial.ts";
import { realClock } from "../system/clock.ts";
import * as trackers from "../trackers/index.ts";
import { Generations } from "./generations.ts";
import { withEnvironment } from "./lent-environment.ts";
import { pick } from "./registry.ts";

/** A tracker as a search takes it: a name, a configured one, or an instance. */
type TrackerSpec = string | TrackerFactory | Tracker;

interface Followed {
  readonly name: string;
  tracker: Tracker;
  complained: boolean;
}

/** The tracker of a name; what is configured already, as it is. */
export function trackerOf(spec: TrackerSpec): TrackerFactory | Tracker {
  return typeof spec === "string" ? definitionNamed(spec)() : spec;
}

/** The tracker of a name, not yet configured. */
export function definitionNamed(name: string): TrackerDefinition {
  return pick<TrackerDefinition>(trackers, "tracker", name);
}

/** Passes every event on to the trackers, and those of generations with them. What they throw is said once, and never harms the search. */
export class Following {
  readonly #trackers: Followed[] = [];
  readonly #warn: (message: string) => void;
  readonly #writer: string;
  readonly #generations = new Generations();
  readonly #pending = new Set<Promise<void>>();
  #ended = false;

  /** `writer` is the session whose start and end they hear. */
  constructor(given: readonly (TrackerFactory | Tracker)[], watched: Watched, writer: string) {
    this.#warn = watched.warn;
    this.#writer = writer;
    for (const factory of given) {
      const name = "info" in factory ? factory.info.name : factory.constructor.name;
      const followed: Followed = { name, tracker: nothing, complained: false };
      this.#guard(followed, () => {
        followed.tracker = "create" in factory ? factory.create(watched) : factory;
        this.#trackers.push(followed);
      });
    }
  }

  track(event: StudyEvent, trial: Trial | undefined): void {
    if (this.#trackers.length === 0) return;
    if ((event.type === "search-started" || event.type === "search-ended") && event.writer !== this.#writer) return;
    for (const before of this.#generations.before(event, trial)) this.#pass(before);
    this.#pass(event, trial);
    for (const after of this.#generations.after(event)) this.#pass(after);
    this.#ended ||= event.type === "search-ended";
  }

  #pass(event: TrackedEvent, trial?: Trial): void {
    for (const followed of this.#trackers) this.#guard(followed, () => followed.tracker.track(event, trial));
  }

  /** The evaluator, with whatever environment the trackers give to its attempts. */
  lending<P>(
    evaluator: Evaluator<P, BareTask<P>>,
    trialOf: (number: number) => Trial<P> | undefined,
  ): Evaluator<P, BareTask<P>> {
    const trackers = this.#trackers.map(({ tracker }) => tracker);
    return withEnvironment(evaluator, trackers, trialOf, (tracker, error) =>
      this.#complain(
        this.#trackers.find((followed) => followed.tracker === tracker)!,
        error,
      ),
    );
  }

  /** Waits for what the trackers still do, and closes them; of an end that the journal did not take they hear here. */
  async close(reason: StopReason | "error"): Promise<void> {
    if (!this.#ended)
      this.track({ type: "search-ended", at: realClock.now(), writer: this.#writer, reason }, undefined);
    await Promise.all(this.#pending);
    for (const followed of this.#trackers) this.#guard(followed, () => followed.tracker.close?.());
    await Promise.all(this.#pending);
  }

  #complain(followed: Followed, error: unknown): void {
    if (followed.complained) return;
    followed.complained = true;
    this.#warn(
      `the tracker \`${followed.name}\` failed: ${messageOf(error)}; the search goes on, further errors of it are not shown`,
    );
  }

  #guard(followed: Followed, work: () => void | PromiseLike<void>): void {
    const complain = (error: unknown): void => this.#complain(followed, error);
    try {
      const going = work();
      if (typeof going?.then !== "function") return;
      const done: Promise<void> = Promise.resolve(going)
        .catch(complain)
        .finally(() => this.#pending.delete(done));
      this.#pending.add(done);
    } catch (error) {
      complain(error);
    }
  }
}

const nothing: Tracker = { track: () => {} };
