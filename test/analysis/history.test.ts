import fc from "fast-check";
import { expect, test } from "vitest";
import { bestSoFar, hypervolumeHistory, referenceOf } from "../../src/analysis/history.ts";
import { knee } from "../../src/analysis/knee.ts";
import { hypervolume } from "../../src/math/hypervolume.ts";

test("the best so far", () => {
  expect(bestSoFar([NaN, 3, 4, NaN, 1, 2])).toEqual([NaN, 3, 3, 3, 1, 1]);
  expect(bestSoFar([])).toEqual([]);
});

test("the hypervolume history is the hypervolume of every beginning", () => {
  const losses = fc.array(
    fc.array(
      fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 9 }) }, { weight: 1, arbitrary: fc.constant(NaN) }),
      {
        minLength: 3,
        maxLength: 3,
      },
    ),
    { maxLength: 15 },
  );
  fc.assert(
    fc.property(losses, (rows) => {
      const history = hypervolumeHistory(rows, [10, 10, 10]);
      rows.forEach((_, i) => {
        const known = rows.slice(0, i + 1).filter((row) => !row.some(Number.isNaN));
        expect(history[i]).toBeCloseTo(hypervolume(known, [10, 10, 10]), 9);
      });
    }),
  );
});

test("its reference is beyond every loss", () => {
  expect(
    referenceOf([
      [0, 5],
      [10, NaN],
      [10, 5],
    ]),
  ).toEqual([11, 5.5]);
});

test("the knee of a front is where it bends", () => {
  expect(
    knee([
      [0, 10],
      [1, 2],
      [2, 1.5],
      [10, 0],
    ]),
  ).toBe(1);
  expect(
    knee([
      [0, 1000],
      [1, 200],
      [2, 150],
      [10, 0],
    ]),
  ).toBe(1); // whatever the units
  expect(knee([[4]])).toBe(0);
  expect(knee([])).toBe(-1);
});
