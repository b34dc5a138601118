import { refuseUnknown } from "../../core/errors.ts";
import type { Answer, Ask, Observation, Sampler, Setting } from "../../core/sampler.ts";
import { defineSampler, type SamplerDefinition } from "../../core/sampler.ts";
import type { Cube } from "../../space/cube.ts";
import { Seen } from "../seen.ts";
import { type Bins, checkBins, levelsOf } from "./levels.ts";
import { permutation } from "./permutation.ts";
import { type Product, product } from "./product.ts";

/** Options of {@link grid}. */
export interface GridOptions {
  /**
   * How many values an axis takes: a number for every continuous axis, or numbers by axis name, which also thin discrete
   * axes. @default every value; a continuous axis must be given one
   */
  readonly bins?: Bins;
}

/**
 * Every combination of values, each once, in an order shuffled by the study's seed; then the search is exhausted.
 * Conditional parameters count only where they are active; what `where` refuses or a trial already holds is left out.
 * @example grid({ bins: { rate: 5 } })
 */
export const grid: SamplerDefinition<GridOptions> = defineSampler(
  {
    name: "grid",
    version: 1,
    summary: "Every combination of values, in shuffled order.",
    example: { bins: 3 },
    multiObjective: true,
    enumerates: true,
  },
  (options: GridOptions) => {
    refuseUnknown("grid", options, ["bins"]);
    checkBins(options.bins);
    return { create: (setting) => new Grid(setting, options.bins) };
  },
);

class Grid implements Sampler {
  readonly #cube: Cube;
  readonly #product: Product;
  readonly #place: (index: number) => number;
  readonly #told = new Seen();
  // Caches over the order, not state: what was told decides alone.
  /** The first place that was not looked at yet. */
  #next = 0;
  /** The points before it that were not told when last looked at: under way, as a rule. */
  #open: Float64Array[] = [];

  constructor({ cube, random }: Setting, bins: Bins | undefined) {
    this.#cube = cube;
    this.#product = product(cube.axes, levelsOf(cube.axes, bins));
    this.#place = permutation(this.#product.size, random.fork("grid"));
  }

  tell({ unit }: Observation): void {
    this.#told.add(unit);
  }

  ask({ running, taken }: Pick<Ask, "running" | "taken">): Answer {
    const out = new Seen();
    for (const { unit } of running) out.add(unit);
    this.#open = this.#open.filter((unit) => !this.#told.has(unit));
    let unit = this.#open.find((open) => !out.has(open) && !taken(open));
    while (unit === undefined && this.#next < this.#product.size) {
      const next = this.#cube.settle(this.#product.at(this.#place(this.#next++)));
      if (next === undefined || this.#told.has(next)) continue;
      this.#open.push(next);
      if (!out.has(next) && !taken(next)) unit = next;
    }
    return unit === undefined ? "exhausted" : { unit };
  }
}
