import type { Clock } from "../core/clock.ts";
import { AttuneError } from "../core/errors.ts";
import type { SearchSettings, StudyDefinition } from "../core/event.ts";
import type { Json } from "../core/json.ts";
import type { Random } from "../core/random.ts";
import type { Running, Sampler, SamplerFactory, Suggestion } from "../core/sampler.ts";
import type { Space } from "../space/space.ts";
import { type Fold, isClaim } from "./fold.ts";
import type { Log } from "./log.ts";
import { observe } from "./observe.ts";
import type { TrialRecord } from "./record.ts";

interface Parts<P> {
  readonly fold: Fold<P>;
  readonly log: Log<TrialRecord<P> | undefined>;
  readonly definition: StudyDefinition;
  readonly space: Space<P>;
  readonly random: Random;
  readonly writer: string;
  readonly clock: Clock;
  readonly settings: SearchSettings;
  readonly sampler: SamplerFactory;
  readonly warn: (message: string) => void;
}

/** After so many twins and refused suggestions in a row the study draws a configuration itself. */
const FREE_IN_A_ROW = 50;
/** How many own draws are tried before a finite space is listed. */
const OWN_DRAWS = 100;
const LISTED = 1_000_000;

/** Finds the next trial to run: what waits, else what the sampler suggests, settled, checked and journalled. */
export class Proposer<P> {
  readonly #parts: Parts<P>;
  readonly #sampler: Sampler;
  /** Numbers claimed and not used yet. */
  readonly #spare: number[] = [];
  readonly #finished: TrialRecord<P>[] = [];
  #told = 0;
  generation: number | undefined = undefined;
  ended: "trials" | "generations" | "exhausted" | undefined = undefined;

  constructor(parts: Parts<P>) {
    this.#parts = parts;
    const { space, definition, settings, random, warn } = parts;
    this.#sampler = parts.sampler.create({
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

  /** Claims of sessions that are gone are used before new ones are made. */
  adoptClaims(gone: (writer: string) => boolean): void {
    for (const trial of this.#parts.fold.trials) {
      if (isClaim(trial) && gone(trial.writer) && !this.#spare.includes(trial.number)) this.#spare.push(trial.number);
    }
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

  /** A trial that now runs; "wait"; or undefined when there is nothing more (`ended` says why). */
  async next(): Promise<TrialRecord<P> | "wait" | undefined> {
    const { fold, log, settings } = this.#parts;
    const budget = settings.trials;
    for (let free = 0; ;) {
      const full = budget !== undefined && fold.counted + fold.inFlight - this.#spare.length >= budget;
      const queued = fold.queue.find((number) => !full || fold.trials[number]!.source === "baseline");
      if (queued !== undefined) {
        const trial = await this.#run(fold.trials[queued]!);
        if (trial !== undefined) return trial;
        continue;
      }
      if (full) {
        if (fold.counted < budget) return "wait";
        this.ended = "trials";
        return undefined;
      }
      const claim =
        this.#spare.pop() ??
        (await log.append([{ type: "trial-created", at: this.#now(), writer: this.#parts.writer, ...this.#of() }]))!
          .number;
      if (!isClaim(fold.trials[claim]!)) continue;
      const answer = free < FREE_IN_A_ROW ? await this.#suggest(claim) : this.#ownDraw(claim);
      if (answer === "wait" || answer === "exhausted") {
        this.#spare.push(claim);
        if (answer === "wait" && fold.running.size > 0) return "wait";
        if (answer === "wait")
          throw new AttuneError("usage", `The sampler \`${this.#parts.sampler.info.name}\` waits while nothing runs`);
        this.ended =
          this.#parts.sampler.info.generational && settings.generations !== undefined ? "generations" : "exhausted";
        return undefined;
      }
      const trial = await this.#place(claim, answer);
      if (trial !== undefined) return trial;
      free++;
    }
  }

  #of(): { of?: number } {
    const { trials } = this.#parts.settings;
    return trials === undefined ? {} : { of: trials };
  }

  #now(): number {
    return this.#parts.clock.now();
  }

  /** Starts a trial that has parameters already. */
  async #run(trial: TrialRecord<P>): Promise<TrialRecord<P> | undefined> {
    const { fold, log, space, writer } = this.#parts;
    const { number } = trial;
    const row = trial.row ?? (space.problem(trial.given) === undefined ? space.row(trial.given as P) : undefined);
    if (row === undefined) {
      const reason = space.problem(trial.given) ?? "not in the space";
      await log.append([{ type: "trial-rejected", at: this.#now(), number, reason }]);
      return undefined;
    }
    const twin = trial.attempt === 0 ? fold.holder(row) : undefined;
    const event = { type: "trial-started", at: this.#now(), number, attempt: trial.attempt + 1, writer } as const;
    const params = trial.row === undefined ? { params: trial.given as Json } : {};
    await log.append([{ ...event, ...params, ...this.#of(), ...(twin === undefined ? {} : { twin }) }], row);
    return this.#mine(number, event.attempt);
  }

  /** The trial, if this session is the one that runs it. */
  #mine(number: number, attempt: number): TrialRecord<P> | undefined {
    const trial = this.#parts.fold.trials[number]!;
    const runs = trial.state === "running" && trial.twin === undefined && trial.attempt === attempt;
    return runs && trial.writer === this.#parts.writer ? trial : undefined;
  }

  async #suggest(number: number): Promise<Suggestion | "wait" | "exhausted"> {
    const { fold, space, random, definition } = this.#parts;
    while (this.#told < this.#finished.length) {
      const trial = this.#finished[this.#told++]!;
      const observation = observe(definition, space, trial, this.#wrote(trial));
      if (observation !== undefined) this.#sampler.tell(observation);
    }
    const running: Running[] = [];
    for (const n of fold.open) {
      const trial = fold.trials[n]!;
      if (trial.row === undefined) continue;
      const { generation, memo } = trial;
      running.push({ number: n, unit: space.unit(trial.row), ...(this.#wrote(trial) ? { generation, memo } : {}) });
    }
    const taken = (unit: ArrayLike<number>): boolean => fold.holder(space.rowAt(unit)) !== undefined;
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

  /** Whether the trial's memo is this sampler's own: the same name and version. */
  #wrote(trial: TrialRecord<P>): boolean {
    const wrote = this.#parts.fold.writers.get(trial.proposer)?.settings.sampler;
    const { name, version } = this.#parts.sampler.info;
    return wrote?.name === name && wrote.version === version;
  }

  /** An untaken feasible configuration, whatever the sampler says. */
  #ownDraw(number: number): Suggestion | "exhausted" {
    const { fold, space, random } = this.#parts;
    const draws = random.fork("own").fork(number);
    const free = (unit: ArrayLike<number>): boolean => fold.holder(space.rowAt(unit)) === undefined;
    const note = "drawn by the study: the sampler repeated itself";
    for (let i = 0; i < OWN_DRAWS; i++) {
      const unit = space.cube.draw(() => draws.uniform(), 0);
      if (free(unit)) return { unit, note };
    }
    const left = space.cube.points(LISTED)?.filter(free) ?? [];
    return left.length === 0 ? "exhausted" : { unit: left[draws.integer(left.length)]!, note };
  }

  /** Settles a suggestion and starts it; undefined when it was free: refused, or a twin. */
  async #place(
    number: number,
    { unit, generation, memo, note, again }: Suggestion,
  ): Promise<TrialRecord<P> | undefined> {
    const { fold, log, space, writer } = this.#parts;
    const row = space.rowAt(unit);
    const params = space.read(row) as Json;
    const at = this.#now();
    const passed = { ...(generation === undefined ? {} : { generation }), ...(memo === undefined ? {} : { memo }) };
    const reason = space.rules.length > 0 ? space.refusal(params as P) : undefined;
    if (reason !== undefined) {
      await log.append([{ type: "trial-rejected", at, number, reason, params, ...passed }]);
      return undefined;
    }
    const twin = again ? undefined : fold.holder(row);
    const extra = { ...(note === undefined ? {} : { note }), ...(twin === undefined ? {} : { twin }) };
    await log.append([{ type: "trial-started", at, number, attempt: 1, writer, params, ...passed, ...extra }], row);
    return this.#mine(number, 1);
  }
}
