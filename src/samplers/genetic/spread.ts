import { type Random, shuffle } from "../../core/random.ts";
import { type Axis, drawUnit, fromUnit } from "../../space/axis.ts";

/**
 * `wanted` raw points, spread evenly along every axis: a Latin hypercube (McKay, Beckman & Conover, Technometrics 21,
 * 1979), in which a conditional axis is spread over the points that have it, and cells follow the prior. Axes with a
 * focus are drawn.
 */
export function spread(axes: readonly Axis[], wanted: number, priorShare: number, random: Random): Float64Array[] {
  const points = Array.from({ length: wanted }, () => new Float64Array(axes.length).fill(NaN));
  const cells = points.map(() => new Float64Array(axes.length).fill(NaN));
  axes.forEach((axis, i) => {
    const { when } = axis;
    const having = points.flatMap((_, k) => (when === undefined || cells[k]![when.axis] === when.cell ? [k] : []));
    shuffle(having, random).forEach((k, stratum) => {
      const u = (stratum + random.uniform()) / having.length;
      const drawn = drawUnit(axis, axis.focus === undefined ? () => u : () => random.uniform(), priorShare);
      points[k]![i] = drawn;
      cells[k]![i] = fromUnit(axis, drawn) - axis.low;
    });
  });
  return points;
}
