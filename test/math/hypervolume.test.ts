import fc from "fast-check";
import { expect, test } from "vitest";
import { hypervolume } from "../../src/math/hypervolume.ts";

/** Counts the unit cells of an integer grid that some point dominates. */
function count(points: readonly number[][], reference: readonly number[]): number {
  let cells: number[][] = [[]];
  for (const r of reference) cells = cells.flatMap((cell) => Array.from({ length: r }, (_, k) => [...cell, k]));
  return cells.filter((cell) => points.some((p) => p.every((x, c) => x <= cell[c]!))).length;
}

const fronts = fc
  .integer({ min: 1, max: 5 })
  .chain((m) =>
    fc
      .array(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: m, maxLength: m }), { maxLength: 9 })
      .map((points) => ({ points, m })),
  );

test("equals a count of cells in 1 to 5 dimensions", () => {
  fc.assert(
    fc.property(fronts, ({ points, m }) => {
      const reference = Array.from({ length: m }, () => 5);
      expect(hypervolume(points, reference)).toBe(count(points, reference));
    }),
  );
});

test("known values", () => {
  expect(hypervolume([], [1, 1])).toBe(0);
  expect(hypervolume([[1, 0.5]], [1, 1])).toBe(0);
  expect(
    hypervolume(
      [
        [0.25, 0.75],
        [0.75, 0.25],
      ],
      [1, 1],
    ),
  ).toBeCloseTo(2 * 0.75 * 0.25 - 0.25 * 0.25, 15);
  expect(hypervolume([[0, 0, 0, 0, 0, 0]], [2, 2, 2, 2, 2, 2])).toBe(64);
});
