import type { Random } from "../../core/random.ts";
import type { Answer, Ask, Observation, Sampler, Setting } from "../../core/sampler.ts";
import { type Individual, individual } from "../genetic/individual.ts";
import type { Survival } from "../genetic/survival.ts";
import type { Variation } from "../genetic/variation.ts";
import { sobolSequence } from "../qmc/sequence.ts";
import { type Spread, spreadOver } from "../qmc/spread.ts";
import { Seen } from "../seen.ts";
import { drawUntaken } from "../untaken.ts";

/** How often an offspring that is refused or taken is changed before a draw takes its place. */
const CHANGES = 8;
/** How many second parents are looked at for one of the same branch. */
const MATES = 4;

/** What makes one evolution differ from another. */
export interface Evolving {
  /** How many survive. */
  readonly population: number;
  /** How many new results there are before a selection. */
  readonly batch: number;
  readonly mutateRate: number;
  readonly priorShare: number;
  readonly variation: Variation;
  readonly survive: Survival;
}

/**
 * Evolution without generations: every ask breeds one offspring of the present population, every so many results the
 * best of population and results survive. A result counts whenever it comes, and no worker waits for another.
 */
export class SteadyEvolution implements Sampler {
  readonly #setting: Setting;
  readonly #evolving: Evolving;
  readonly #spread: Spread;
  readonly #seen = new Seen();
  readonly #members = new Map<number, Individual>();
  #population: Individual[] = [];
  #fresh: Individual[] = [];
  #news: Observation[] = [];
  #told = 0;
  #selections = 0;

  constructor(setting: Setting, evolving: Evolving) {
    this.#setting = setting;
    this.#evolving = evolving;
    const sequence = sobolSequence("owen", setting.random.fork("startup"));
    this.#spread = spreadOver(setting.cube, sequence, evolving.priorShare);
  }

  /** Those that survived the last selection. */
  get population(): readonly Individual[] {
    this.#catchUp();
    return this.#population;
  }

  tell(observation: Observation): void {
    this.#news.push(observation);
  }

  ask(ask: Ask): Answer {
    this.#catchUp();
    const start = this.#told < this.#evolving.population || this.#population.length < 2;
    const unit = start ? this.#spread(ask) : this.#offspring(ask);
    return unit === undefined ? "exhausted" : { unit };
  }

  #catchUp(): void {
    for (const observation of this.#news) this.#take(observation);
    this.#news = [];
  }

  #take(observation: Observation): void {
    if (observation.state === "rejected") return;
    this.#told++;
    const { population, batch, survive } = this.#evolving;
    const member = individual(observation, this.#seen.keyOf(observation.unit), this.#setting.objectives);
    if (member !== undefined) this.#fresh.push(member);
    if (this.#told < population || this.#fresh.length < (this.#population.length === 0 ? 2 : batch)) return;
    this.#members.clear();
    for (const member of this.#population) this.#members.set(member.key, member);
    for (const member of this.#fresh) this.#members.set(member.key, member);
    this.#fresh = [];
    const random = this.#setting.random.fork(`selection ${this.#selections++}`);
    this.#population = survive([...this.#members.values()], population, random);
  }

  #offspring(ask: Ask): Float64Array | undefined {
    const { cube } = this.#setting;
    const { variation, mutateRate, priorShare } = this.#evolving;
    const { random, taken } = ask;
    const a = this.#tournament(random);
    let b = this.#tournament(random);
    for (let mates = 1; mates < MATES && (b === a || variation.branch(a.unit) !== variation.branch(b.unit)); mates++)
      b = this.#tournament(random);
    const raw = variation.child(a.unit, b.unit, random);
    if (random.uniform() < mutateRate) variation.mutate(raw, random);
    for (let changes = 0; changes < CHANGES; changes++) {
      const unit = cube.settle(raw);
      if (unit !== undefined && !taken(unit)) return unit;
      variation.mutate(raw, random);
    }
    return drawUntaken(cube, ask, priorShare);
  }

  /** The better of two: by violation, rank, then distance (Deb 2002, the crowded-comparison operator). */
  #tournament(random: Random): Individual {
    const a = this.#population[random.integer(this.#population.length)]!;
    const b = this.#population[random.integer(this.#population.length)]!;
    return a.violation - b.violation || a.rank - b.rank || a.distance - b.distance <= 0 ? a : b;
  }
}
