import { describe, expect, test } from "vitest";
import {
  type AnyProblem,
  ackley,
  branin,
  braninCurrin,
  delayed,
  discretised,
  failing,
  jenatton,
  labelOf,
  noisy,
  padded,
  rastrigin,
  rotated,
  shifted,
  sphere,
  weldedBeam,
} from "../../src/problems/index.ts";
import { checkProblem } from "../../src/testing/problem-contract.ts";

const made: readonly AnyProblem[] = [
  noisy(branin(), { sd: 1 }),
  noisy(braninCurrin(), { sd: [1, 0.1], told: true }),
  noisy(jenatton(), { sd: 0.1 }),
  shifted(sphere(3), [1, -2, 0.5]),
  shifted(weldedBeam(), [1, 1, 1, 1]),
  rotated(rastrigin(4), { seed: 3 }),
  rotated(shifted(ackley(3), [1, 2, 3])),
  discretised(sphere(2), { levels: 11 }),
  discretised(ackley(3), { levels: [4, 0, 7] }),
  padded(branin(), { by: 5 }),
  delayed(branin(), [1000, 5000]),
  failing(branin(), 0.2),
  failing(branin(), ({ x1, x2 }) => x1! + x2! > 15),
  noisy(
    delayed(failing(rotated(sphere(2)), 0.3), ({ x1 }) => 100 + x1!),
    { sd: 0.5 },
  ),
];

describe.each(made.map((problem) => [labelOf(problem), problem] as const))("%s", (_, problem) => {
  checkProblem(problem);
  test("says what it wraps in plain JSON", () => {
    expect(JSON.parse(JSON.stringify(problem.options))).toEqual(problem.options);
    expect(problem.options["of"]).toMatchObject({ name: expect.any(String), options: expect.any(Object) });
  });
});

test("noise has the deviation that was asked for, and tells it where it is to", () => {
  const { space, evaluate } = noisy(sphere(2), { sd: 2 });
  const origin = space.read([0, 0]);
  const drawn = Array.from({ length: 4000 }, (_, seed) => evaluate(origin, { seed })["f1"] as number);
  const mean = drawn.reduce((a, b) => a + b, 0) / drawn.length;
  const sd = Math.sqrt(drawn.reduce((a, b) => a + (b - mean) ** 2, 0) / drawn.length);
  // five standard errors; the seeds are fixed
  expect(Math.abs(mean)).toBeLessThan((5 * 2) / Math.sqrt(4000));
  expect(Math.abs(sd - 2)).toBeLessThan((5 * 2) / Math.sqrt(8000));
  expect(noisy(sphere(2), { sd: 2, told: true }).evaluate(origin, { seed: 1 })).toEqual({
    f1: { value: drawn[1], stderr: 2 },
  });
  expect(() => evaluate(origin)).toThrow("Expected evaluate() of a noisy sphere to be given a seed");
});

test("coordinates move as they should", () => {
  expect(shifted(sphere(2), [1, -2]).losses([1, -2])).toEqual([0]);
  expect(shifted(sphere(2), [1, -2]).losses([0, 0])).toEqual([5]);
  expect(discretised(sphere(2), { levels: 11 }).losses([5, 6])).toEqual([1]);
  expect(discretised(sphere(2), { levels: 11 }).optimum).toEqual([5, 5]);
  expect(discretised(sphere(2), { levels: 4 }).least).toBeUndefined();
  expect(padded(sphere(2), { by: 2 }).losses([1, 2, 0.3, 0.9])).toEqual([5]);
  // a rotation keeps lengths: within the box the sphere of a turned point is the sphere
  expect(rotated(sphere(3)).losses([1, 2, 3])[0]).toBeCloseTo(14, 10);
  // beyond it, the nearest point within, and the distance beside
  const [corner] = rotated(sphere(2), { seed: 2 }).losses([5, 5]);
  expect(corner).toBeLessThan(50);
  expect(corner).toBeGreaterThan(25);
});

test("a share fails by chance of the trial, the others are untouched", () => {
  const { evaluate, space } = failing(sphere(1), 0.3);
  const failed = Array.from({ length: 1000 }, (_, seed) => {
    try {
      expect(evaluate(space.read([2]), { seed })).toEqual({ f1: 4 });
      return false;
    } catch {
      return true;
    }
  }).filter(Boolean).length;
  expect(Math.abs(failed - 300)).toBeLessThan(5 * Math.sqrt(1000 * 0.3 * 0.7));
});

test("two wrappers of a kind draw differently", () => {
  const twice = noisy(noisy(sphere(1), { sd: 1 }), { sd: 1 });
  const origin = twice.space.read([0]);
  const once = noisy(sphere(1), { sd: 1 }).evaluate(origin, { seed: 1 })["f1"] as number;
  expect(twice.evaluate(origin, { seed: 1 })["f1"]).not.toBeCloseTo(2 * once, 6);
});

test("what makes no sense is refused", () => {
  expect(() => shifted(sphere(2), [1])).toThrow("Expected `offset` to hold 2 numbers, got 1");
  expect(() => shifted(jenatton() as never, [1])).toThrow(
    "Expected shifted() to be given a problem of floats, got jenatton",
  );
  expect(() => noisy(sphere(), { sd: -1 })).toThrow("Expected `sd` to be a finite number ≥ 0, got -1");
  expect(() => noisy(sphere(), { sd: [1, 2] })).toThrow("Expected `sd` to hold 1 numbers, got 2");
  expect(() => shifted(noisy(sphere(2), { sd: 1 }), [1, 1])).toThrow("add the noise around it");
  expect(() => rotated(braninCurrin())).toThrow("Expected rotated() to be given a problem of one loss");
  expect(() => failing(sphere(), () => true)).toThrow("Expected the optimum of sphere not to fail");
  expect(() => discretised(sphere(2), { levels: 1 })).toThrow("Expected `levels[0]` to be an integer ≥ 2, got 1");
});

test("names say what is wrapped", () => {
  expect(labelOf(noisy(rotated(sphere(3)), { sd: 1 }))).toBe("noisy (rotated (sphere d=3) seed=1) sd=1");
});
