import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../../src/core/random.ts";
import { Cholesky } from "../../src/math/cholesky.ts";

/** B Bᵀ + I, positive definite, as its packed lower triangle. */
function definite(n: number, seed: number): Float64Array {
  const random = createRandom(seed);
  const b = Array.from({ length: n }, () => Float64Array.from({ length: n }, () => random.normal()));
  const packed = new Float64Array((n * (n + 1)) / 2);
  for (let i = 0, at = 0; i < n; i++)
    for (let j = 0; j <= i; j++, at++)
      packed[at] = b[i]!.reduce((sum, x, k) => sum + x * b[j]![k]!, 0) + (i === j ? 1 : 0);
  return packed;
}

const entry = (packed: Float64Array, i: number, j: number): number =>
  packed[(Math.max(i, j) * (Math.max(i, j) + 1)) / 2 + Math.min(i, j)]!;

function grow(packed: Float64Array, n: number, factor = new Cholesky()): Cholesky {
  for (let i = factor.size; i < n; i++)
    expect(factor.append(packed.subarray((i * (i + 1)) / 2, ((i + 1) * (i + 2)) / 2))).toBe(true);
  return factor;
}

const cases = fc.record({ n: fc.integer({ min: 1, max: 45 }), seed: fc.nat() });

test("solves A x = b", () =>
  fc.assert(
    fc.property(cases, ({ n, seed }) => {
      const a = definite(n, seed);
      const factor = new Cholesky();
      expect(factor.factor(a, n)).toBe(true);
      const b = Float64Array.from({ length: n }, (_, i) => Math.sin(i + seed));
      const x = b.slice();
      factor.forward(x);
      factor.backward(x);
      for (let i = 0; i < n; i++)
        expect(x.reduce((sum, value, j) => sum + entry(a, i, j) * value, 0)).toBeCloseTo(b[i]!, 8);
      const inverse = factor.inverse();
      for (let i = 0; i < n; i++)
        expect(b.reduce((sum, value, j) => sum + entry(inverse, i, j) * value, 0)).toBeCloseTo(x[i]!, 8);
    }),
  ));

test("row by row, with rows taken back, gives the very numbers of the whole", () =>
  fc.assert(
    fc.property(cases, ({ n, seed }) => {
      const a = definite(n, seed);
      const whole = new Cholesky();
      whole.factor(a, n);
      const grown = grow(a, n);
      grown.truncate(n >> 1);
      grow(a, n, grown);
      const four = Float64Array.from({ length: 4 * n }, (_, i) => Math.cos(i));
      const [one, other] = [four.slice(), four.slice()];
      whole.forwardFour(one, n);
      grown.forwardFour(other, n);
      expect(other).toEqual(one);
      expect(grown.logDeterminant).toBe(whole.logDeterminant);
      for (let k = 0; k < 4; k++) {
        const single = four.slice(k * n, (k + 1) * n);
        whole.forward(single);
        single.forEach((x, i) => expect(x).toBeCloseTo(one[k * n + i]!, 9));
      }
      const last = one.slice(0, n);
      last[n - 1] = four[n - 1]!;
      whole.forwardLast(last);
      expect(last).toEqual(one.slice(0, n));
    }),
  ));

test("the determinant, by hand", () => {
  const factor = new Cholesky();
  factor.factor(Float64Array.of(4, 2, 3), 2);
  expect(Math.exp(factor.logDeterminant)).toBeCloseTo(8, 12);
});

test("refuses what is not positive definite, and goes on as before", () => {
  const factor = new Cholesky();
  expect(factor.append([1])).toBe(true);
  expect(factor.append([2, 1])).toBe(false);
  expect(factor.append([1, 1])).toBe(false);
  expect(factor.append([NaN, 1])).toBe(false);
  expect(factor.size).toBe(1);
  expect(factor.append([0.5, 1])).toBe(true);
  expect(new Cholesky().factor(Float64Array.of(1, 2, 1), 2)).toBe(false);
});
