import { defineProblem, type ProblemDefinition } from "../define.ts";
import { cubeOf } from "../problem.ts";
import {
  attractiveSector,
  bentCigar,
  differentPowers,
  discus,
  rosenbrock,
  rotatedEllipsoid,
  rotatedRosenbrock,
  sharpRidge,
  stepEllipsoid,
} from "./conditioned.ts";
import { type BbobMaker, Instance } from "./instance.ts";
import { offset } from "./legacy-random.ts";
import { buecheRastrigin, ellipsoid, linearSlope, rastrigin, sphere } from "./separable.ts";
import { griewankRosenbrock, rotatedRastrigin, schaffer, weierstrass } from "./structured.ts";
import { gallagher, katsuura, lunacek, schwefel } from "./weak.ts";

/** The functions in the order of their numbers, a line for each section of the report. */
const functions: readonly BbobMaker[] = [
  [sphere, ellipsoid, rastrigin, buecheRastrigin, linearSlope],
  [attractiveSector, stepEllipsoid, rosenbrock, rotatedRosenbrock],
  [rotatedEllipsoid, discus, bentCigar, sharpRidge, differentPowers],
  [rotatedRastrigin, weierstrass, schaffer(10), schaffer(1000), griewankRosenbrock],
  [schwefel, gallagher(101), gallagher(21), katsuura, lunacek],
].flat();

/**
 * A function of the noiseless BBOB suite on [−5, 5]ᵈ, equal to COCO's: `f` from 1 to 24, `d` coordinates, and an `instance`
 * with another optimum, offset and rotations. `least` is fopt, and `optimum` lies within the domain. f1–f5 are separable,
 * f6–f9 moderately and f10–f14 badly conditioned, f15–f19 multimodal with, f20–f24 with little global structure.
 * @example bbob({ f: 8, d: 20, instance: 3 })
 */
export const bbob: ProblemDefinition<"f" | "d" | "instance"> = defineProblem(
  {
    name: "bbob",
    summary: "The 24 functions of the noiseless BBOB suite, equal to COCO's.",
    source: "Hansen, Finck, Ros & Auger, INRIA RR-6829, 2009",
    options: {
      f: { default: 1, low: 1, high: 24 },
      d: { default: 5, low: 2, high: 40 },
      instance: { default: 1, low: 1 },
    },
  },
  ({ f, d, instance }) => {
    // f4 and f18 draw what f3 and f17 draw
    const seed = (f === 4 ? 3 : f === 18 ? 17 : f) + 10_000 * instance;
    const { optimum, loss } = functions[f - 1]!(new Instance(d, seed));
    const least = offset(seed);
    return { space: cubeOf(d, -5, 5), at: (x) => [loss(x) + least], optimum: Array.from(optimum), least };
  },
);
