import fc from "fast-check";
import { expect, test } from "vitest";
import { normalizing, moments, yeoJohnson } from "../../src/math/normalize.ts";

const YEO_JOHNSON = [
  [-3, 2, -1.3862943611198906],
  [-3, 0.5, -4.666666666666665],
  [-0.2, 1, -0.20000000000000004],
  [0.7, 0, 0.5306282510621704],
  [2, -1.3, 0.5848145914551629],
  [50, 1.7, 469.76093037685],
] as const;

test("the power transform is scipy 1.17.1's stats.yeojohnson", () => {
  // test/reference/gaussian_process.py
  for (const [x, power, value] of YEO_JOHNSON) expect(yeoJohnson(x, power)).toBeCloseTo(value, 12);
});

test("it is monotone, has the slope of differences, and makes moments 0 and 1", () =>
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 50 }),
      fc.double({ min: -1e3, max: 1e3, noNaN: true }),
      (sample, x) => {
        const { value, slope } = normalizing(sample);
        expect(value(x + 1)).toBeGreaterThanOrEqual(value(x));
        expect(slope(x)).toBeGreaterThanOrEqual(0);
        const { mean, deviation } = moments(sample.map(value));
        expect(mean).toBeCloseTo(0, 6);
        expect(deviation).toBeCloseTo(1, 6);
      },
    ),
  ));

test("the slope is that of differences", () => {
  const sample = [1, 2, 2.5, 4, 7, 30];
  const { value, slope } = normalizing(sample);
  for (const x of [-3, 1.5, 3, 20, 100]) expect(slope(x)).toBeCloseTo((value(x + 1e-5) - value(x - 1e-5)) / 2e-5, 5);
});

test("a skewed sample becomes more symmetric, a normal one keeps its shape, and a penalty does not squeeze the rest", () => {
  const skewed = Array.from({ length: 101 }, (_, k) => Math.exp((k - 50) / 15));
  const { value } = normalizing(skewed);
  const whole = (k: number): number => value(skewed[k]!);
  const raw = (k: number): number => skewed[k]! / moments(skewed).deviation;
  expect(whole(90) + whole(10) - 2 * whole(50)).toBeLessThan(0.7 * (raw(90) + raw(10) - 2 * raw(50)));
  const even = Array.from({ length: 101 }, (_, k) => k);
  const straight = normalizing(even).value;
  expect((straight(100) - straight(50)) / (straight(50) - straight(0))).toBeCloseTo(1, 1);
  const penalised = normalizing([...even, 1e6, 1e6, Number.MAX_VALUE]).value;
  expect(penalised(75) - penalised(25)).toBeGreaterThan(0.8);
  expect(penalised(Number.MAX_VALUE)).toBeLessThan(10);
});

test("equal numbers are no obstacle", () => {
  const { value, slope } = normalizing([5, 5, 5]);
  expect([value(5), value(6), slope(5)].every(Number.isFinite)).toBe(true);
});
