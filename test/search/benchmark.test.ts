import { expect, test } from "vitest";
import {
  branin,
  constrainedGramacy,
  failing,
  fromTable,
  noisy,
  readTable,
  sphere,
  zdt1,
} from "../../src/problems/index.ts";
import { benchRun, checkpoints, scaleOf } from "../../src/search/benchmark.ts";
import { problemOf, readNamed } from "../../src/search/named-problem.ts";

const run = { sampler: "random", options: {}, trials: 50, seed: 3 };

test("the score is the loss of what was best so far, at each checkpoint", async () => {
  const { scores, failed } = await benchRun(branin(), run);
  expect(scores).toHaveLength(50);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  expect(scores.at(-1)).toBeLessThan(scores[0]!);
  expect(failed).toBe(0);
  expect(await benchRun(branin(), run)).toEqual({ scores, failed });
  expect((await benchRun(branin(), { ...run, seed: 4 })).scores).not.toEqual(scores);
});

test("of a noisy problem it is the true loss of the trial that looked best", async () => {
  const { scores } = await benchRun(noisy(sphere(2), { sd: 100 }), run);
  // what looks best in such noise is as often worse as better
  expect(scores).not.toEqual([...scores].sort((a, b) => b - a));
  expect(scores.every((score) => score >= 0 && score <= 50)).toBe(true);
});

test("failures are counted, and only feasible trials score", async () => {
  expect((await benchRun(failing(branin(), 0.5), run)).failed).toBeGreaterThan(10);
  expect((await benchRun(failing(sphere(1), 1), run)).scores.every((score) => score === Infinity)).toBe(true);
  const { scores } = await benchRun(constrainedGramacy(), { ...run, trials: 200 });
  expect(scores.at(-1)).toBeGreaterThanOrEqual(0.5997);
});

test("of several objectives it is minus the hypervolume, which only grows", async () => {
  const { scores } = await benchRun(zdt1(3), { ...run, sampler: "genetic", trials: 100 });
  expect(scores).toHaveLength(25);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  expect(scores.at(-1)).toBeLessThan(0);
  const { scaled, reference } = scaleOf(zdt1(3));
  expect(scaled([0, 1])).toEqual([0, 1]);
  expect(scaled([1, 0])).toEqual([1, 0]);
  expect(reference.every((each) => each >= 1.1)).toBe(true);
});

test("a small space ends early, and keeps its last score", async () => {
  const table = fromTable(readTable({ params: [{ name: "a", values: [1, 2, 3] }], y: [5, 4, 6] }));
  expect((await benchRun(table, { ...run, trials: 10 })).scores.slice(3)).toEqual([4, 4, 4, 4, 4, 4, 4]);
});

test("checkpoints end with all trials", () => {
  expect(checkpoints(5, 1)).toEqual([1, 2, 3, 4, 5]);
  expect(checkpoints(1000, 1).slice(-2)).toEqual([990, 1000]);
  expect(checkpoints(1000, 2)).toHaveLength(25);
});

test("names are read with options, and hyphens for capitals", () => {
  expect(readNamed("cma-es")).toEqual({ name: "cmaEs", options: {} });
  expect(readNamed("bbob:f=8:d=20")).toEqual({ name: "bbob", options: { f: 8, d: 20 } });
  expect(readNamed("genetic:pool=20:of=x")).toEqual({ name: "genetic", options: { pool: 20, of: "x" } });
  expect(() => readNamed("bbob:8")).toThrow(
    'Expected the options of "bbob" as name=value with : between them, got "8"',
  );
  expect(problemOf({ problem: readNamed("six-hump-camel") }).name).toBe("sixHumpCamel");
  expect(problemOf({ problem: readNamed("sphere:d=3"), noise: 1 }).options).toMatchObject({ sd: 1 });
  expect(() => problemOf({ problem: readNamed("brannin") })).toThrow(
    'Expected `--problem` to be "branin" or another of',
  );
  expect(() => problemOf({ table: "nowhere.json" })).toThrow("Cannot read the table nowhere.json");
});
