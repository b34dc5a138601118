import { expect, test } from "vitest";
import { erfc, normalMassInUnit } from "../../src/math/erfc.ts";

test("erfc is scipy 1.17.1's special.erfc within the stated error", () => {
  const theirs = [
    [-3, 1.9999779095030015],
    [-0.5, 1.5204998778130465],
    [0, 1],
    [0.1, 0.8875370839817152],
    [0.7, 0.32219880616258156],
    [2, 0.004677734981047266],
    [5, 1.537459794428035e-12],
    [10, 2.088487583762545e-45],
  ] as const;
  for (const [x, value] of theirs) expect(Math.abs(erfc(x) / value - 1)).toBeLessThan(1.2e-7);
});

test("the mass in the unit interval: within one deviation, half of it, all of it", () => {
  expect(normalMassInUnit(0.5, 0.5)).toBeCloseTo(0.6826894921, 6);
  expect(normalMassInUnit(0, 0.01)).toBeCloseTo(0.5, 6);
  expect(normalMassInUnit(0.5, 0.001)).toBeCloseTo(1, 12);
});
