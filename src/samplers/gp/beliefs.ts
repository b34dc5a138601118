import type { Running } from "../../core/sampler.ts";
import { Acquisition, type Limited } from "./acquisition.ts";
import { type Entry, isFeasible } from "./entry.ts";
import type { Features } from "./features.ts";
import { improvable } from "./improvable.ts";
import { Model } from "./model.ts";
import { constraintTarget, failureTarget, lossTarget, type Target } from "./target.ts";

/** Kernels are fitted again when there are so many times as many entries as at the last time. */
const GROWTH = 1.2;

/** What is to be believed of. */
export interface Subject {
  readonly features: Features;
  readonly objectives: number;
  readonly constraints: number;
  /** The number of entries at which kernels are fitted first. */
  readonly first: number;
}

/** What a proposal is made from. */
export interface Outlook {
  readonly acquisition: Acquisition;
  /** How far the processes see along each ordered number of a point: the mean of their length-scales, 1 at most. */
  readonly scales: Float64Array;
  /** Configurations that are best or on the front, as far as is believed. */
  readonly best: readonly Float64Array[];
}

/** All that is believed after some entries: a process for every objective, for every constraint, and for failing. */
export class Beliefs {
  readonly #features: Features;
  readonly #fitted: number;
  readonly #objectives: readonly Model[];
  readonly #limits: readonly Model[];
  #count: number;

  private constructor(entries: readonly Entry[], subject: Subject) {
    const { features, objectives, constraints } = subject;
    const model = (target: Target | undefined): Model[] => (target ? [new Model(target, features, entries)] : []);
    const each = (count: number, target: (k: number) => Target | undefined): Model[] =>
      Array.from({ length: count }, (_, k) => target(k)).flatMap(model);
    this.#features = features;
    this.#fitted = entries.length;
    this.#count = entries.length;
    this.#objectives = each(objectives, (k) => lossTarget(entries, k));
    this.#limits = [...each(constraints, (k) => constraintTarget(entries, k)), ...model(failureTarget(entries))];
  }

  /**
   * What is believed after all the entries. What was believed after fewer of them is brought up to date if the kernels
   * stay as they are; the answer is the same without it.
   */
  static after(entries: readonly Entry[], subject: Subject, before?: Beliefs): Beliefs {
    const fitted = fittedAt(entries.length, subject.first);
    const beliefs =
      before !== undefined && before.#fitted === fitted ? before : new Beliefs(entries.slice(0, fitted), subject);
    for (; beliefs.#count < entries.length; beliefs.#count++)
      for (const model of [...beliefs.#objectives, ...beliefs.#limits]) model.add(entries[beliefs.#count]!);
    return beliefs;
  }

  /**
   * Looks ahead while running trials count as if they had measured what is expected of them (the kriging believer:
   * Ginsbourger, Le Riche & Carraro 2010, section 4.2), so that parallel ones keep apart.
   */
  ahead<T>(running: readonly Running[], use: (outlook: Outlook) => T): T {
    const points = this.#features.of(running.map(({ unit }) => unit));
    const models = [...this.#objectives, ...this.#limits];
    const believe = (k: number): T =>
      k < models.length ? models[k]!.believing(points, () => believe(k + 1)) : use(this.#outlook(running));
    return believe(0);
  }

  #outlook(running: readonly Running[]): Outlook {
    const entries = this.#objectives[0]?.entries ?? [];
    const known = entries.flatMap((entry, i) => (entry.losses !== undefined && isFeasible(entry) ? [i] : []));
    const believed = known.length === 0 ? [] : running.map((_, i) => entries.length + i);
    const units = [...entries.map(({ unit }) => unit), ...running.map(({ unit }) => unit)];
    const at = [...known, ...believed];
    const losses = at.map((i) => this.#objectives.map(({ process }) => process.meanAt(i)));
    const { boxes, best } = improvable(losses);
    const processes = this.#objectives.map(({ process }) => process);
    const limits = this.#limits.map(({ process, target }): Limited => ({ process, limit: target.limit! }));
    return {
      acquisition: new Acquisition(processes, boxes, limits),
      scales: this.#scales(),
      best: best.map((i) => units[at[i]!]!),
    };
  }

  #scales(): Float64Array {
    const models = [...this.#objectives, ...this.#limits];
    return Float64Array.from({ length: this.#features.kind.ordered }, (_, j) => {
      let sum = 0;
      for (const { process } of models) sum += Math.min(1, 1 / Math.sqrt(process.kernel.weights[j]!));
      return sum / models.length;
    });
  }
}

/** The last number of entries, up to `count`, at which kernels are fitted: so it does not matter when one asks. */
function fittedAt(count: number, first: number): number {
  for (let at = first; ;) {
    const next = Math.max(at + 1, Math.floor(at * GROWTH));
    if (next > count) return at;
    at = next;
  }
}
