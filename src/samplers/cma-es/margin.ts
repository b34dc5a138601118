import { normalQuantile } from "../../math/normal.ts";
import { erfc } from "../../math/erfc.ts";
import { type Axis, fromUnit } from "../../space/axis.ts";
import type { Distribution } from "./distribution.ts";

/** The probability that a standard normal deviate exceeds z. */
function tail(z: number): number {
  return erfc(z * Math.SQRT1_2) / 2;
}

/** The z that a standard normal deviate exceeds with probability p. */
function reach(p: number): number {
  return -normalQuantile(p);
}

/** The two ends of a cell in the unit interval; infinite at the ends of the axis. */
export function cellEnds(axis: Axis, cell: number): readonly [number, number] {
  const { low, high, log, size } = axis;
  const end = (k: number): number => {
    if (!log) return k / size;
    const from = Math.log(low - 0.5);
    return (Math.log(low + k - 0.5) - from) / (Math.log(high + 0.5) - from);
  };
  return [cell === 0 ? -Infinity : end(cell), cell === size - 1 ? Infinity : end(cell + 1)];
}

/**
 * Keeps a share `alpha` of the samples along an integer axis out of the cell that the mean is in, so that a search never
 * sticks to it (Hamano et al., "CMA-ES with margin", GECCO 2022, section 4): at the ends of the axis by moving the mean,
 * elsewhere by moving it and stretching the axis.
 */
export function keepMargin(distribution: Distribution, i: number, axis: Axis, alpha: number): void {
  const deviation = distribution.deviation(i);
  const mean = distribution.mean[i]!;
  const [low, high] = cellEnds(axis, fromUnit(axis, mean) - axis.low);
  if (low === -Infinity || high === Infinity) {
    const farthest = reach(alpha) * deviation;
    if (low === -Infinity) distribution.mean[i] = Math.max(mean, high - farthest);
    else distribution.mean[i] = Math.min(mean, low + farthest);
    return;
  }
  const below = tail((mean - low) / deviation);
  const above = tail((high - mean) / deviation);
  const least = alpha / 2;
  if (below >= least && above >= least) return;
  // equations 17 to 20: raise both to the least, and take what that is too much from all three in proportion
  const raised = [Math.max(below, least), Math.max(above, least)] as const;
  const inside = 1 - below - above;
  const excess = (1 - raised[0] - raised[1] - inside) / (raised[0] + raised[1] + inside - 1.5 * alpha);
  const down = reach(Math.min(0.499, raised[0] + excess * (raised[0] - least)));
  const up = reach(Math.min(0.499, raised[1] + excess * (raised[1] - least)));
  distribution.mean[i] = (low * up + high * down) / (up + down);
  distribution.stretch[i]! *= (high - low) / (up + down) / deviation;
}
