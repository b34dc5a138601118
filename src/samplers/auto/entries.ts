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
  /** The most that it may come to score later on, of which only `measured`, `failing` and `noise` change; 1 without. */
  outlook?(situation: Situation): number;
  /** Its score never falls, whatever is told. */
  readonly lasting?: true;
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

const flags = (situation: Situation): number =>
  isDiscrete(situation) && situation.measured < MODEL.trials && (situation.objectives === 1 || isFew(situation))
    ? 0.8
    : 0;

const expensive = (situation: Situation): number => {
  const { objectives, measured, axes, budget } = situation;
  if (objectives > 1) return objectives <= 4 && isFew(situation) ? 0.75 : 0;
  return axes <= LEARNABLE && measured < (budget <= MODEL.trials ? MODEL.trials : MODEL.ofMany) ? 0.75 : 0;
};

const numbers = ({ axes, fine, conditional, objectives, budget }: Situation): number =>
  objectives === 1 && !conditional && fine === axes && axes > 1 && budget > 100 * axes ? 0.9 : 0;

const two = ({ objectives, budget }: Situation): number => (objectives === 2 && budget >= EVOLUTION ? 0.85 : 0);
const several = ({ objectives, budget }: Situation): number => (objectives > 2 && budget >= EVOLUTION ? 0.85 : 0);

export const entries: readonly Entry[] = [
  {
    sampler: tpe(),
    why: "it copes with every kind of space and any number of trials",
    score: () => 0.5,
    outlook: () => 0.5,
    lasting: true,
  },
  { sampler: discrete(), why: "most parameters have few values", score: flags, outlook: flags },
  {
    sampler: gp(),
    why: "there are few trials, and a model makes the most of each",
    score: expensive,
    outlook: expensive,
  },
  {
    sampler: cmaEs(),
    why: "the axes are numbers, and there are trials enough to learn how they depend on each other",
    score: (situation) => (situation.measured >= 50 + 5 * situation.axes ? numbers(situation) : 0),
    outlook: numbers,
    lasting: true,
  },
  {
    sampler: nsga2(),
    why: "there are two objectives and trials enough for an evolution",
    score: (situation) => (isMany(situation.budget, situation.measured) ? two(situation) : 0),
    outlook: two,
    lasting: true,
  },
  {
    sampler: nsga3(),
    why: "there are more than two objectives and trials enough for an evolution",
    score: (situation) => (isMany(situation.budget, situation.measured) ? several(situation) : 0),
    outlook: several,
    lasting: true,
  },
];
