import { usage } from "../../core/errors.ts";
import { type Axis, fromUnit } from "../../space/axis.ts";

/** The configurations of a grid by index, each distinct one once; none of them is stored. */
export interface Product {
  readonly size: number;
  /** The point of the cube with an index from 0 to `size` − 1; NaN where inactive. */
  at(index: number): Float64Array;
}

/**
 * The product of the levels of all axes, where an axis counts only under the cell that activates it: a mixed radix over
 * the tree of conditions. Throws a usage error beyond 2⁵³ configurations, which no index could tell apart.
 */
export function product(axes: readonly Axis[], levels: readonly Float64Array[]): Product {
  const heads = new Set(axes.flatMap(({ when }) => (when === undefined ? [] : [when.axis])));
  /** The axes that each level of an axis activates; nothing for an axis that never does. */
  const below = axes.map((axis, i) =>
    Array.from(heads.has(i) ? levels[i]! : [], (u) => {
      const cell = fromUnit(axis, u) - axis.low;
      return axes.flatMap(({ when }, j) => (when?.axis === i && when.cell === cell ? [j] : []));
    }),
  );
  /** How many configurations hang below each level of an axis, and below all of them. */
  const branches: number[][] = axes.map(() => []);
  const spans = new Float64Array(axes.length);
  const times = (indices: readonly number[]): number => indices.reduce((n, j) => n * spans[j]!, 1);
  for (let i = axes.length - 1; i >= 0; i--) {
    branches[i] = below[i]!.map(times);
    spans[i] = heads.has(i) ? branches[i]!.reduce((a, b) => a + b, 0) : levels[i]!.length;
  }
  const roots = axes.flatMap(({ when }, i) => (when === undefined ? [i] : []));
  const size = times(roots);
  if (!(size <= Number.MAX_SAFE_INTEGER))
    throw usage(`Expected \`bins\` to give grid() at most 2^53 configurations, got ${size.toExponential(1)}`);
  const place = (unit: Float64Array, indices: readonly number[], index: number): void => {
    for (const i of indices) {
      let rest = index % spans[i]!;
      index = Math.floor(index / spans[i]!);
      if (!heads.has(i)) {
        unit[i] = levels[i]![rest]!;
        continue;
      }
      let level = 0;
      while (rest >= branches[i]![level]!) rest -= branches[i]![level++]!;
      unit[i] = levels[i]![level]!;
      place(unit, below[i]![level]!, rest);
    }
  };
  return {
    size,
    at: (index) => {
      const unit = new Float64Array(axes.length).fill(NaN);
      place(unit, roots, index);
      return unit;
    },
  };
}
