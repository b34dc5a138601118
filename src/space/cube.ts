import { type Axis, drawUnit, fromUnit, isActive, toUnit } from "./axis.ts";
import { AttuneError } from "./errors.ts";

/** A space as samplers see it: the unit cube over its axes. */
export interface Cube {
  readonly axes: readonly Axis[];
  /** The number of distinct configurations, `where` aside; `Infinity` when continuous. */
  readonly size: number;
  /** Moves a point to its cell's centre, NaN where inactive; undefined where `where` refuses. Coordinates are clamped. */
  settle(unit: ArrayLike<number>): Float64Array | undefined;
  /**
   * One feasible configuration from the prior. A share `focusShare` of the draws along an axis with a focus falls into
   * it (default 0.9).
   */
  draw(uniform: () => number, focusShare?: number): Float64Array;
  /** Every feasible configuration, each once, if there are at most `limit`. */
  points(limit: number): readonly Float64Array[] | undefined;
}

/** The row (numbers, NaN where inactive) at a point of the cube, into `row`; missing coordinates are taken as ½. */
export function rowAt(
  axes: readonly Axis[],
  unit: ArrayLike<number>,
  row: Float64Array = new Float64Array(axes.length),
): Float64Array {
  for (let i = 0; i < axes.length; i++) {
    const u = unit[i]!;
    row[i] = isActive(axes, row, i) ? fromUnit(axes[i]!, Number.isNaN(u) ? 0.5 : u) : NaN;
  }
  return row;
}

/** The point of the cube at a row. */
export function unitOf(axes: readonly Axis[], row: ArrayLike<number>): Float64Array {
  const unit = new Float64Array(axes.length);
  for (let i = 0; i < axes.length; i++) unit[i] = Number.isNaN(row[i]!) ? NaN : toUnit(axes[i]!, row[i]!);
  return unit;
}

/** How many draws in a row `where` may refuse before it is called empty. */
const PATIENCE = 10_000;
/** How many configurations are walked through at most. */
const WALK = 2_000_000;

/** The cube over axes. `allows` is the verdict of the `where` rules on a row. @internal */
export function createCube(axes: readonly Axis[], size: number, allows: (row: Float64Array) => boolean): Cube {
  const attempt = (place: (axis: Axis) => number): Float64Array | undefined => {
    for (let tries = 0; tries < PATIENCE; tries++) {
      const row = new Float64Array(axes.length);
      for (let i = 0; i < axes.length; i++) row[i] = isActive(axes, row, i) ? fromUnit(axes[i]!, place(axes[i]!)) : NaN;
      if (allows(row)) return unitOf(axes, row);
    }
    return undefined;
  };
  const draw = (uniform: () => number, focusShare = 0.9): Float64Array => {
    // the prior may give no weight to what the rules allow
    const drawn = attempt((axis) => drawUnit(axis, uniform, focusShare)) ?? attempt(uniform);
    if (drawn !== undefined) return drawn;
    const all = points(WALK);
    if (all !== undefined && all.length > 0) return all[Math.floor(uniform() * all.length)]!;
    throw new AttuneError(
      "usage",
      `Expected \`where\` to allow some configuration, but it refused ${all ? `all ${size}` : `${2 * PATIENCE} draws in a row`}`,
    );
  };
  const points = (limit: number): readonly Float64Array[] | undefined => {
    if (size > Math.max(limit, WALK)) return undefined;
    const found: Float64Array[] = [];
    const row = new Float64Array(axes.length);
    const walk = (i: number): boolean => {
      if (i === axes.length) {
        if (allows(row)) found.push(unitOf(axes, row));
        return found.length <= limit;
      }
      if (!isActive(axes, row, i)) {
        row[i] = NaN;
        return walk(i + 1);
      }
      for (let x = axes[i]!.low; x <= axes[i]!.high; x++) {
        row[i] = x;
        if (!walk(i + 1)) return false;
      }
      return true;
    };
    return walk(0) ? found : undefined;
  };
  /** A row to work in, unless `where` is at it. */
  let spare: Float64Array | undefined;
  return {
    axes,
    size,
    settle: (unit) => {
      const row = rowAt(axes, unit, spare);
      spare = undefined;
      const settled = allows(row) ? unitOf(axes, row) : undefined;
      spare = row;
      return settled;
    },
    draw,
    points,
  };
}
