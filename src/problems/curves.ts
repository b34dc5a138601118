import { float } from "../space/float.ts";
import { int } from "../space/int.ts";
import { defineSpace } from "../space/space.ts";
import { defineProblem, type ProblemDefinition } from "./define.ts";

/** A configuration of {@link learningCurves}. */
export interface LearningParams {
  readonly rate: number;
  readonly width: number;
  readonly decay: number;
}

/** The loss of guessing. */
const CHANCE = 1;

/**
 * Training in miniature: after step t of `steps` the loss is a + (1 − a)·(1 + t/τ)^(−s). A greater rate falls faster at first (τ)
 * and ends higher (a), so that curves cross; above 1 it diverges and stays at 1. Wider is better and slower.
 */
export const learningCurves: ProblemDefinition<"steps", LearningParams> = defineProblem(
  {
    name: "learningCurves",
    summary: "A loss that falls by a power law over `steps` steps; curves cross, and some diverge.",
    source: "attune; power laws as Domhan, Springenberg & Hutter, IJCAI 2015",
    options: { steps: { default: 50, low: 1 } },
  },
  ({ steps }) => {
    const space = defineSpace({
      rate: float(1e-4, 10, { log: true }),
      width: int(8, 512, { log: true }),
      decay: float(0, 0.1),
    });
    const curve = (row: ArrayLike<number>): number[][] => {
      const { rate, width, decay } = space.read(row);
      if (rate > 1) return Array.from({ length: steps }, () => [CHANCE]);
      const end = 0.05 + 0.03 * (Math.log10(rate) + 2) ** 2 + 0.2 / Math.sqrt(width) + 10 * (decay - 0.03) ** 2;
      const slowness = 0.2 * (0.01 / rate) ** 0.5 * (width / 64) ** 0.3;
      return Array.from({ length: steps }, (_, t) => [end + (CHANCE - end) * (1 + (t + 1) / slowness) ** -0.8]);
    };
    const at = (row: ArrayLike<number>): number[] => curve(row).at(-1)!;
    // found by scipy for each width (test/reference/optima.py); the best rate depends on the number of steps
    const optimum = space.row({ rate: 0.0170899449095356, width: 512, decay: 0.03 });
    return { space, at, curve, ...(steps === 50 ? { optimum: Array.from(optimum), least: at(optimum)[0]! } : {}) };
  },
);
