import type { Answer, Ask, Observation, Sampler, Setting } from "../../core/sampler.ts";
import { sobolSequence } from "../qmc/sequence.ts";
import { type Spread, spreadOver } from "../qmc/spread.ts";
import { drawUntaken } from "../untaken.ts";
import { Beliefs, type Subject } from "./beliefs.ts";
import { Features } from "./features.ts";
import type { GpOptions } from "./gp.ts";
import { Hunt } from "./hunt.ts";
import { type Entry, entryOf } from "./entry.ts";

/** Bayesian optimisation as a fold over what was told. */
export class Gp implements Sampler {
  readonly #setting: Setting;
  readonly #startup: number;
  readonly #candidates: number;
  readonly #priorShare: number;
  readonly #subject: Subject;
  readonly #spread: Spread;
  readonly #entries: Entry[] = [];
  #beliefs: Beliefs | undefined;
  #measured = 0;

  constructor(setting: Setting, { startup = 10, candidates = 256, priorShare = 0.9 }: GpOptions) {
    const { cube, objectives, constraints, random } = setting;
    this.#setting = setting;
    this.#startup = startup;
    this.#candidates = candidates;
    this.#priorShare = priorShare;
    this.#subject = { features: new Features(cube.axes), objectives, constraints, first: startup };
    this.#spread = spreadOver(cube, sobolSequence("owen", random.fork("startup")), priorShare);
  }

  tell(observation: Observation): void {
    const entry = entryOf(observation, this.#setting.objectives);
    if (entry === undefined) return;
    this.#entries.push(entry);
    if (!entry.failed) this.#measured++;
  }

  ask(ask: Ask): Answer {
    const unit =
      this.#measured < this.#startup || this.#subject.features.kind.width === 0
        ? this.#spread(ask)
        : (this.#propose(ask) ?? drawUntaken(this.#setting.cube, ask, this.#priorShare));
    return unit === undefined ? "exhausted" : { unit };
  }

  #propose(ask: Ask): Float64Array | undefined {
    this.#beliefs = Beliefs.after(this.#entries, this.#subject, this.#beliefs);
    return this.#beliefs.ahead(ask.running, (outlook) =>
      new Hunt(this.#setting.cube, this.#subject.features, outlook, ask).best(this.#candidates),
    );
  }
}
