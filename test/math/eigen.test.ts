import fc from "fast-check";
import { expect, test } from "vitest";
import { eigenSymmetric } from "../../src/math/eigen.ts";

test("vectors are orthonormal and rebuild the matrix, values ascend", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }).chain((n) =>
        fc.tuple(
          fc.constant(n),
          fc.array(
            fc.double({ min: -1e3, max: 1e3, noNaN: true }).map((x) => (Math.abs(x) < 1e-100 ? 0 : x)),
            { minLength: n * n, maxLength: n * n },
          ),
        ),
      ),
      ([n, numbers]) => {
        const a = new Float64Array(n * n);
        for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = numbers[i * n + j]!;
        const { values, vectors } = eigenSymmetric(a, n);
        const scale = Math.max(1, ...a.map(Math.abs));
        for (let i = 0; i < n; i++) {
          if (i > 0) expect(values[i]!).toBeGreaterThanOrEqual(values[i - 1]!);
          for (let j = 0; j < n; j++) {
            let [rebuilt, product] = [0, 0];
            for (let k = 0; k < n; k++) {
              rebuilt += vectors[i * n + k]! * values[k]! * vectors[j * n + k]!;
              product += vectors[k * n + i]! * vectors[k * n + j]!;
            }
            expect(Math.abs(rebuilt - a[i * n + j]!) / scale).toBeLessThan(1e-11);
            expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-11);
          }
        }
      },
    ),
  );
});

test("the eigenvalues of Hilbert's matrix of order 4 are numpy 2.4.6's linalg.eigvalsh", () => {
  const hilbert = Float64Array.from({ length: 16 }, (_, k) => 1 / (Math.floor(k / 4) + (k % 4) + 1));
  const theirs = [9.67023040225e-5, 6.73827360576e-3, 0.16914122022145, 1.500214280059243];
  eigenSymmetric(hilbert, 4).values.forEach((value, i) => expect(value).toBeCloseTo(theirs[i]!, 12));
});
