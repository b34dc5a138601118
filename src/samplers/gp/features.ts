import type { PointKind } from "../../math/gaussian-process.ts";
import type { Axis } from "../../space/axis.ts";

/**
 * What the processes see of a configuration: positions of the ordered axes, then names of the cells of the others. Axes of
 * a single value are left out. An inactive axis stands in the middle, or in a category of its own; that it is inactive is
 * said by the axis that it hangs on.
 */
export class Features {
  readonly kind: PointKind;
  /** The axes behind the numbers. */
  readonly axes: readonly number[];

  constructor(axes: readonly Axis[]) {
    const open = axes.flatMap(({ size }, i) => (size > 1 ? [i] : []));
    const ordered = open.filter((i) => axes[i]!.ordered);
    this.axes = [...ordered, ...open.filter((i) => !axes[i]!.ordered)];
    this.kind = { width: open.length, ordered: ordered.length };
  }

  /** Writes a settled point. */
  write(unit: ArrayLike<number>, out: Float64Array, offset: number): void {
    const { ordered } = this.kind;
    this.axes.forEach((axis, j) => {
      const u = unit[axis]!;
      out[offset + j] = Number.isNaN(u) ? (j < ordered ? 0.5 : -1) : u;
    });
  }

  /** The points of many. */
  of(units: readonly ArrayLike<number>[]): Float64Array {
    const points = new Float64Array(units.length * this.kind.width);
    units.forEach((unit, i) => this.write(unit, points, i * this.kind.width));
    return points;
  }
}
