import { expect, test } from "vitest";
import { dasDennis, referenceDirections } from "../../src/math/reference-directions.ts";

test("Das–Dennis gives C(p + m − 1, m − 1) distinct points on the simplex", () => {
  for (const [m, p, count] of [
    [2, 99, 100],
    [3, 12, 91],
    [5, 6, 210],
    [8, 3, 120],
    [10, 2, 55],
    [1, 4, 1],
  ] as const) {
    const points = dasDennis(m, p);
    expect(points).toHaveLength(count);
    expect(new Set(points.map((w) => w.join())).size).toBe(count);
    for (const w of points) expect(w.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  }
  expect(dasDennis(4, 0)).toEqual([Float64Array.of(0.25, 0.25, 0.25, 0.25)]);
});

test("as many directions as fit, the numbers of Deb & Jain 2014, table I", () => {
  for (const [m, pool, count] of [
    [1, 32, 1],
    [2, 100, 100],
    [3, 92, 91],
    [5, 212, 210],
    [8, 156, 156],
    [10, 276, 275],
    [15, 136, 135],
  ] as const)
    expect(referenceDirections(m, pool)).toHaveLength(count);
});

test("small pools get few directions, at worst the centre", () => {
  expect(referenceDirections(3, 5)).toHaveLength(3);
  expect(referenceDirections(3, 6)).toHaveLength(6);
  expect(referenceDirections(3, 2)).toEqual([Float64Array.of(1 / 3, 1 / 3, 1 / 3)]);
  for (const w of referenceDirections(4, 15)) expect(w.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
});
