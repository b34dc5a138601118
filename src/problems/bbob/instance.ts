import { place } from "./legacy-random.ts";
import { rotation } from "./transforms.ts";

/** One function of the suite in one instance, without the offset: least 0 (to rounding) at `optimum`. */
export interface BbobFunction {
  readonly optimum: Float64Array;
  loss(x: ArrayLike<number>): number;
}

/** What an instance draws from its seed. */
export class Instance {
  readonly d: number;
  readonly seed: number;

  constructor(d: number, seed: number) {
    this.d = d;
    this.seed = seed;
  }

  /** Where the optimum is, for the functions that have it at a place of their own. */
  optimum(): Float64Array {
    return place(this.d, this.seed);
  }

  /** The rotation R. */
  r(): Float64Array {
    return rotation(this.d, this.seed + 1_000_000);
  }

  /** The rotation Q. */
  q(): Float64Array {
    return rotation(this.d, this.seed);
  }
}

/** Makes a function of one instance. */
export type BbobMaker = (instance: Instance) => BbobFunction;
