import type { Random } from "../../core/random.ts";
import { type Axis, drawUnit, fromUnit, toUnit } from "../../space/axis.ts";
import type { Cube } from "../../space/cube.ts";

/** Axes with at most as many cells are tried cell by cell. */
const CELLS = 32;
/** How many cells of another axis are tried at a time. */
const SOME = 8;

/** Points that differ from another one in a little. */
export class Neighbourhood {
  readonly #cube: Cube;

  constructor(cube: Cube) {
    this.#cube = cube;
  }

  /**
   * The allowed points that differ in one axis: all of them along an axis of few cells, else draws around and over the whole
   * axis. What becomes active is drawn from the prior.
   */
  one(unit: Float64Array, random: Random): Float64Array[] {
    const found: Float64Array[] = [];
    this.#cube.axes.forEach((axis, i) => {
      if (Number.isNaN(unit[i]!)) return;
      for (const place of placesOf(axis, unit[i]!, random)) this.#add(found, unit, [[i, place]], random);
    });
    return found;
  }

  /** As many points as there are axes, that differ in two, so that rules which tie axes together can be kept. */
  two(unit: Float64Array, random: Random): Float64Array[] {
    const { axes } = this.#cube;
    const open = axes.flatMap(({ size }, i) => (size > 1 && !Number.isNaN(unit[i]!) ? [i] : []));
    const found: Float64Array[] = [];
    if (open.length < 2) return found;
    for (let tries = 0; tries < axes.length; tries++) {
      const a = random.integer(open.length);
      const b = (a + 1 + random.integer(open.length - 1)) % open.length;
      const changes = [a, b].map((k): readonly [number, number] => [
        open[k]!,
        drawUnit(axes[open[k]!]!, () => random.uniform(), 0),
      ]);
      this.#add(found, unit, changes, random);
    }
    return found;
  }

  #add(
    found: Float64Array[],
    unit: Float64Array,
    changes: readonly (readonly [number, number])[],
    random: Random,
  ): void {
    const raw = unit.slice();
    for (const [i, place] of changes) raw[i] = place;
    if (this.#cube.axes.some(({ when }) => when !== undefined))
      for (let i = 0; i < raw.length; i++)
        if (Number.isNaN(raw[i]!)) raw[i] = drawUnit(this.#cube.axes[i]!, () => random.uniform(), 0);
    const settled = this.#cube.settle(raw);
    if (settled !== undefined) found.push(settled);
  }
}

/** Other positions along an axis. */
function placesOf(axis: Axis, u: number, random: Random): number[] {
  const { low, size } = axis;
  if (size <= CELLS) {
    const here = fromUnit(axis, u) - low;
    return Array.from({ length: size }, (_, k) => k).flatMap((k) => (k === here ? [] : [toUnit(axis, low + k)]));
  }
  const places: number[] = [];
  for (let k = 0; k < SOME; k++) {
    // half of an ordered axis's steps are small ones, of every size down to 1/1000
    const step = random.normal() * 10 ** (-3 * random.uniform());
    const near = axis.ordered && k % 2 === 0 ? Math.abs(u + step) : random.uniform();
    places.push(near <= 1 ? near : Math.abs(2 - near));
  }
  // and next door, where there is a door
  if (axis.ordered && size !== Infinity)
    for (const x of [fromUnit(axis, u) - 1, fromUnit(axis, u) + 1])
      if (x >= axis.low && x <= axis.high) places.push(toUnit(axis, x));
  return places;
}
