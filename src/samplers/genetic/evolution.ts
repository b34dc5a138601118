import type { Answer, Ask, Observation, Sampler, Setting } from "../../core/sampler.ts";
import { breed, type Breeder, chooseParents, drawNew } from "./breeding.ts";
import { Generation } from "./generation.ts";
import { type Individual, individual } from "./individual.ts";
import { type GeneticOptions, sizesOf, steeredDirections } from "./pool.ts";
import { Seen } from "../seen.ts";
import { type Survival, survival } from "./survival.ts";
import { variation } from "./variation.ts";

/** The share of a pool that must pass before its generation closes. */
const PASS = 0.2;
/** How often a generation is refilled at most. */
const REFILLS = 10;

/**
 * The generational search as a fold over what was told: generations close, and the next ones are bred, at fixed places
 * in the order of observations, with randomness that belongs to the generation. When and how often it is asked, and by
 * which trial, changes nothing.
 */
export class Evolution implements Sampler {
  readonly #setting: Setting;
  readonly #sizes: { readonly pool: number; readonly cull: number };
  readonly #largeFailPool: boolean;
  readonly #breeder: Breeder;
  readonly #survive: Survival;
  /** Told and not yet looked at. */
  #news: Observation[] = [];
  /** Complete since the last generation closed, by configuration. */
  #fresh = new Map<number, Individual>();
  #population: Individual[] = [];
  #parents: Individual[] = [];
  #current: Generation | undefined;
  #replaced = 0;

  constructor(setting: Setting, options: GeneticOptions) {
    const { mutateRate = 0.25, priorShare = 0.9, largeFailPool = true, weights } = options;
    const { cube, objectives } = setting;
    this.#setting = setting;
    this.#sizes = sizesOf(options, objectives);
    this.#largeFailPool = largeFailPool;
    // With a wide front parents far apart have little to trade, so half of the pairs stay near: measured on DTLZ1–3.
    const spread = variation(cube.axes, objectives > 2 ? 0.5 : 1, priorShare);
    this.#breeder = { cube, seen: new Seen(), variation: spread, mutateRate, priorShare };
    this.#survive = survival(steeredDirections(objectives, this.#sizes.pool, weights));
    this.#current = this.#begin(0);
  }

  /** The survivors of the last closed generation. */
  get population(): readonly Individual[] {
    this.#catchUp();
    return this.#population;
  }

  tell(observation: Observation): void {
    this.#news.push(observation);
  }

  ask({ running }: Pick<Ask, "running">): Answer {
    this.#catchUp();
    const current = this.#current;
    if (current === undefined) return "exhausted";
    const out = new Set<number>();
    for (const { memo } of running) {
      const index = current.indexOf(memo);
      if (index !== undefined) out.add(index);
    }
    const next = current.next(out);
    if (next === undefined) return "wait";
    return { unit: next.unit, generation: current.number, memo: [current.number, next.index] };
  }

  #catchUp(): void {
    const news = this.#news;
    if (news.length === 0) return;
    this.#news = [];
    for (const observation of news) {
      this.#take(observation);
      while (this.#current?.told) this.#finish(this.#current);
    }
  }

  #take(observation: Observation): void {
    const { seen } = this.#breeder;
    const { state, unit, memo } = observation;
    const key = seen.keyOf(unit);
    seen.addKey(key);
    const index = this.#current?.indexOf(memo);
    const member = individual(observation, key, this.#setting.objectives);
    if (member !== undefined) this.#fresh.set(key, member);
    if (this.#current === undefined || index === undefined) return;
    if (state === "rejected") return this.#replace(this.#current, index);
    if (state === "complete" || member !== undefined) this.#current.passed++;
    this.#current.close(index);
  }

  #replace(generation: Generation, index: number): void {
    const random = this.#setting.random.fork(generation.number).fork(`replacement ${this.#replaced++}`);
    const point = drawNew(this.#breeder, random);
    if (point === undefined) generation.close(index);
    else generation.replace(index, point);
  }

  /** Every point of the generation is told: refills it, or closes it and begins the next one. */
  #finish(generation: Generation): void {
    if (this.#refill(generation)) return;
    const random = this.#setting.random.fork(generation.number + 1);
    const merged = new Map(this.#population.map((member) => [member.key, member]));
    for (const [key, member] of this.#fresh) merged.set(key, member);
    this.#fresh = new Map();
    this.#population = this.#survive([...merged.values()], this.#sizes.pool, random.fork("survival"));
    this.#parents = chooseParents(this.#population, this.#sizes.cull, random.fork("parents"));
    this.#current = this.#begin(generation.number + 1);
  }

  /** The next generation; undefined when there is none. */
  #begin(number: number): Generation | undefined {
    if (number >= (this.#setting.generations ?? Infinity)) return undefined;
    const random = this.#setting.random.fork(number).fork("offspring");
    const points = breed(this.#breeder, this.#parents, this.#sizes.pool, random);
    return points.length === 0 ? undefined : new Generation(number, points);
  }

  #refill(generation: Generation): boolean {
    const { pool } = this.#sizes;
    const missing = Math.ceil(PASS * pool) - generation.passed;
    if (missing <= 0) return false;
    const passes = `${generation.passed} of ${generation.size} trials of generation ${generation.number} passed`;
    if (generation.refills === REFILLS) {
      this.#setting.warn(`Only ${passes} after ${REFILLS} refills: it closes with less than 20 % of its pool`);
      return false;
    }
    const random = this.#setting.random.fork(generation.number).fork(`refill ${++generation.refills}`);
    const points = breed(this.#breeder, this.#parents, this.#largeFailPool ? pool : missing, random);
    if (points.length === 0) return false;
    this.#setting.warn(`Only ${passes}, less than 20 % of its pool: ${points.length} more are tried`);
    generation.extend(points);
    return true;
  }
}
