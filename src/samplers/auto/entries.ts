import type { SamplerFactory } from "../../core/sampler.ts";
import { cmaEs } from "../cma-es/cma-es.ts";
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
  /** Why, for people: goes on after "because". */
  readonly why: string;
}

/** The trials that an evolution needs before it has the better of a model. */
const EVOLUTION = 500;

export const entries: readonly Entry[] = [
  {
    sampler: tpe(),
    why: "it copes with every kind of space",
    score: () => 0.5,
    outlook: () => 0.5,
  },
  {
    sampler: cmaEs(),
    why: "the axes are numbers, and there are trials enough to learn how they depend on each other",
    score: (situation) => (situation.measured >= 50 + 5 * situation.axes ? numbers(situation) : 0),
    outlook: numbers,
  },
  {
    sampler: nsga2(),
    why: "there are two objectives and trials enough for an evolution",
    score: two,
    outlook: two,
  },
  {
    sampler: nsga3(),
    why: "there are more than two objectives and trials enough for an evolution",
    score: several,
    outlook: several,
  },
];

function numbers({ axes, fine, conditional, objectives, budget }: Situation): number {
  return objectives === 1 && !conditional && fine === axes && axes > 1 && budget > 100 * axes ? 0.8 : 0;
}

function two({ objectives, budget }: Situation): number {
  return objectives === 2 && budget >= EVOLUTION ? 0.8 : 0;
}

function several({ objectives, budget }: Situation): number {
  return objectives > 2 && budget >= EVOLUTION ? 0.8 : 0;
}
