import { choice } from "../space/choice.ts";
import { float } from "../space/float.ts";
import { int } from "../space/int.ts";
import { optional } from "../space/optional.ts";
import { defineSpace } from "../space/space.ts";
import { variant } from "../space/variant.ts";
import type { Branch } from "../space/types.ts";
import { defineProblem, type ProblemDefinition } from "./define.ts";

const unit = float(0, 1);
const branches = {
  left: { x2: variant({ left: { x4: unit }, right: { x5: unit } }), r8: unit },
  right: { x3: variant({ left: { x6: unit }, right: { x7: unit } }), r9: unit },
} as const;

/** A configuration of {@link jenatton}. */
export type JenattonParams = { readonly x1: Branch<typeof branches> };

/** Jenatton's tree: x² + 0.1, 0.2, 0.3 or 0.4 at its leaves, plus what two of them share; least 0.1. */
export const jenatton: ProblemDefinition<never, JenattonParams> = defineProblem(
  {
    name: "jenatton",
    summary: "A tree of two binary choices; at leaf i xᵢ² + i/10, plus a number that two leaves share.",
    source: "Jenatton, Archambeau, González & Seeger, ICML 2017, section 5.1",
  },
  () => {
    const space = defineSpace({ x1: variant(branches) });
    return {
      space,
      at: (row) => {
        const { x1 } = space.read(row);
        if (x1.kind === "left") return [(x1.x2.kind === "left" ? x1.x2.x4 ** 2 + 0.1 : x1.x2.x5 ** 2 + 0.2) + x1.r8];
        return [(x1.x3.kind === "left" ? x1.x3.x6 ** 2 + 0.3 : x1.x3.x7 ** 2 + 0.4) + x1.r9];
      },
      optimum: Array.from(space.row({ x1: { kind: "left", x2: { kind: "left", x4: 0 }, r8: 0 } })),
      least: 0.1,
    };
  },
);

const models = {
  linear: { penalty: float(1e-4, 10, { log: true }) },
  trees: { depth: int(1, 16), share: float(0.1, 1) },
  network: {
    rate: float(1e-5, 1, { log: true }),
    layers: variant({
      one: { width: int(8, 512, { log: true }) },
      two: { first: int(8, 512, { log: true }), second: int(8, 512, { log: true }) },
    }),
  },
} as const;

/** A configuration of {@link conditional}. */
export type ConditionalParams = {
  readonly model: Branch<typeof models>;
  readonly scaling: "none" | "unit" | "rank";
  readonly noise?: number;
};

/**
 * A pipeline in miniature: a model with parameters of its own, two levels deep, a categorical and an optional parameter. The
 * branch with the best least loss, 0, is the deepest and looks worst from afar.
 */
export const conditional: ProblemDefinition<never, ConditionalParams> = defineProblem(
  {
    name: "conditional",
    summary:
      "A choice of three models with parameters of their own, two levels deep, a category and an optional number.",
    source: "attune; every term is a square, so that the least loss 0 is known",
  },
  () => {
    const space = defineSpace({
      model: variant(models),
      scaling: choice(["none", "unit", "rank"]),
      noise: optional(float(0.001, 0.3)),
    });
    return {
      space,
      at: (row) => {
        const { model, scaling, noise = 0 } = space.read(row);
        const beside = { none: 0.1, unit: 0, rank: 0.05 }[scaling];
        return [lossOf(model) + beside + (noise === 0 ? 0.05 : (noise - 0.1) ** 2)];
      },
      optimum: Array.from(
        space.row({
          model: { kind: "network", rate: 0.01, layers: { kind: "two", first: 128, second: 32 } },
          scaling: "unit",
          noise: 0.1,
        }),
      ),
      least: 0,
    };
  },
);

function lossOf(model: Branch<typeof models>): number {
  const square = (x: number, best: number, width: number): number => (Math.log(x / best) / Math.log(width)) ** 2;
  if (model.kind === "linear") return 0.3 + 0.1 * square(model.penalty, 0.1, 10);
  if (model.kind === "trees") return 0.15 + ((model.depth - 6) / 10) ** 2 + (model.share - 0.7) ** 2;
  const rate = square(model.rate, 0.01, 10);
  if (model.layers.kind === "one") return 0.08 + rate + square(model.layers.width, 100, 64);
  return rate + square(model.layers.first, 128, 16) + square(model.layers.second, 32, 16);
}
