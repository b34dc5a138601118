import { expect, test } from "vitest";
import { igd, igdPlus } from "../../src/math/igd.ts";

test("IGD is the mean distance from the front to the set", () => {
  expect(
    igd(
      [
        [0, 1],
        [1, 0],
      ],
      [[0, 1]],
    ),
  ).toBeCloseTo(Math.SQRT2 / 2, 15);
  expect(
    igd(
      [[0, 0]],
      [
        [3, 4],
        [6, 8],
      ],
    ),
  ).toBe(5);
  expect(igd([[0, 0]], [])).toBe(Infinity);
});

test("IGD⁺ counts only what is worse", () => {
  expect(igdPlus([[1, 1]], [[0, 3]])).toBe(2);
  expect(igdPlus([[1, 1]], [[0.5, 0.5]])).toBe(0);
});
