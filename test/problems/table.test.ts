import { describe, expect, test } from "vitest";
import { fromTable, readTable } from "../../src/problems/index.ts";
import { checkProblem } from "../../src/testing/problem-contract.ts";

/** Four of six configurations are allowed, one of those failed. */
const LISTED = {
  space: "kernel",
  params: [
    { name: "block", values: [16, 32, 64] },
    { name: "unroll", values: [0, 1] },
  ],
  idx: [
    [0, 0],
    [0, 1],
    [1, 0],
    [2, 1],
  ],
  mean_ms: [3, 2, null, 4],
  sd_ms: [0.1, 0.1, null, 0.2],
  compile_ms: [100, 200, 300, 400],
};
const COMPLETE = {
  table: "network",
  direction: "maximize",
  params: [
    { name: "depth", values: [1, 2] },
    { name: "kind", values: ["a", "b", "c"] },
  ],
  y: [[1, 2], [3, 4], [5, 6], [7, 9], null, [0, 1]],
};
const TWO = { ...LISTED, mean_ms: undefined, sd_ms: undefined, y: [[3, 1], [2, 2], null, [4, 4]] };

const cases = { listed: LISTED, complete: COMPLETE, "two objectives": TWO };
describe.each(Object.entries(cases))("a table, %s", (_, json) => {
  checkProblem(fromTable(readTable(JSON.parse(JSON.stringify(json)))));
});

test("a listed table refuses what it does not hold, and fails where that failed", () => {
  const problem = fromTable(readTable(LISTED));
  expect(problem.space.problem({ block: 32, unroll: 1 })).toBe("the table has no such row");
  expect(problem.space.problem({ block: 16, unroll: 1 })).toBeUndefined();
  expect(problem.space.cube.points(10)).toHaveLength(4);
  expect(problem.evaluate({ block: 16, unroll: 1 })).toEqual({ f1: 2 });
  expect(problem.losses(problem.space.row({ block: 32, unroll: 0 }))).toEqual([NaN]);
  expect(() => problem.evaluate({ block: 32, unroll: 0 })).toThrow("This configuration failed in the table kernel");
  expect(problem.duration!({ block: 16, unroll: 1 }, { seed: 1 })).toBe(202);
  expect([problem.least, problem.optimum]).toEqual([2, [0, 1]]);
});

test("a complete table is averaged, row-major, and negated where it is maximised", () => {
  const problem = fromTable(readTable(COMPLETE));
  expect(problem.evaluate({ depth: 1, kind: "b" })).toEqual({ f1: -3.5 });
  expect([problem.least, problem.optimum]).toEqual([-8, [1, 0]]);
  expect(() => problem.evaluate({ depth: 2, kind: "b" })).toThrow("failed");
  expect(problem.space.axes.map(({ ordered }) => ordered)).toEqual([true, false]);
  expect(fromTable(readTable(COMPLETE), { declared: "choice" }).space.axes.map(({ ordered }) => ordered)).toEqual([
    false,
    false,
  ]);
});

test("noise is what was recorded: one of the runs, or of the recorded deviation", () => {
  const runs = fromTable(readTable(COMPLETE), { noise: true });
  const seen = new Set(
    Array.from({ length: 50 }, (_, seed) => runs.evaluate({ depth: 2, kind: "a" }, { seed })["f1"] as number),
  );
  expect(seen).toEqual(new Set([-7, -9]));
  const timed = fromTable(readTable(LISTED), { noise: true });
  const drawn = Array.from(
    { length: 2000 },
    (_, seed) => timed.evaluate({ block: 64, unroll: 1 }, { seed })["f1"] as number,
  );
  const mean = drawn.reduce((a, b) => a + b, 0) / drawn.length;
  const sd = Math.sqrt(drawn.reduce((a, b) => a + (b - mean) ** 2, 0) / drawn.length);
  // five standard errors; the seeds are fixed
  expect(Math.abs(mean - 4)).toBeLessThan((5 * 0.2) / Math.sqrt(2000));
  expect(Math.abs(sd - 0.2)).toBeLessThan((5 * 0.2) / Math.sqrt(4000));
  expect(timed.losses(timed.space.row({ block: 64, unroll: 1 }))).toEqual([4]);
  expect(() => timed.evaluate({ block: 64, unroll: 1 })).toThrow(
    "Expected evaluate() of a noisy table to be given a seed",
  );
});

test("what is no table is refused", () => {
  expect(() => readTable(3)).toThrow("Expected a table to hold `params`, got 3");
  expect(() => readTable({ params: [{ name: "a" }] })).toThrow("Expected each of `params` to be { name, values }");
  expect(() => readTable({ ...COMPLETE, y: [1] })).toThrow("Expected a value for each of 6 rows, got 1");
  expect(() => readTable({ ...COMPLETE, direction: "up" })).toThrow("Expected `direction` to be");
  expect(() =>
    readTable({
      ...LISTED,
      idx: [
        [0, 5],
        [0, 1],
        [1, 0],
        [2, 1],
      ],
    }),
  ).toThrow("Expected each of `idx`");
  expect(() => readTable({ params: COMPLETE.params })).toThrow("Expected a table to hold `mean_ms`, `mean_us` or `y`");
  expect(() => fromTable(readTable({ ...COMPLETE, y: Array.from({ length: 6 }, () => null) }))).toThrow(
    "to have a value",
  );
});
