import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../../src/core/random.ts";
import { minimize } from "../../src/math/minimize.ts";

/** Rosenbrock's function, whose minimum is 0 at (1, 1). */
function rosenbrock(x: Float64Array, gradient: Float64Array): number {
  const [a, b] = [x[0]!, x[1]!];
  gradient[0] = -2 * (1 - a) - 400 * a * (b - a * a);
  gradient[1] = 200 * (b - a * a);
  return (1 - a) ** 2 + 100 * (b - a * a) ** 2;
}

test("finds the minimum of Rosenbrock's function, inside of the box and on its side", () => {
  const x = Float64Array.of(-1.2, 1);
  expect(minimize(rosenbrock, x, [-2, -2], [2, 2])).toBeLessThan(1e-9);
  expect(x[0]).toBeCloseTo(1, 4);
  const side = Float64Array.of(-1.2, 1);
  expect(minimize(rosenbrock, side, [-2, -2], [0.5, 2])).toBeCloseTo(0.25, 8);
  expect(side[0]).toBe(0.5);
  expect(side[1]).toBeCloseTo(0.25, 4);
});

test("on convex quadratics the projected gradient vanishes", () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(), (n, seed) => {
      const random = createRandom(seed);
      const b = Array.from({ length: n }, () => Float64Array.from({ length: n }, () => random.normal()));
      const centre = Float64Array.from({ length: n }, () => 2 * random.normal());
      const f = (x: Float64Array, gradient: Float64Array): number => {
        const d = x.map((value, i) => value - centre[i]!);
        const turned = b.map((row) => row.reduce((sum, value, i) => sum + value * d[i]!, 0));
        let value = 0;
        for (let i = 0; i < n; i++) {
          gradient[i] = b.reduce((sum, row, k) => sum + row[i]! * turned[k]!, 0) + 0.1 * d[i]!;
          value += (turned[i]! ** 2 + 0.1 * d[i]! ** 2) / 2;
        }
        return value;
      };
      const low = new Float64Array(n).fill(-1);
      const high = new Float64Array(n).fill(1);
      const x = new Float64Array(n);
      const gradient = new Float64Array(n);
      const start = f(x, gradient);
      const value = minimize(f, x, low, high, { steps: 1000, gradient: 1e-6, gain: 0 });
      expect(value).toBeLessThanOrEqual(start);
      expect(value).toBe(f(x, gradient));
      x.forEach((at, i) => {
        expect(at).toBeGreaterThanOrEqual(-1);
        expect(at).toBeLessThanOrEqual(1);
        const held = (at === -1 && gradient[i]! > 0) || (at === 1 && gradient[i]! < 0);
        if (!held) expect(Math.abs(gradient[i]!)).toBeLessThan(1e-3);
      });
    }),
  ));

test("keeps the start where the function is not finite beyond it", () => {
  const x = Float64Array.of(0.5);
  const f = (z: Float64Array, gradient: Float64Array): number => {
    gradient[0] = 1;
    return z[0] === 0.5 ? 1 : NaN;
  };
  expect(minimize(f, x, [0], [1])).toBe(1);
  expect(x[0]).toBe(0.5);
});
