import type { Random } from "../../core/random.ts";
import type { Distribution } from "./distribution.ts";

/** The share of samples beyond a face that are mirrored into the cube while the mean is inside. */
const MIRRORED = 0.25;
/** How far beyond a face, in standard deviations, a sample may lie while the mean is inside, and once it is beyond. */
const ROOM = { inside: 0.3, beyond: 2 };

/**
 * Moves a sample that lies beyond the faces of the cube nearer, in place. Every sample is evaluated on the face, and is
 * learnt from where it lies: far out the losses look flat, the search goes astray there, and what it knows of the shape
 * is lost. Yet where the optimum is a corner the mean must get beyond, or the step size dies out before; and where it is
 * not, a face that half of the samples share must not draw the mean. Constants by the expected running time on BBOB in 5
 * dimensions, where the linear slope (f5) wants room, and ellipsoid and discus (f10, f11) want none.
 */
export function confine(x: Float64Array, distribution: Distribution, random: Random): void {
  const { mean } = distribution;
  for (let k = 0; k < x.length; k++) {
    const at = x[k]!;
    if (at >= 0 && at <= 1) continue;
    const face = at < 0 ? 0 : 1;
    const beyond = face === 0 ? mean[k]! < 0 : mean[k]! > 1;
    if (!beyond && random.uniform() < MIRRORED) {
      x[k] = Math.min(1, Math.max(0, 2 * face - at));
      continue;
    }
    const room = (beyond ? ROOM.beyond : ROOM.inside) * distribution.deviation(k);
    x[k] = face + Math.min(room, Math.max(-room, at - face));
  }
}
