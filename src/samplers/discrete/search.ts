import type { Random } from "../../core/random.ts";
import type { Answer, Ask, Observation, Sampler, Setting } from "../../core/sampler.ts";
import { logImprovement } from "../../math/log-improvement.ts";
import { sobolSequence } from "../qmc/sequence.ts";
import { type Spread, spreadOver } from "../qmc/spread.ts";
import { Seen } from "../seen.ts";
import { drawUntaken } from "../untaken.ts";
import type { DiscreteOptions } from "./discrete.ts";
import { Features } from "./features.ts";
import { Neighbourhood } from "./neighbourhood.ts";

import { fitKernel, type KernelLogs, type Sample, Surrogate } from "./surrogate.ts";
import { Told } from "./told.ts";

/** How many trials at most the model looks at, and its kernel is fitted to. */
const MOST = 200;
const MOST_OF_FIT = 120;
/** How many of the best have their neighbours looked at, and how many draws are looked at besides. */
const CENTRES = 4;
const DRAWS = 50;
/** How often the neighbours of the best candidate are looked at in turn. */
const CLIMBS = 3;
/** The kernel is fitted again after so large a share of new trials. */
const GROWTH = 1.2;

/** Bayesian optimisation with a kernel for categories, and a local search for the next point. */
export class Discrete implements Sampler {
  readonly #setting: Setting;
  readonly #startup: number;
  readonly #priorShare: number;
  readonly #spread: Spread;
  readonly #features: Features;
  readonly #surrogate: Surrogate;
  readonly #neighbourhood: Neighbourhood;
  readonly #told: Told;
  readonly #random: Random;
  #news: Observation[] = [];
  /** The kernel, and the number of trials that it was fitted to. */
  #logs: KernelLogs | undefined;
  #fitted = 0;

  constructor(setting: Setting, { startup = 5, priorShare = 0.9 }: DiscreteOptions) {
    const { cube, objectives, random } = setting;
    this.#setting = setting;
    this.#startup = startup;
    this.#priorShare = priorShare;
    this.#spread = spreadOver(cube, sobolSequence("owen", random.fork("startup")), priorShare);
    this.#features = new Features(cube.axes);
    this.#surrogate = new Surrogate(this.#features);
    this.#neighbourhood = new Neighbourhood(cube);
    this.#told = new Told(objectives);
    this.#random = random.fork("discrete");
  }

  tell(observation: Observation): void {
    this.#news.push(observation);
  }

  ask(ask: Ask): Answer {
    for (const observation of this.#news) if (observation.state !== "rejected") this.#told.add(observation);
    this.#news = [];
    const unit =
      this.#told.measured < this.#startup
        ? this.#spread(ask)
        : (this.#propose(ask) ?? drawUntaken(this.#setting.cube, ask, this.#priorShare));
    return unit === undefined ? "exhausted" : { unit };
  }

  /** The untaken candidate with the greatest expected improvement; undefined where there is no candidate. */
  #propose(ask: Ask): Float64Array | undefined {
    const told = this.#told;
    const ranking = told.ranking(told.size, ask.random);
    const indices = ranking.sample(MOST);
    const means = this.#surrogate.condition(this.#sample(indices, ranking.scores(indices)), this.#kernel());
    const target = means.reduce((least, mean) => Math.min(least, mean), Infinity);
    for (const { unit } of ask.running) this.#surrogate.suppose(this.#row(unit));

    const candidates = new Candidates(ask, this.#setting.cube.size === Infinity);
    for (const i of ranking.order.slice(0, CENTRES)) {
      candidates.add(this.#neighbourhood.one(told.unit(i), ask.random));
      candidates.add(this.#neighbourhood.two(told.unit(i), ask.random));
    }
    candidates.add(this.#draws(ask.random));
    for (let climbs = 0; ; climbs++) {
      this.#score(candidates, target);
      const next = climbs < CLIMBS ? candidates.bestUnclimbed() : undefined;
      if (next === undefined) break;
      candidates.add(this.#neighbourhood.one(next, ask.random));
    }
    return candidates.best();
  }

  /** The kernel for what was told, fitted to the trials up to the last milestone, whenever it is asked for. */
  #kernel(): KernelLogs {
    let milestone = this.#startup;
    const { size } = this.#told;
    while (Math.ceil(milestone * GROWTH) <= size) milestone = Math.ceil(milestone * GROWTH);
    if (this.#logs !== undefined && this.#fitted === milestone) return this.#logs;
    this.#fitted = milestone;
    const ranking = this.#told.ranking(milestone, this.#random.fork(milestone));
    const indices = ranking.sample(MOST_OF_FIT);
    return (this.#logs = fitKernel(this.#features, this.#sample(indices, ranking.scores(indices))));
  }

  #sample(indices: readonly number[], scores: Pick<Sample, "values" | "variances">): Sample {
    const { count } = this.#features;
    const rows = new Float64Array(indices.length * count);
    indices.forEach((i, k) => this.#features.write(this.#told.unit(i), rows, k * count));
    return { rows, ...scores };
  }

  #row(unit: Float64Array): Float64Array {
    const row = new Float64Array(this.#features.count);
    this.#features.write(unit, row, 0);
    return row;
  }

  /** Allowed draws from the prior; few where the rules refuse nearly all. */
  #draws(random: Random): Float64Array[] {
    const { cube } = this.#setting;
    const raw = new Float64Array(cube.axes.length);
    const found: Float64Array[] = [];
    for (let tries = 0; tries < 10 * DRAWS && found.length < DRAWS; tries++) {
      for (let i = 0; i < raw.length; i++) raw[i] = random.uniform();
      const unit = cube.settle(raw);
      if (unit !== undefined) found.push(unit);
    }
    return found;
  }

  #score(candidates: Candidates, target: number): void {
    const fresh = candidates.unscored();
    const { count } = this.#features;
    const rows = new Float64Array(fresh.length * count);
    fresh.forEach((unit, k) => this.#features.write(unit, rows, k * count));
    const means = new Float64Array(fresh.length);
    const deviations = new Float64Array(fresh.length);
    this.#surrogate.predict(rows, fresh.length, means, deviations);
    candidates.score(
      means.map((mean, k) => logImprovement((target - mean) / deviations[k]!) + Math.log(deviations[k]!)),
    );
  }
}

/** Points to choose from: untaken, each once, with the logarithm of the expected improvement. */
class Candidates {
  readonly #ask: Ask;
  readonly #continuous: boolean;
  readonly #units: Float64Array[] = [];
  readonly #scores: number[] = [];
  readonly #climbed = new Set<number>();
  readonly #seen = new Seen();

  constructor(ask: Ask, continuous: boolean) {
    this.#ask = ask;
    this.#continuous = continuous;
  }

  add(units: readonly Float64Array[]): void {
    for (const unit of units)
      if (this.#seen.add(unit) && (this.#continuous || !this.#ask.taken(unit))) this.#units.push(unit);
  }

  unscored(): readonly Float64Array[] {
    return this.#units.slice(this.#scores.length);
  }

  score(scores: Float64Array): void {
    this.#scores.push(...scores);
  }

  best(): Float64Array | undefined {
    return this.#units[this.#top(() => true)];
  }

  /** The best point whose neighbours were not looked at; from now on they were. */
  bestUnclimbed(): Float64Array | undefined {
    const at = this.#top((k) => !this.#climbed.has(k));
    this.#climbed.add(at);
    return this.#units[at];
  }

  #top(which: (k: number) => boolean): number {
    let best = -1;
    for (let k = 0; k < this.#scores.length; k++)
      if (which(k) && (best < 0 || this.#scores[k]! > this.#scores[best]!)) best = k;
    return best;
  }
}
