import { expectNumber, refuseUnknown } from "../../core/errors.ts";
import { box, problem, type Problem } from "../problem.ts";
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

/** Which function of the suite. */
export interface BbobOptions {
  /** The function, 1 to 24. Default 1. */
  readonly f?: number;
  /** The number of coordinates, 2 to 40 as in the suite. Default 5. */
  readonly d?: number;
  /** The instance, from 1: another optimum, offset and rotations. Default 1. */
  readonly instance?: number;
}

/** The functions in the order of their numbers, a line for each section of the report. */
const functions: readonly BbobMaker[] = [
  [sphere, ellipsoid, rastrigin, buecheRastrigin, linearSlope],
  [attractiveSector, stepEllipsoid, rosenbrock, rotatedRosenbrock],
  [rotatedEllipsoid, discus, bentCigar, sharpRidge, differentPowers],
  [rotatedRastrigin, weierstrass, schaffer(10), schaffer(1000), griewankRosenbrock],
  [schwefel, gallagher(101), gallagher(21), katsuura, lunacek],
].flat();

/**
 * A function of the noiseless BBOB suite on [−5, 5]ᵈ, equal to COCO's: Hansen, Finck, Ros & Auger, INRIA RR-6829, 2009.
 * `least` is fopt, and `optimum` lies within the domain. f1–f5 are separable, f6–f9 moderately and f10–f14 badly
 * conditioned, f15–f19 multimodal with, f20–f24 with little global structure.
 * @example bbob({ f: 8, d: 20, instance: 3 })
 */
export function bbob({ f = 1, d = 5, instance = 1, ...rest }: BbobOptions = {}): Problem {
  refuseUnknown("bbob", rest, ["f", "d", "instance"]);
  expectNumber("f", f, { integer: true, low: 1, high: 24 });
  expectNumber("d", d, { integer: true, low: 2, high: 40 });
  expectNumber("instance", instance, { integer: true, low: 1 });
  // f4 and f18 draw what f3 and f17 draw
  const seed = (f === 4 ? 3 : f === 18 ? 17 : f) + 10_000 * instance;
  const { optimum, loss } = functions[f - 1]!(new Instance(d, seed));
  const least = offset(seed);
  return problem({
    name: "bbob",
    options: { f, d, instance },
    bounds: box(-5, 5, d),
    objectives: 1,
    losses: (x) => [loss(x) + least],
    optimum: Array.from(optimum),
    least,
  });
}
