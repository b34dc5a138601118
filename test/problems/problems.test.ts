import { describe, expect, test } from "vitest";
import { dominates } from "../../src/math/dominance.ts";
import * as problems from "../../src/problems/index.ts";

const made = Object.values(problems).map((make) => make());
const half = (d: number): number[] => Array.from({ length: d }, () => 0.5);
const close = (got: readonly number[], wanted: readonly number[]): void => {
  expect(got).toHaveLength(wanted.length);
  got.forEach((x, i) => expect(x).toBeCloseTo(wanted[i]!, 10));
};

describe.each(made.map((problem) => [problem.name, problem] as const))("%s", (_, problem) => {
  const draws = Array.from({ length: 50 }, (_, i) =>
    problem.space.axes.map(({ low, high }, j) => low + (high - low) * ((i * 0.618 + j * 0.414 + i * j * 0.732) % 1)),
  );

  test("has one finite loss per objective, by name too", () => {
    for (const x of draws) {
      const losses = problem.losses(x);
      expect(losses).toHaveLength(problem.objectives.length);
      expect(losses.every(Number.isFinite)).toBe(true);
      expect(Object.values(problem.evaluate(problem.space.read(Float64Array.from(x))))).toEqual(losses);
    }
  });

  test("has a front of mutually non-dominated points that nothing dominates", () => {
    const front = problem.front(50);
    expect(front.length).toBeGreaterThan(0);
    expect(front.length).toBeLessThanOrEqual(50);
    for (const point of front) {
      expect(point).toHaveLength(problem.objectives.length);
      expect(front.some((other) => dominates(other, point))).toBe(false);
      expect(draws.some((x) => dominates(problem.losses(x), point))).toBe(false);
    }
    if (problem.optimum) close(problem.losses(problem.optimum), front[0]!);
  });
});

test("losses equal hand-computed values", () => {
  close(problems.sphere(3).losses([1, -2, 3]), [14]);
  close(problems.rosenbrock(3).losses([0, 1, 2]), [1 + 100 + 100]);
  close(problems.zdt1(3).losses([0.25, 0.5, 0.5]), [0.25, 5.5 - Math.sqrt(0.25 * 5.5)]);
  close(problems.zdt2(3).losses([0.5, 0, 1]), [0.5, 5.5 - 0.25 / 5.5]);
  close(problems.zdt3(2).losses([0.25, 0]), [0.25, 1 - 0.5 - 0.25 * Math.sin(2.5 * Math.PI)]);
  close(problems.zdt4(3).losses([0.25, 0.5, 0]), [0.25, 1.25 - Math.sqrt(0.25 * 1.25)]);
  close(problems.zdt6(2).losses([0, 1]), [1, 10 - 0.1]);
  close(problems.zdt6(2).losses([0.75, 0]), [1 - Math.exp(-3), 1 - (1 - Math.exp(-3)) ** 2]);
  close(problems.dtlz1(3).losses(half(7)), [0.125, 0.125, 0.25]);
  close(problems.dtlz1(3).losses([0, 0, ...half(4), 1]), [0, 0, 0.5 * (1 + 100 * 0.25)]);
  close(problems.dtlz2(3).losses(half(12)), [0.5, 0.5, Math.SQRT1_2]);
  close(problems.dtlz2(3).losses([0, 0, ...half(9), 1]), [1.25, 0, 0]);
  close(problems.dtlz3(3).losses([1, 0.5, ...half(9), 0.55]), [0, 0, 1 + 100 * (1 + 0.0025 + 1)]);
  close(problems.dtlz4(2, 3).losses([0.5 ** 0.01, 0.5, 0.5]), [Math.SQRT1_2, Math.SQRT1_2]);
  close(problems.dtlz5(3).losses([0.5, 0.9, ...half(10)]), [0.5, 0.5, Math.SQRT1_2]);
  close(problems.dtlz6(2, 3).losses([0, 1, 0]), [2, 0]);
  close(problems.dtlz7(2, 3).losses([0.25, 0, 1]), [0.25, 6.5 * 2 - 0.25 * (1 + Math.SQRT1_2)]);
});

test("a wrong number of dimensions is refused", () => {
  expect(() => problems.zdt1(1)).toThrow("Expected `d` to be an integer ≥ 2, got 1");
  expect(() => problems.dtlz2(1)).toThrow("Expected `m` to be an integer ≥ 2, got 1");
  expect(() => problems.dtlz2(4, 3)).toThrow("Expected `d` to be an integer ≥ 4, got 3");
});
