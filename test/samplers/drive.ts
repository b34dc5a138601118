import { createRandom } from "../../src/core/random.ts";
import type {
  Ask,
  Observation,
  Running,
  Sampler,
  SamplerFactory,
  Setting,
  Suggestion,
} from "../../src/core/sampler.ts";
import type { Space } from "../../src/space/space.ts";

/** Losses of a configuration, or the fate of a trial that has none. */
export type Judge<P> = (params: P, number: number) => readonly number[] | Observation["state"] | Partial<Observation>;

/** The least that a study does around a sampler: numbers, running trials, observations. */
export class Drive<P> {
  readonly space: Space<P>;
  readonly setting: Setting;
  readonly sampler: Sampler;
  readonly told: Observation[] = [];
  readonly running: Running[] = [];
  readonly warnings: string[] = [];
  #number = 0;
  readonly #held = new Set<string>();

  constructor(space: Space<P>, factory: SamplerFactory, setting: Partial<Setting> = {}) {
    this.space = space;
    this.setting = {
      cube: space.cube,
      objectives: 1,
      constraints: 0,
      random: createRandom(1),
      warn: (message) => this.warnings.push(message),
      ...setting,
    };
    this.sampler = factory.create(this.setting);
  }

  /** Asks as the trial with that number would. */
  peek(number: number = this.#number): Suggestion | "wait" | "exhausted" {
    const running = new Set(this.running.map(({ unit }) => this.#key(unit)));
    const ask: Ask = {
      number,
      running: this.running,
      random: createRandom(77).fork(number),
      taken: (unit) => running.has(this.#key(unit)) || this.#held.has(this.#key(unit)),
    };
    return this.sampler.ask(ask) as Suggestion | "wait" | "exhausted";
  }

  #key(unit: ArrayLike<number>): string {
    return String(this.space.rowAt(unit));
  }

  /** Starts a trial; undefined when there is nothing to start. */
  start(): Running | undefined {
    const answer = this.peek();
    if (typeof answer === "string") return undefined;
    const { memo, generation } = JSON.parse(JSON.stringify(answer)) as Suggestion;
    const unit = this.space.cube.settle(answer.unit)!;
    const running = { number: this.#number++, unit, ...(memo === undefined ? {} : { memo, generation }) } as Running;
    this.running.push(running);
    return running;
  }

  /** Finishes a running trial. */
  finish(trial: Running, judge: Judge<P>): void {
    if (this.running.includes(trial)) this.running.splice(this.running.indexOf(trial), 1);
    const verdict = judge(this.space.read(this.space.rowAt(trial.unit)), trial.number);
    const fate: Partial<Observation> =
      typeof verdict === "string"
        ? { state: verdict }
        : Array.isArray(verdict)
          ? { losses: verdict }
          : (verdict as object);
    const observation: Observation = {
      state: "complete",
      losses: [],
      constraints: [],
      cost: 1,
      duration: 1,
      reports: [],
      ...trial,
      ...fate,
    };
    this.told.push(observation);
    this.#held.add(this.#key(trial.unit));
    this.sampler.tell(observation);
  }

  /** One trial after the other until `trials` are done or the sampler answers with a word, which is returned. */
  run(judge: Judge<P>, trials: number = Infinity): "wait" | "exhausted" | undefined {
    for (let k = 0; k < trials; k++) {
      const trial = this.start();
      if (trial === undefined) return this.peek() as "wait" | "exhausted";
      this.finish(trial, judge);
    }
    return undefined;
  }
}
