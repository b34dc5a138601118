import { choice, ordinal } from "../space/choice.ts";
import { float } from "../space/float.ts";
import { int } from "../space/int.ts";
import { defineSpace } from "../space/space.ts";
import { defineProblem, type ProblemDefinition } from "./define.ts";
import type { Coordinates } from "./problem.ts";
import { ackleyOf } from "./rugged.ts";

/** A configuration of {@link mixed}. */
export interface MixedParams {
  readonly rate: number;
  readonly momentum: number;
  readonly depth: number;
  readonly width: number;
  readonly batch: 16 | 32 | 64 | 128 | 256;
  readonly method: "plain" | "momentum" | "adaptive" | "second";
}

/** The best log₁₀ of the rate, and what the method costs besides. */
const METHODS = { plain: [-1, 0.3], momentum: [-1.5, 0.15], adaptive: [-2.5, 0], second: [0, 0.2] } as const;

/** Floats, integers, both on log scales too, an order and a category, on which the best rate depends; least 0. */
export const mixed: ProblemDefinition<never, MixedParams> = defineProblem(
  {
    name: "mixed",
    summary: "Floats, integers, log scales, an order and a category on which the best rate depends; a sum of squares.",
    source: "attune; every term is a square, so that the least loss 0 is known",
  },
  () => {
    const space = defineSpace({
      rate: float(1e-5, 10, { log: true }),
      momentum: float(0, 1),
      depth: int(1, 12),
      width: int(8, 512, { log: true }),
      batch: ordinal([16, 32, 64, 128, 256]),
      method: choice(["plain", "momentum", "adaptive", "second"]),
    });
    return {
      space,
      at: (row) => {
        const { rate, momentum, depth, width, batch, method } = space.read(row);
        const [best, cost] = METHODS[method];
        return [
          0.2 * (Math.log10(rate) - best) ** 2 +
            (momentum - 0.9) ** 2 +
            ((depth - 7) / 11) ** 2 +
            (Math.log2(width / 64) / 6) ** 2 +
            (Math.log2(batch / 64) / 4) ** 2 +
            cost,
        ];
      },
      optimum: Array.from(
        space.row({ rate: 10 ** -2.5, momentum: 0.9, depth: 7, width: 64, batch: 64, method: "adaptive" }),
      ),
      least: 0,
    };
  },
);

/** Ackley's function of d − 3 bits and three floats in [−1, 1]; least 0 at the origin. */
export const ackleyMixed: ProblemDefinition<"d"> = defineProblem(
  {
    name: "ackleyMixed",
    summary: "Ackley's function of d − 3 bits and three floats in [−1, 1].",
    source: "Bliek, Guijt, Verwer & de Weerdt, GECCO Companion 2021 (Ackley53)",
    options: { d: { default: 53, low: 4 } },
  },
  ({ d }) => ({
    space: defineSpace(
      Object.fromEntries(Array.from({ length: d }, (_, i) => [`x${i + 1}`, i < d - 3 ? int(0, 1) : float(-1, 1)])),
    ),
    at: (x) => [ackleyOf(x, d)],
    optimum: Array.from({ length: d }, () => 0),
    least: 0,
  }),
);

/** One of n arms, of which each is as good as its number; without noise a mere look-up. Least 0. */
export const bandit: ProblemDefinition<"n", Coordinates> = defineProblem(
  {
    name: "bandit",
    summary: "A choice among n in no order, with losses 0 to n − 1; made for noise.",
    source: "as Ax's benchmark `Bandit`",
    options: { n: { default: 30, low: 2 } },
  },
  ({ n }) => ({
    space: defineSpace({ x1: choice(Array.from({ length: n }, (_, i) => i)) }),
    at: (row) => [row[0]!],
    optimum: [0],
    least: 0,
  }),
);
