import fc from "fast-check";
import { expect, test } from "vitest";
import { solve } from "../../src/math/linear.ts";

test("solves a system that needs pivoting, and leaves its arguments alone", () => {
  const a = [
    [0, 2, 1],
    [1, 1, 1],
    [2, 1, -1],
  ];
  const b = [7, 6, 1];
  expect([...solve(a, b)!].map((x) => Math.round(x * 1e12) / 1e12)).toEqual([1, 2, 3]);
  expect(a).toEqual([
    [0, 2, 1],
    [1, 1, 1],
    [2, 1, -1],
  ]);
  expect(b).toEqual([7, 6, 1]);
});

test("a singular system has no solution", () => {
  expect(
    solve(
      [
        [1, 2],
        [2, 4],
      ],
      [1, 2],
    ),
  ).toBeUndefined();
  expect(
    solve(
      [
        [0, 0],
        [0, 1],
      ],
      [1, 1],
    ),
  ).toBeUndefined();
  expect(
    solve(
      [
        [1, 2],
        [1, 2 + 1e-16],
      ],
      [1, 1],
    ),
  ).toBeUndefined();
});

test("the solution satisfies well-conditioned systems, whatever the scale of the rows", () => {
  const entry = fc.integer({ min: -9, max: 9 });
  const system = fc.record({
    a: fc.array(fc.array(entry, { minLength: 4, maxLength: 4 }), { minLength: 4, maxLength: 4 }),
    x: fc.array(entry, { minLength: 4, maxLength: 4 }),
    scale: fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 4, maxLength: 4 }),
  });
  fc.assert(
    fc.property(system, ({ a, x, scale }) => {
      const rows = a.map((row, i) => row.map((v, j) => (v + (i === j ? 40 : 0)) * 10 ** scale[i]!));
      const got = solve(
        rows,
        rows.map((row) => row.reduce((sum, v, j) => sum + v * x[j]!, 0)),
      )!;
      got.forEach((v, i) => expect(v).toBeCloseTo(x[i]!, 8));
    }),
  );
});
