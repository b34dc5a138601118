import { minimize } from "../../math/minimize.ts";
import type { Cube } from "../../space/cube.ts";
import type { Outlook } from "./beliefs.ts";
import type { Features } from "./features.ts";

/** Ordered axes with more cells are climbed along as if they were continuous. */
const SMOOTH = 32;
const LIMITS = { steps: 15, gradient: 1e-3, gain: 1e-3 };

/**
 * Climbs along the active continuous axes, measured in length-scales. Settled; on the way back to the start, halfway and
 * halfway again, where `where` refuses it. Undefined where there is nothing to climb along.
 */
export function slide(
  cube: Cube,
  features: Features,
  { acquisition, scales }: Outlook,
  unit: Float64Array,
): Float64Array | undefined {
  const { axes, kind } = features;
  const free = axes.flatMap((i, j) => {
    const smooth = j < kind.ordered && cube.axes[i]!.size > SMOOTH && !Number.isNaN(unit[i]!);
    return smooth ? [j] : [];
  });
  if (free.length === 0) return undefined;
  const point = features.of([unit]);
  const slopes = new Float64Array(kind.width);
  const scale = Float64Array.from(free, (j) => scales[j]!);
  const x = Float64Array.from(free, (j, k) => point[j]! / scale[k]!);
  const descent = (z: Float64Array, gradient: Float64Array): number => {
    free.forEach((j, k) => (point[j] = z[k]! * scale[k]!));
    const value = acquisition.differentiate(point, slopes);
    free.forEach((j, k) => (gradient[k] = -slopes[j]! * scale[k]!));
    return -value;
  };
  minimize(
    descent,
    x,
    new Float64Array(free.length),
    scale.map((s) => 1 / s),
    LIMITS,
  );
  const raw = unit.slice();
  for (const share of [1, 0.5, 0.25, 0.125]) {
    free.forEach((j, k) => {
      const from = unit[axes[j]!]!;
      raw[axes[j]!] = from + share * (x[k]! * scale[k]! - from);
    });
    const settled = cube.settle(raw);
    if (settled !== undefined) return settled;
  }
  return undefined;
}
