import { expectNumber, usage } from "../core/errors.ts";
import type { Axis } from "../space/axis.ts";
import { float } from "../space/float.ts";
import { int } from "../space/int.ts";
import { defineSpace, type Space } from "../space/space.ts";
import type { Coordinates } from "./problem.ts";

/** A box of floats of which some coordinates take only evenly spaced values, counted from 0. */
export interface OnGrid {
  readonly space: Space<Coordinates>;
  /** The coordinates in the box. */
  place(row: ArrayLike<number>): number[];
}

/** `levels` holds for each coordinate how many values it takes, both ends among them; 0 leaves it a float. */
export function onGrid(box: readonly Pick<Axis, "low" | "high">[], levels: readonly number[]): OnGrid {
  if (levels.length !== box.length)
    throw usage(`Expected \`levels\` to hold ${box.length} numbers, got ${levels.length}`);
  for (const [i, n] of levels.entries()) if (n !== 0) expectNumber(`levels[${i}]`, n, { integer: true, low: 2 });
  const shape = Object.fromEntries(
    box.map(({ low, high }, i) => [`x${i + 1}`, levels[i] === 0 ? float(low, high) : int(0, levels[i]! - 1)]),
  );
  return {
    space: defineSpace(shape),
    place: (row) =>
      box.map(({ low, high }, i) => (levels[i] === 0 ? row[i]! : low + ((high - low) * row[i]!) / (levels[i]! - 1))),
  };
}
