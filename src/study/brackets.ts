import type { Awaitable } from "../core/json.ts";
import type { Answer, Ask, Observation, Sampler, SamplerFactory, Setting } from "../core/sampler.ts";

/**
 * One sampler for each bracket of a pruner, which learns from the trials of that bracket alone: what brackets compare are
 * values after different numbers of steps (L. Li et al., "Hyperband", JMLR 18, 2018; S. Falkner et al., "BOHB", ICML 2018).
 * While no brackets are known, one sampler learns from all.
 */
export function bracketed(
  { create }: SamplerFactory,
  bracketOf: (number: number) => number | undefined,
): SamplerFactory["create"] {
  return (setting) => new Brackets(create, setting, bracketOf);
}

class Brackets implements Sampler {
  readonly #create: SamplerFactory["create"];
  readonly #setting: Setting;
  readonly #bracketOf: (number: number) => number | undefined;
  readonly #told: Observation[] = [];
  /** The samplers, and how much of what was told they have gone through. */
  readonly #samplers = new Map<number | undefined, { readonly sampler: Sampler; heard: number }>();

  constructor(create: SamplerFactory["create"], setting: Setting, bracketOf: (number: number) => number | undefined) {
    this.#create = create;
    this.#setting = setting;
    this.#bracketOf = bracketOf;
  }

  tell(observation: Observation): void {
    this.#told.push(observation);
  }

  ask(ask: Ask): Awaitable<Answer> {
    const bracket = this.#bracketOf(ask.number);
    const isOf = (number: number): boolean => this.#bracketOf(number) === bracket;
    if (bracket !== undefined) this.#samplers.delete(undefined);
    let own = this.#samplers.get(bracket);
    if (own === undefined) this.#samplers.set(bracket, (own = { sampler: this.#make(bracket), heard: 0 }));
    for (; own.heard < this.#told.length; own.heard++)
      if (isOf(this.#told[own.heard]!.number)) own.sampler.tell(this.#told[own.heard]!);
    return own.sampler.ask({ ...ask, running: ask.running.filter(({ number }) => isOf(number)) });
  }

  #make(bracket: number | undefined): Sampler {
    const { random } = this.#setting;
    return this.#create({ ...this.#setting, random: bracket === undefined ? random : random.fork(bracket) });
  }
}
