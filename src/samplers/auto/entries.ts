import type { SamplerFactory } from "../../core/sampler.ts";
import { cmaEs } from "../cma-es/cma-es.ts";
import { discrete } from "../discrete/discrete.ts";
import { gp } from "../gp/gp.ts";
import { nsga2 } from "../nsga/nsga2.ts";
import { nsga3 } from "../nsga/nsga3.ts";
import { tpe } from "../tpe/tpe.ts";
import type { Situation } from "./situation.ts";

/** A sampler among which `auto` chooses. */
export interface Entry {
  readonly sampler: SamplerFactory;
  /** How well it suits a situation, 0 (not at all) to 1. Scores come from docs/benchmarks.md. */
  score(situation: Situation): number;
  /** Why, for people: goes on after "because". */
  readonly why: string;
}

/** The trials that an evolution needs before it has the better of a model. */
const EVOLUTION = 500;
/** The share of axes that are as good as continuous up to which a space is discrete. */
const DISCRETE = 1 / 3;
/** The axes that a Gaussian process can learn from as many trials as it is for. */
const LEARNABLE = 40;
/**
 * The trials up to which `discrete` thinks for a few milliseconds, and `gp` for some tens. Who has more of them has short
 * ones, which are not worth as much of it; how long they take is not asked, so that the same seed gives the same trials.
 */
const MODEL = { trials: 500, ofMany: 150 };

const isDiscrete = ({ fine, axes }: Situation): boolean => fine <= DISCRETE * axes;
/** An unknown budget is many once they were seen. */
const isMany = (budget: number, measured: number): boolean =>
  measured >= EVOLUTION || (budget >= EVOLUTION && budget < Infinity);

const isFew = ({ measured, budget, axes }: Situation): boolean =>
  axes <= LEARNABLE && measured < MODEL.trials && !isMany(budget, measured);

export const entries: readonly Entry[] = [
  {
    sampler: tpe(),
    why: "it copes with every kind of space and any number of trials",
    score: () => 0.5,
  },
  {
    sampler: discrete(),
    why: "most parameters have few values",
    score: (situation) =>
      isDiscrete(situation) && situation.measured < MODEL.trials && (situation.objectives === 1 || isFew(situation))
        ? 0.8
        : 0,
  },
  {
    sampler: gp(),
    why: "there are few trials, and a model makes the most of each",
    score: (situation) => {
      const { objectives, measured, axes, budget } = situation;
      if (objectives > 1) return objectives <= 4 && isFew(situation) ? 0.75 : 0;
      return axes <= LEARNABLE && measured < (budget <= MODEL.trials ? MODEL.trials : MODEL.ofMany) ? 0.75 : 0;
    },
  },
  {
    sampler: cmaEs(),
    why: "the axes are numbers, and there are trials enough to learn how they depend on each other",
    score: ({ axes, fine, conditional, objectives, measured, budget }) =>
      objectives === 1 && !conditional && fine === axes && axes > 1 && measured >= 50 + 5 * axes && budget > 100 * axes
        ? 0.9
        : 0,
  },
  {
    sampler: nsga2(),
    why: "there are two objectives and trials enough for an evolution",
    score: ({ objectives, budget, measured }) => (objectives === 2 && isMany(budget, measured) ? 0.85 : 0),
  },
  {
    sampler: nsga3(),
    why: "there are more than two objectives and trials enough for an evolution",
    score: ({ objectives, budget, measured }) => (objectives > 2 && isMany(budget, measured) ? 0.85 : 0),
  },
];
