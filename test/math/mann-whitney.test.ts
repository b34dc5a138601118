import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { holm, mannWhitney } from "../../src/math/mann-whitney.ts";

interface Reference {
  readonly tests: readonly { readonly a: number[]; readonly b: number[]; readonly u: number; readonly p: number }[];
}

/** Values of scipy; test/reference/statistics.py says how they were made. */
const reference = JSON.parse(readFileSync("test/golden/problems/statistics.json", "utf8")) as Reference;

test.each(reference.tests)("equals scipy's test: $u, $p", ({ a, b, u, p }) => {
  const got = mannWhitney(a, b);
  expect(got.u).toBe(u);
  expect(got.p).toBeCloseTo(p, 7); // our erfc is good to 1e-7
  expect(got.a12).toBeCloseTo(u / (a.length * b.length), 12);
});

test("is symmetric, and takes what is infinite for the greatest", () => {
  const list = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(list, list, (a, b) => {
      const [one, other] = [mannWhitney(a, b), mannWhitney(b, a)];
      expect(one.p).toBeCloseTo(other.p, 12);
      expect(one.a12 + other.a12).toBeCloseTo(1, 12);
      expect(one.p).toBeGreaterThanOrEqual(0);
      expect(one.p).toBeLessThanOrEqual(1);
    }),
  );
  expect(mannWhitney([Infinity, Infinity], [1, Infinity]).a12).toBe(0.75);
  expect(mannWhitney([2, 2], [2, 2]).p).toBe(1);
});

test("Holm's adjusted values, as in his paper's order", () => {
  // R's p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") gives 0.03 0.06 0.06 0.02
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  [0.03, 0.06, 0.06, 0.02].forEach((p, i) => expect(adjusted[i]).toBeCloseTo(p, 12));
  expect(holm([])).toEqual([]);
  expect(holm([0.7, 0.8])).toEqual([1, 1]);
});
