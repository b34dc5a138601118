import { expectNumber, refuseUnknown, show, usage } from "../core/errors.ts";
import { definePruner, type PrunerDefinition } from "../core/pruner.ts";
import { crc32 } from "../math/crc32.ts";
import { Curves } from "./curves.ts";
import { checkHalving, Halving, type HalvingOptions } from "./halving.ts";
import type { By } from "./pace.ts";

/** Options of {@link hyperband}. */
export interface HyperbandOptions extends HalvingOptions {
  /** Rungs stand at steps, or at times since a trial's start. @default "step" */
  readonly by?: By;
  /** Where the first rung of the first bracket stands: a step, or milliseconds. @default 1 */
  readonly minResource?: number;
  /** How far a complete trial comes. @default `maxSteps` of the attempts, else one more than the longest complete trial had come to when the first was complete: nobody is pruned before */
  readonly maxResource?: number;
  /** A text that with a trial's number decides on its bracket: another one shares them out anew. @default "" */
  readonly key?: string;
}

/**
 * Hyperband (L. Li et al., JMLR 18, 2018) in the asynchronous form of Optuna's `HyperbandPruner`: ⌊log_η(max/min)⌋ + 1
 * brackets, of which number b is successive halving from rung b on, so that some trials are judged early and some late.
 * A trial's bracket is the CRC-32 of `key`_number modulo the brackets' shares, ⌈B·η^(B−1−b)/(B−b)⌉ of B. Each bracket has
 * a sampler of its own, which learns from its trials alone.
 * @example hyperband({ minResource: 1, maxResource: 81 })
 */
export const hyperband: PrunerDefinition<HyperbandOptions> = definePruner(
  { name: "hyperband", summary: "Several brackets of successive halving, each with a sampler of its own." },
  (options: HyperbandOptions) => {
    refuseUnknown("hyperband", options, ["by", "minResource", "maxResource", "factor", "bootstrap", "key"]);
    const { by = "step", minResource = 1, maxResource, key = "" } = options;
    if (by !== "step" && by !== "time")
      throw usage(`Expected \`hyperband.by\` to be "step" or "time", got ${show(by)}`);
    expectNumber("hyperband.minResource", minResource, { above: 0 });
    if (maxResource !== undefined) expectNumber("hyperband.maxResource", maxResource, { low: minResource });
    if (typeof key !== "string") throw usage(`Expected \`hyperband.key\` to be a text, got ${show(key)}`);
    const how = checkHalving("hyperband", { factor: 3, ...options });
    if (how.bootstrap > 0 && maxResource === undefined)
      throw usage("Expected `hyperband.maxResource` beside `bootstrap`, got none");
    return ({ maxSteps }) => {
      const curves = new Curves();
      const known = maxResource ?? (by === "step" ? maxSteps : undefined);
      let brackets = known === undefined ? undefined : new Brackets(minResource, known, how, key);
      let longest = -Infinity;
      return {
        report: (number, report) => {
          const curve = curves.add(number, report);
          if (longest > -Infinity) brackets ??= new Brackets(minResource, longest + 1, how, key);
          const position = by === "step" ? curve.last : curve.elapsed;
          return brackets?.of(number).judge(number, position, curve.value) ?? "continue";
        },
        tell: ({ number, state, reports, atLeast }) => {
          curves.end(number);
          brackets?.of(number).end(number);
          if (state !== "complete" || atLeast) return;
          for (const { step, elapsed } of reports) longest = Math.max(longest, by === "step" ? step : elapsed);
        },
        bracket: (number) => brackets?.index(number),
      };
    };
  },
);

/** The brackets, once it is known how far trials come. */
class Brackets {
  readonly #brackets: readonly Halving[];
  /** How many of `#total` shares the brackets have. */
  readonly #shares: readonly number[];
  readonly #total: number;
  readonly #key: string;

  constructor(min: number, max: number, how: Required<HalvingOptions>, key: string) {
    let count = 1;
    while (min * how.factor ** count <= max) count++;
    const numbers = Array.from({ length: count }, (_, b) => b);
    this.#brackets = numbers.map((b) => new Halving(min * how.factor ** b, how));
    this.#shares = numbers.map((b) => Math.ceil((count * how.factor ** (count - 1 - b)) / (count - b)));
    this.#total = this.#shares.reduce((sum, share) => sum + share, 0);
    this.#key = key;
  }

  index(number: number): number {
    let left = crc32(`${this.#key}_${number}`) % this.#total;
    return this.#shares.findIndex((share) => (left -= share) < 0);
  }

  of(number: number): Halving {
    return this.#brackets[this.index(number)]!;
  }
}
