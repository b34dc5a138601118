import { describe, expect, it } from "vitest";
import { createRandom } from "../core/random.ts";
import { dominates } from "../math/dominance.ts";
import type { ProblemDefinition } from "../problems/define.ts";
import type { AnyProblem } from "../problems/problem.ts";

/** How far a stated least loss may be missed: relative to it, or to 1. */
const TOLERANCE = 1e-9;

/** The promises that every problem keeps. One call covers a problem, built in or your own. */
export function problemContract(definition: ProblemDefinition<never, unknown>): void {
  const { info } = definition;
  describe(`problem ${info.name}`, () => {
    it("says what it is, in names and options that are plain JSON", () => {
      expect(info.name).toMatch(/^[a-z][A-Za-z0-9]*$/);
      expect(info.summary).toMatch(/\.$/);
      expect(info.source).not.toBe("");
      const { name, options } = definition();
      expect(name).toBe(info.name);
      expect(JSON.parse(JSON.stringify(options))).toEqual(options);
      expect(definition(options as never).options).toEqual(options);
      expect(Object.keys(options)).toEqual(Object.keys(info.options));
    });
    checkProblem(definition());
  });
}

/** The same promises of one problem, such as a wrapped one or a table: also its own tests must fail where they are broken. */
export function checkProblem(problem: AnyProblem): void {
  const { space, objectives, constraints, optimum, least } = problem;
  const draws = (key: string, n: number): Float64Array[] => {
    const random = createRandom(key);
    return Array.from({ length: n }, () => space.rowAt(space.cube.draw(() => random.uniform())));
  };
  /** Rows around the given one: some coordinates moved, at every scale. */
  const around = (row: ArrayLike<number>, n: number): Float64Array[] => {
    const random = createRandom("around");
    const centre = space.unit(row);
    return Array.from({ length: n }, () => {
      const reach = 10 ** (-8 * random.uniform());
      const moved = centre.map((u) => (random.uniform() < 0.5 ? u : u + reach * random.normal()));
      return space.rowAt(moved.map((u) => Math.min(1, Math.max(0, u))));
    }).filter((each) => space.refusal(space.read(each)) === undefined);
  };
  const feasible = (row: ArrayLike<number>): boolean => problem.excess(row).every((c) => c <= 0);
  const slack = TOLERANCE * Math.max(1, Math.abs(least ?? 1));

  it("gives a finite loss for each objective and a number for each constraint, by name too, unless it fails", () => {
    for (const row of draws("values", 40)) {
      const losses = problem.losses(row);
      expect(losses).toHaveLength(objectives.length);
      expect(problem.excess(row)).toHaveLength(Object.keys(constraints).length);
      expect(problem.excess(row).some(Number.isNaN)).toBe(false);
      const failed = losses.some(Number.isNaN);
      if (problem.noisy) continue;
      if (failed) expect(() => problem.evaluate(space.read(row), { seed: 1 })).toThrow();
      else {
        expect(losses.every(Number.isFinite)).toBe(true);
        const values = problem.evaluate(space.read(row), { seed: 1 });
        expect(values).toEqual(
          Object.fromEntries([
            ...objectives.map((name, i) => [name, losses[i]!]),
            ...Object.keys(constraints).map((name, i) => [name, problem.excess(row)[i]!]),
          ]),
        );
      }
    }
  });

  it("gives the same for the same trial, and true losses that have no noise", () => {
    const tried = (row: ArrayLike<number>, seed: number): string => {
      try {
        return JSON.stringify(problem.evaluate(space.read(row), { seed }));
      } catch (error) {
        return String(error);
      }
    };
    const rows = draws("again", 20);
    expect(rows.map((row) => problem.losses(row))).toEqual(rows.map((row) => problem.losses(row)));
    expect(rows.map((row, i) => tried(row, i))).toEqual(rows.map((row, i) => tried(row, i)));
    const differ = rows.some((row) => tried(row, 1) !== tried(row, 2));
    expect(differ).toBe(problem.noisy === true);
  });

  if (optimum !== undefined)
    it("attains its least loss at its optimum, which is in the space and feasible", () => {
      expect(least).toBeDefined();
      expect(space.problem(space.read(optimum))).toBeUndefined();
      expect(Math.abs(problem.losses(optimum)[0]! - least!)).toBeLessThanOrEqual(slack);
      expect(feasible(optimum)).toBe(true);
      expect(problem.front(1)).toEqual([[least]]);
    });

  if (least !== undefined)
    it("has nothing below its least loss: at random, around the optimum and around the best", () => {
      const random = draws("below", 2000).filter(feasible);
      const best = [...random].sort((a, b) => problem.losses(a)[0]! - problem.losses(b)[0]!).slice(0, 5);
      const near = [...best, ...(optimum === undefined ? [] : [optimum])].flatMap((row) => around(row, 500));
      for (const row of [...random, ...near.filter(feasible)]) {
        const [loss] = problem.losses(row);
        if (!Number.isNaN(loss)) expect(loss).toBeGreaterThanOrEqual(least - slack);
      }
    });

  if (objectives.length > 1)
    it("has a front of mutually non-dominated points that nothing dominates", () => {
      const front = problem.front(60);
      expect(front.length).toBeLessThanOrEqual(60);
      const losses = [...draws("front", 500), ...draws("more", 5).flatMap((row) => around(row, 60))]
        .filter(feasible)
        .map((row) => problem.losses(row));
      for (const point of front) {
        expect(point).toHaveLength(objectives.length);
        expect(front.some((other) => dominates(other, point))).toBe(false);
        expect(losses.some((each) => dominates(each, point))).toBe(false);
      }
    });

  if (problem.curve !== undefined)
    it("ends its curves with its losses", () => {
      for (const row of draws("curves", 20)) expect(problem.curve!(row).at(-1)).toEqual(problem.losses(row));
    });

  if (problem.duration !== undefined)
    it("takes a time that is a number, at least 0, and the same for the same trial", () => {
      for (const [seed, row] of draws("time", 20).entries()) {
        const time = problem.duration!(space.read(row), { seed });
        expect(time).toBeGreaterThanOrEqual(0);
        expect(problem.duration!(space.read(row), { seed })).toBe(time);
      }
    });
}
