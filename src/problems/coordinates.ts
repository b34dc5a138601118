import { expectNumber, refuseUnknown, usage } from "../core/errors.ts";
import { createRandom, type Random } from "../core/random.ts";
import { onGrid } from "./on-grid.ts";
import { floats, type Problem } from "./problem.ts";
import { boxOf, moved } from "./wrap.ts";

/**
 * Moves the optimum: the problem at x − offset, over its space moved as far.
 * @example shifted(sphere(3), [1, -2, 0.5])
 */
export function shifted(of: Problem, offset: readonly number[]): Problem {
  const axes = boxOf("shifted", of);
  if (offset.length !== axes.length)
    throw usage(`Expected \`offset\` to hold ${axes.length} numbers, got ${offset.length}`);
  for (const one of offset) expectNumber("offset", one);
  return moved(
    "shifted",
    of,
    { offset },
    {
      space: floats(axes.map(({ low, high }, i) => [low + offset[i]!, high + offset[i]!] as const)),
      inner: (x) => offset.map((by, i) => x[i]! - by),
      outer: (x) => offset.map((by, i) => x[i]! + by),
    },
  );
}

/**
 * Turns the coordinates of a problem of one loss around the middle of the space by a random rotation, so that they do not
 * separate. Where a turned point leaves the box, the loss is that of the nearest point within, plus the squared distance in
 * halves of the box: the least loss stays the least. The optimum must stay within, or an error asks for another seed.
 * @example rotated(rastrigin(5), { seed: 1 })
 */
export function rotated(of: Problem, { seed = 1, ...rest }: { readonly seed?: number } = {}): Problem {
  refuseUnknown("rotated", rest, ["seed"]);
  expectNumber("seed", seed, { integer: true });
  const axes = boxOf("rotated", of);
  if (of.objectives.length > 1 || Object.keys(of.constraints).length > 0)
    throw usage(`Expected rotated() to be given a problem of one loss without limits, got ${of.name}`);
  const basis = orthonormal(axes.length, createRandom(seed).fork("rotated"));
  const middle = axes.map(({ low, high }) => (low + high) / 2);
  const half = axes.map(({ low, high }) => (high - low) / 2);
  const turn = (x: ArrayLike<number>, entry: (i: number, j: number) => number): number[] =>
    middle.map((m, i) => m + half[i]! * half.reduce((sum, h, j) => sum + (entry(i, j) * (x[j]! - middle[j]!)) / h, 0));
  const inner = (x: ArrayLike<number>): number[] => turn(x, (i, j) => basis[i]![j]!);
  const outer = (x: ArrayLike<number>): number[] => turn(x, (i, j) => basis[j]![i]!);
  if (of.optimum !== undefined && outer(of.optimum).some((x, i) => x < axes[i]!.low || x > axes[i]!.high))
    throw usage(
      `Expected the optimum of ${of.name} to stay within its bounds when turned: \`seed\` ${seed} turns it out, try another`,
    );
  const near = (x: readonly number[]): number[] => x.map((v, i) => Math.min(axes[i]!.high, Math.max(axes[i]!.low, v)));
  return moved(
    "rotated",
    of,
    { seed },
    {
      space: of.space,
      inner: (x) => near(inner(x)),
      outer,
      beyond: (row) =>
        inner(row).reduce((sum, v, i) => sum + (Math.max(0, Math.abs(v - middle[i]!) - half[i]!) / half[i]!) ** 2, 0),
    },
  );
}

/**
 * Coordinates that take only evenly spaced values, counted from 0: as many as `levels` says, of all or of each (0 leaves one a
 * float). The least loss is known no longer, unless the optimum is on the grid.
 * @example discretised(hartmann6(), { levels: [4, 4, 20, 20, 0, 0] })
 */
export function discretised(of: Problem, { levels }: { readonly levels: number | readonly number[] }): Problem {
  const axes = boxOf("discretised", of);
  const each = typeof levels === "number" ? axes.map(() => levels) : levels;
  const { space, place } = onGrid(axes, each);
  const { optimum, least: _, front: __, ...rest } = of;
  const counted = optimum?.map((x, i) =>
    each[i] === 0 ? x : ((x - axes[i]!.low) / (axes[i]!.high - axes[i]!.low)) * (each[i]! - 1),
  );
  const onIt = counted !== undefined && counted.every((x, i) => each[i] === 0 || Number.isInteger(x));
  return moved(
    "discretised",
    { ...rest, front: () => (onIt ? of.front(1) : []), ...(onIt ? { optimum: optimum!, least: of.least! } : {}) },
    { levels },
    { space, inner: place, outer: () => counted! },
  );
}

/**
 * Adds floats in [0, 1] on which nothing depends.
 * @example padded(branin(), { by: 48 })
 */
export function padded(of: Problem, { by }: { readonly by: number }): Problem {
  expectNumber("by", by, { integer: true, low: 1 });
  const axes = boxOf("padded", of);
  const space = floats([
    ...axes.map(({ low, high }) => [low, high] as const),
    ...Array.from({ length: by }, () => [0, 1] as const),
  ]);
  return moved(
    "padded",
    of,
    { by },
    {
      space,
      inner: (x) => axes.map((_, i) => x[i]!),
      outer: (x) => [...Array.from(x), ...Array.from({ length: by }, () => 0.5)],
    },
  );
}

/** Normals made orthonormal by Gram & Schmidt. */
function orthonormal(d: number, random: Random): number[][] {
  const rows = Array.from({ length: d }, () => Array.from({ length: d }, () => random.normal()));
  for (const [i, row] of rows.entries()) {
    for (const earlier of rows.slice(0, i)) {
      const shadow = row.reduce((sum, x, k) => sum + x * earlier[k]!, 0);
      for (let k = 0; k < d; k++) row[k] = row[k]! - shadow * earlier[k]!;
    }
    const length = Math.hypot(...row);
    for (let k = 0; k < d; k++) row[k] = row[k]! / length;
  }
  return rows;
}
