import fc from "fast-check";
import { expect, test } from "vitest";
import { erfcx } from "../../src/math/erfcx.ts";
import { logDifference, logImprovement, logNormalCdf } from "../../src/math/log-improvement.ts";

function near(ours: number, theirs: number, relative: number): void {
  expect(Math.abs(ours - theirs)).toBeLessThanOrEqual(relative * Math.abs(theirs));
}

// all reference values: test/reference/gaussian_process.py
test("erfcx is scipy 1.17.1's", () => {
  for (const [x, value] of [
    [0, 1],
    [0.1, 0.8964569799691268],
    [0.46, 0.6367873838327129],
    [0.48, 0.6260896551825831],
    [1, 0.427583576155807],
    [3.9, 0.14031418160068973],
    [4.1, 0.13383411641865198],
    [30, 0.018795888861416754],
    [1e6, 5.641895835474742e-7],
  ] as const)
    near(erfcx(x), value, 1e-14);
});

test("ln Φ is scipy 1.17.1's log_ndtr", () => {
  for (const [z, value] of [
    [-1e5, -5000000012.431865],
    [-2000, -2000008.519841243],
    [-40, -804.6084420137539],
    [-3, -6.60772622151035],
    [-0.5, -1.1759117615936188],
    [0, -0.6931471805599453],
    [0.7, -0.2770239422771313],
    [3, -0.0013508099647481925],
    [20, -2.7536241186061556e-89],
  ] as const)
    near(logNormalCdf(z), value, 1e-12);
});

test("ln h is BoTorch 0.18.1's, far beyond where h is 0", () => {
  for (const [z, value] of [
    [-1e5, -5000000023.944788],
    [-2000, -2000016.1207442011],
    [-999, -499015.2324510966],
    [-40, -808.29856835662],
    [-10, -55.55312203612237],
    [-3, -7.86968605960303],
    [-1.0001, -2.485311456445884],
    [-0.9999, -2.4849306021991766],
    [-0.5, -1.6205162643873199],
    [0, -0.9189385332046727],
    [0.7, -0.17093141922474062],
    [3, 1.0987396653277077],
    [20, 2.995732273553991],
  ] as const)
    near(logImprovement(z), value, 1e-11);
});

test("ln h grows with z, and its slope is Φ / h", () =>
  fc.assert(
    fc.property(fc.double({ min: -900, max: 30, noNaN: true }), (z) => {
      const step = 1e-4 * Math.max(1, Math.abs(z) / 10);
      const rise = (logImprovement(z + step) - logImprovement(z - step)) / (2 * step);
      near(rise, Math.exp(logNormalCdf(z) - logImprovement(z)), 1e-4);
      expect(rise).toBeGreaterThan(0);
    }),
  ));

test("ln (eᵃ − eᵇ)", () => {
  near(logDifference(0, -1), Math.log(1 - Math.exp(-1)), 1e-14);
  near(logDifference(-1, -1 - 2 ** -40), -1 - 40 * Math.LN2, 1e-12);
  expect(logDifference(3, -Infinity)).toBe(3);
  expect(logDifference(3, 3)).toBe(-Infinity);
});
