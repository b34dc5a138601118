import type { Answer, Ask, Observation, Sampler, Setting } from "../../core/sampler.ts";
import { sobolSequence } from "../qmc/sequence.ts";
import { type Spread, spreadOver } from "../qmc/spread.ts";
import { drawUntaken } from "../untaken.ts";
import { groupsOf } from "./groups.ts";
import { Model } from "./model.ts";
import type { TpeOptions } from "./tpe.ts";

/** How many draws are made for each candidate that is allowed and untaken. */
const TRIES = 8;

/** The tree-structured Parzen estimator over what was told. */
export class Tpe implements Sampler {
  readonly #setting: Setting;
  readonly #startup: number;
  readonly #candidates: number;
  readonly #priorShare: number;
  readonly #models: readonly Model[];
  readonly #spread: Spread;
  #news: Observation[] = [];
  #measured = 0;

  constructor(setting: Setting, { startup = 10, candidates = 24, priorShare = 0.9 }: TpeOptions) {
    const { cube, objectives, random } = setting;
    this.#setting = setting;
    this.#startup = startup;
    this.#candidates = candidates;
    this.#priorShare = priorShare;
    this.#models = groupsOf(cube.axes).map((group) => new Model(cube.axes, group, objectives));
    this.#spread = spreadOver(cube, sobolSequence("owen", random.fork("startup")), priorShare);
  }

  tell(observation: Observation): void {
    this.#news.push(observation);
  }

  ask(ask: Ask): Answer {
    for (const observation of this.#news) {
      if (observation.state === "rejected") continue;
      if (observation.state !== "failed") this.#measured++;
      for (const model of this.#models) model.add(observation);
    }
    this.#news = [];
    const unit =
      this.#measured < this.#startup
        ? this.#spread(ask)
        : (this.#propose(ask) ?? drawUntaken(this.#setting.cube, ask, this.#priorShare));
    return unit === undefined ? "exhausted" : { unit };
  }

  /**
   * Settles one group after the other, parents first. Every candidate is a whole configuration that is allowed and that
   * no trial holds: groups to come are drawn along.
   */
  #propose(ask: Ask): Float64Array | undefined {
    for (const model of this.#models) model.fit(ask.running);
    let unit: Float64Array | undefined;
    this.#models.forEach((model, at) => {
      if (unit !== undefined && !model.active(unit)) return;
      const units = this.#draw(at, unit, ask);
      if (units.length > 0) unit = units[model.best()]!;
    });
    return unit;
  }

  /** Candidates for a group and those behind it, in the group's batch, and the configurations that they make. */
  #draw(at: number, settled: Float64Array | undefined, { random, taken }: Ask): Float64Array[] {
    const { cube } = this.#setting;
    const { batch, good } = this.#models[at]!;
    const raw = new Float64Array(cube.axes.length).fill(NaN);
    const units: Float64Array[] = [];
    batch.clear();
    for (let tries = 0; tries < TRIES * this.#candidates && units.length < this.#candidates; tries++) {
      if (settled !== undefined) raw.set(settled);
      good.draw(batch, random);
      batch.place(batch.size - 1, raw);
      for (const later of this.#models.slice(at + 1)) {
        later.batch.clear();
        later.good.draw(later.batch, random);
        later.batch.place(0, raw);
      }
      const unit = cube.settle(raw);
      if (unit === undefined || (cube.size !== Infinity && taken(unit))) batch.size--;
      else units.push(unit);
    }
    return units;
  }
}
