import type { StudyEvent } from "../core/event.ts";
import type { FinishedTrial } from "../core/trial.ts";
import type { Hear } from "./log.ts";
import type { TrialRecord } from "./record.ts";

type HearTrial<P> = (trial: FinishedTrial<P>) => void;
type HearEvent<P> = Hear<TrialRecord<P> | undefined>;

/** Who hears of a study's finished trials and of its events. */
export class Audience<P> {
  readonly #followers: HearTrial<P>[] = [];
  #listener: HearEvent<P> | undefined = undefined;
  /** What happened before anyone listened. */
  #unheard: Parameters<HearEvent<P>>[] | undefined = [];

  /** Tells the trials that are past, and keeps whom to tell of further ones. */
  follow(hear: HearTrial<P>, past: readonly TrialRecord<P>[]): void {
    for (const trial of past) hear(trial as FinishedTrial<P>);
    this.#followers.push(hear);
  }

  /** Tells what was kept, and whatever happens from now on. */
  listen(hear: HearEvent<P>): void {
    this.#listener = hear;
    for (const heard of this.#unheard ?? []) hear(...heard);
    this.forget();
  }

  /** Keeps nothing any more for those who come later. */
  forget(): void {
    this.#unheard = undefined;
  }

  finished(trial: TrialRecord<P>): void {
    for (const hear of this.#followers) hear(trial as FinishedTrial<P>);
  }

  happened(event: StudyEvent, trial: TrialRecord<P> | undefined): void {
    if (this.#listener) this.#listener(event, trial);
    else this.#unheard?.push([event, trial]);
  }
}
