import type { Awaitable, Json } from "../../core/json.ts";
import type { Answer, Ask, Observation, Sampler, Setting } from "../../core/sampler.ts";
import type { Entry } from "./entries.ts";
import { Scene, type Situation } from "./situation.ts";

/** The choice is made again whenever as many more trials came to losses: 10, 15, 23, … */
const FIRST = 10;
const GROWTH = 1.5;
/** How much better another sampler must suit before it takes over. */
const MARGIN = 0.1;

/**
 * One sampler at a time, the one that suits best. When another one takes over, it is told everything from the first
 * trial on; of memos each gets back only its own.
 */
export class Handover implements Sampler {
  readonly #setting: Setting;
  readonly #entries: readonly Entry[];
  readonly #scene: Scene;
  /** For a sampler that takes over; undefined once none can, so that no trial is kept for nothing. */
  #told: Observation[] | undefined = [];
  #count = 0;
  #news: Observation[] = [];
  #entry: Entry;
  #sampler: Sampler;
  #next = FIRST;
  /** Which trial was the last before the present sampler, for the note. */
  #since = 0;

  constructor(setting: Setting, entries: readonly Entry[]) {
    this.#setting = setting;
    this.#entries = entries;
    this.#scene = new Scene(setting);
    this.#entry = this.#best(this.#scene.situation);
    this.#sampler = this.#create();
    this.#settle();
  }

  tell(observation: Observation): void {
    this.#news.push(observation);
  }

  ask(ask: Ask): Awaitable<Answer> {
    for (const observation of this.#news) this.#take(observation);
    this.#news = [];
    const running = ask.running.map((trial) => ({ ...trial, ...this.#own(trial.memo) }));
    const answer = this.#sampler.ask({ ...ask, running });
    return answer instanceof Promise ? answer.then((later) => this.#signed(later)) : this.#signed(answer);
  }

  /** An answer with the name of who gave it. */
  #signed(answer: Answer): Answer {
    if (typeof answer === "string") return answer;
    const { name } = this.#entry.sampler.info;
    const { memo, note } = answer;
    const by = note === undefined ? `by ${name}` : `by ${name}: ${note}`;
    return { ...answer, memo: memo === undefined ? [name] : [name, memo], note: `${by}${this.#reason()}` };
  }

  #take(observation: Observation): void {
    this.#count++;
    this.#told?.push(observation);
    this.#scene.add(observation);
    this.#sampler.tell({ ...observation, ...this.#own(observation.memo) });
    if (this.#told === undefined || this.#scene.measured < this.#next) return;
    while (this.#next <= this.#scene.measured) this.#next = Math.ceil(GROWTH * this.#next);
    const { situation } = this.#scene;
    const best = this.#best(situation);
    if (best === this.#entry || best.score(situation) < this.#entry.score(situation) + MARGIN) return;
    this.#entry = best;
    this.#since = this.#count;
    this.#sampler = this.#create();
    for (const earlier of this.#told) this.#sampler.tell({ ...earlier, ...this.#own(earlier.memo) });
    this.#settle();
  }

  /** The choice is final when no other sampler may ever suit better by the margin. */
  #settle(): void {
    const { situation } = this.#scene;
    const enough = this.#entry.score(situation) + MARGIN;
    if (
      this.#entry.lasting &&
      this.#entries.every((entry) => entry === this.#entry || (entry.outlook?.(situation) ?? 1) < enough)
    )
      this.#told = undefined;
  }

  /** The memo that the present sampler wrote, if it did; not the generation of another one. */
  #own(memo: Json | undefined): { memo?: Json } {
    const mine = Array.isArray(memo) && memo[0] === this.#entry.sampler.info.name && memo.length === 2;
    return mine ? { memo: memo[1]! } : { memo: undefined };
  }

  /** Said with the first trials of a sampler, as many as may run at a time. */
  #reason(): string {
    return this.#count > this.#since ? "" : `, because ${this.#entry.why}`;
  }

  #create(): Sampler {
    const { sampler } = this.#entry;
    return sampler.create({ ...this.#setting, random: this.#setting.random.fork(sampler.info.name) });
  }

  #best(situation: Situation): Entry {
    return this.#entries.reduce((best, entry) => (entry.score(situation) > best.score(situation) ? entry : best));
  }
}
