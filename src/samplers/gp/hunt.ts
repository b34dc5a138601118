import type { Ask } from "../../core/sampler.ts";
import type { Cube } from "../../space/cube.ts";
import type { Outlook } from "./beliefs.ts";
import type { Features } from "./features.ts";
import { neighbours } from "./neighbours.ts";
import { scatter } from "./scatter.ts";
import { slide } from "./slide.ts";

/** Spaces with at most as many configurations are looked at in whole. */
const ENUMERABLE = 1000;
/** How many candidates are improved, and of the best known configurations; and rounds and steps of improving one. */
const STARTS = 3;
const KNOWN = 1;
const ROUNDS = 3;
const STEPS = 10;

interface Scored {
  readonly unit: Float64Array;
  readonly score: number;
}

/** The search for the untaken configuration of the largest acquisition; its cost is bounded. */
export class Hunt {
  readonly #cube: Cube;
  readonly #features: Features;
  readonly #outlook: Outlook;
  readonly #ask: Ask;

  constructor(cube: Cube, features: Features, outlook: Outlook, ask: Ask) {
    this.#cube = cube;
    this.#features = features;
    this.#outlook = outlook;
    this.#ask = ask;
  }

  /** Undefined where nothing untaken was found. */
  best(candidates: number): Float64Array | undefined {
    const cube = this.#cube;
    const all = cube.size <= ENUMERABLE ? cube.points(ENUMERABLE) : undefined;
    if (all !== undefined) return this.#rank(this.#open(all))[0]?.unit;
    const pool = this.#rank(this.#open(scatter(cube, this.#features, this.#outlook, this.#ask.random, candidates)));
    const starts = [...pool.slice(0, STARTS), ...this.#rank(this.#outlook.best).slice(0, KNOWN)];
    const improved = starts.map((start) => this.#climb(start));
    return [...improved, ...pool].sort(byScore).find(({ unit }) => !this.#ask.taken(unit))?.unit;
  }

  /** Configurations with their scores, best first. */
  #rank(units: readonly Float64Array[]): Scored[] {
    const scores = this.#outlook.acquisition.scores(this.#features.of(units), units.length);
    return units.map((unit, i) => ({ unit, score: scores[i]! })).sort(byScore);
  }

  /** Without those that trials hold; in a continuous space they are met too rarely to be looked for. */
  #open(units: readonly Float64Array[]): readonly Float64Array[] {
    return this.#cube.size === Infinity ? units : units.filter((unit) => !this.#ask.taken(unit));
  }

  /** Uphill: along all continuous axes at once, and cell by cell along the others, in turns. */
  #climb(start: Scored): Scored {
    let at = start;
    for (let round = 0; round < ROUNDS; round++) {
      const before = at;
      const slid = slide(this.#cube, this.#features, this.#outlook, at.unit);
      at = this.#higher(at, slid === undefined ? [] : [slid]);
      const risen = at;
      for (let step = 0; step < STEPS; step++) {
        const last = at;
        at = this.#higher(at, neighbours(this.#cube, this.#features, at.unit));
        if (at === last) break;
      }
      if (at === risen || at === before) break;
    }
    return at;
  }

  #higher(at: Scored, units: readonly Float64Array[]): Scored {
    const top = units.length === 0 ? undefined : this.#rank(this.#open(units))[0];
    return top !== undefined && (top.score > at.score || this.#isTaken(at)) ? top : at;
  }

  #isTaken({ unit }: Scored): boolean {
    return this.#cube.size !== Infinity && this.#ask.taken(unit);
  }
}

function byScore(a: Scored, b: Scored): number {
  return b.score - a.score;
}
