import type { StudyEvent } from "../core/event.ts";
import type { GenerationEvent } from "../core/tracker.ts";
import { isFinal, type Trial } from "../core/trial.ts";

/** Tells from a study's events when the generations of its sampler start and end: a generation ends once a later one has started and none of its trials is left. */
export class Generations {
  /** The unfinished trials of generations that have not ended. */
  readonly #open = new Map<number, Set<Trial>>();
  #newest = -1;

  /** What happens before the event: the first trial of a generation starts it; the end of the search ends all. */
  before({ type, at }: StudyEvent, trial: Trial | undefined): GenerationEvent[] {
    if (type === "search-ended") return this.#end(at, () => true);
    if (type !== "trial-started" || trial?.generation === undefined) return [];
    const { generation } = trial;
    const known = this.#open.get(generation);
    known?.add(trial);
    if (known !== undefined || generation <= this.#newest) return [];
    this.#newest = generation;
    const over = this.#end(at, (trials) => trials.size === 0);
    this.#open.set(generation, new Set([trial]));
    return [...over, { type: "generation-started", at, generation }];
  }

  /** What happens after it: the last trial of an earlier generation ends that. */
  after({ type, at }: StudyEvent): GenerationEvent[] {
    if (type !== "trial-finished" && type !== "trial-started" && type !== "trial-rejected") return [];
    for (const trials of this.#open.values())
      for (const trial of trials) if (isFinal(trial.state)) trials.delete(trial);
    return this.#end(at, (trials, generation) => trials.size === 0 && generation < this.#newest);
  }

  #end(at: number, over: (trials: ReadonlySet<Trial>, generation: number) => boolean): GenerationEvent[] {
    const ended = [...this.#open].filter(([generation, trials]) => over(trials, generation));
    return ended.map(([generation]) => {
      this.#open.delete(generation);
      return { type: "generation-ended", at, generation };
    });
  }
}
