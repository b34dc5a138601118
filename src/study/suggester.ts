import { AttuneError } from "../core/errors.ts";
import type { SearchSettings, StudyDefinition } from "../core/event.ts";
import type { Random } from "../core/random.ts";
import type { Running, Sampler, SamplerFactory, Suggestion } from "../core/sampler.ts";
import type { Space } from "../space/space.ts";
import { bracketed } from "./brackets.ts";
import type { Fold } from "./fold.ts";
import { observe } from "./observe.ts";
import type { TrialRecord } from "./record.ts";
import type { Reserved } from "./reserved.ts";

/** What a suggester works with. */
export interface SuggesterParts<P> {
  readonly fold: Fold<P>;
  readonly definition: StudyDefinition;
  readonly space: Space<P>;
  readonly random: Random;
  readonly settings: SearchSettings;
  readonly sampler: SamplerFactory;
  /** The bracket of a trial, where the pruner has brackets. */
  readonly bracket: ((number: number) => number | undefined) | undefined;
  readonly warn: (message: string) => void;
}

/** How many own draws are tried before a finite space is listed. */
const OWN_DRAWS = 100;
const LISTED = 1_000_000;

/** Stands between the study and its sampler: tells it what finished, shows it what runs, and asks. */
export class Suggester<P> {
  readonly #parts: SuggesterParts<P>;
  readonly #reserved: Reserved;
  readonly #sampler: Sampler;
  readonly #finished: TrialRecord<P>[] = [];
  #told = 0;
  generation: number | undefined = undefined;

  constructor(parts: SuggesterParts<P>, reserved: Reserved) {
    this.#parts = parts;
    this.#reserved = reserved;
    const { space, definition, settings, random, warn } = parts;
    const create = parts.bracket === undefined ? parts.sampler.create : bracketed(parts.sampler, parts.bracket);
    this.#sampler = create({
      cube: space.cube,
      objectives: definition.objectives.length,
      constraints: Object.values(definition.constraints)
        .flatMap(({ min, max }) => [min, max])
        .filter((limit) => limit !== undefined).length,
      ...(settings.trials === undefined ? {} : { budget: settings.trials }),
      ...(settings.generations === undefined ? {} : { generations: settings.generations }),
      random: random.fork("sampler"),
      warn,
    });
  }

  /** Finished trials of the present definition, in the order in which they finished. */
  get finished(): readonly TrialRecord<P>[] {
    return this.#finished;
  }

  /** Trials that finished since the last call; the sampler is told at its next ask. */
  takeNews(): readonly TrialRecord<P>[] {
    const news = this.#parts.fold.news.splice(0);
    for (const trial of news) this.#finished.push(trial);
    return news;
  }

  /** Whether trials have finished of which the sampler was not told. */
  get behind(): boolean {
    return this.#told < this.#finished.length;
  }

  /** What the sampler suggests for a number. */
  async suggest(number: number): Promise<Suggestion | "wait" | "exhausted"> {
    const { fold, space, random, definition } = this.#parts;
    while (this.behind) {
      const trial = this.#finished[this.#told++]!;
      const observation = observe(definition, space, trial, this.wrote(trial));
      if (observation !== undefined) this.#sampler.tell(observation);
    }
    const running: Running[] = [];
    for (const n of fold.open) {
      const trial = fold.trials[n]!;
      if (trial.row === undefined) continue;
      const { generation, memo } = trial;
      running.push({ number: n, unit: space.unit(trial.row), ...(this.wrote(trial) ? { generation, memo } : {}) });
    }
    for (const [n, { row, event }] of this.#reserved.outstanding)
      if (!fold.open.has(n))
        running.push({ number: n, unit: space.unit(row), generation: event.generation, memo: event.memo });
    const taken = (unit: ArrayLike<number>): boolean => this.#taken(space.rowAt(unit));
    const answer = await this.#sampler.ask({ number, running, random: random.fork(number), taken });
    if (typeof answer === "string") return answer;
    if (answer.unit.length !== space.axes.length) {
      throw new AttuneError(
        "usage",
        `Expected the sampler \`${this.#parts.sampler.info.name}\` to give ${space.axes.length} coordinates, got ${answer.unit.length}`,
      );
    }
    if (answer.generation !== undefined) this.generation = answer.generation;
    return answer;
  }

  /** An untaken feasible configuration, whatever the sampler says. */
  ownDraw(number: number): Suggestion | "exhausted" {
    const { space, random } = this.#parts;
    const draws = random.fork("own").fork(number);
    const free = (unit: ArrayLike<number>): boolean => !this.#taken(space.rowAt(unit));
    const note = "drawn by the study: the sampler repeated itself";
    for (let i = 0; i < OWN_DRAWS; i++) {
      const unit = space.cube.draw(() => draws.uniform(), 0);
      if (free(unit)) return { unit, note };
    }
    const left = space.cube.points(LISTED)?.filter(free) ?? [];
    return left.length === 0 ? "exhausted" : { unit: left[draws.integer(left.length)]!, note };
  }

  /** Whether the trial's memo is this sampler's own: the same name and version. */
  wrote(trial: TrialRecord<P>): boolean {
    const wrote = this.#parts.fold.writers.get(trial.proposer)?.settings.sampler;
    const { name, version } = this.#parts.sampler.info;
    return wrote?.name === name && wrote.version === version;
  }

  /** Whether a trial holds the row, or a reservation of this session. */
  #taken(row: Float64Array): boolean {
    return this.#parts.fold.holder(row) !== undefined || this.#reserved.holder(row) !== undefined;
  }
}
