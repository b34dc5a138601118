import { fromUnit, toUnit } from "../../space/axis.ts";
import type { Cube } from "../../space/cube.ts";
import type { Features } from "./features.ts";

/** All cells of an ordered axis are neighbours where there are at most as many; else those at 1, 2, 4 … cells. */
const ALL = 16;

/** Allowed configurations that differ from a settled one in the cell of one axis. */
export function neighbours(cube: Cube, { axes }: Features, unit: Float64Array): Float64Array[] {
  const found: Float64Array[] = [];
  const raw = unit.slice();
  for (const i of axes) {
    const axis = cube.axes[i]!;
    const { low, size, ordered } = axis;
    const u = unit[i]!;
    if (Number.isNaN(u) || size === Infinity) continue;
    const cell = fromUnit(axis, u) - low;
    for (const to of ordered && size > ALL ? around(cell, size) : Array(size).keys()) {
      if (to === cell) continue;
      raw[i] = toUnit(axis, low + to);
      const settled = cube.settle(raw);
      if (settled !== undefined) found.push(settled);
    }
    raw[i] = u;
  }
  return found;
}

function around(cell: number, size: number): number[] {
  const cells: number[] = [];
  for (let step = 1; step < size; step *= 2)
    cells.push(...[cell - step, cell + step].filter((to) => to >= 0 && to < size));
  return cells;
}
