import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/core/random.ts";
import type { Observation, Setting } from "../../src/core/sampler.ts";
import { hypervolume } from "../../src/math/hypervolume.ts";
import { igd } from "../../src/math/igd.ts";
import { dtlz2, type Problem, zdt1, zdt4, zdt6 } from "../../src/problems/index.ts";
import type { Individual } from "../../src/samplers/genetic/individual.ts";
import { crowding } from "../../src/samplers/nsga/crowding.ts";
import { nsga2 } from "../../src/samplers/nsga/nsga2.ts";
import { nsga3 } from "../../src/samplers/nsga/nsga3.ts";
import type { SteadyEvolution } from "../../src/samplers/nsga/steady.ts";
import { Seen } from "../../src/samplers/seen.ts";
import { float } from "../../src/space/float.ts";
import { int } from "../../src/space/int.ts";
import { defineSpace } from "../../src/space/space.ts";
import { Drive } from "./drive.ts";

const plane = defineSpace({ x: float(0, 1), y: float(0, 1) });
/** Two bowls at (0.2, 0.5) and (0.8, 0.5): the front is the line between them. */
const bowls = ({ x, y }: { readonly x: number; readonly y: number }): number[] => [
  (x - 0.2) ** 2 + (y - 0.5) ** 2,
  (x - 0.8) ** 2 + (y - 0.5) ** 2,
];

function member(...losses: number[]): Individual {
  return { unit: Float64Array.from(losses), losses, violation: 0, key: 0, rank: 0, niche: 0, distance: 0 };
}

describe("crowding", () => {
  test("whole fronts first, then those that are least crowded, brought up to date after each removal", () => {
    // on the line f1 + f2 = 10: 4, 5 and 6 stand closest together; when 5 is gone, 4 and 6 are no longer crowded
    const front = [0, 4, 5, 6, 8, 10].map((x) => member(x, 10 - x));
    const behind = [member(9, 9), member(11, 11)];
    const random = createRandom(1);
    const kept = crowding([...behind, ...front], 5, random);
    expect(kept.map(({ losses }) => losses[0])).toEqual([0, 4, 6, 8, 10]);
    expect(kept.map(({ distance }) => Number(distance.toFixed(9)))).toEqual([-Infinity, -1.2, -0.8, -0.8, -Infinity]);
    expect(crowding([...behind, ...front], 7, random).map(({ rank }) => rank)).toEqual([0, 0, 0, 0, 0, 0, 1]);
  });

  test("one loss: the best", () => {
    const kept = crowding(
      [3, 1, 2, 5].map((x) => member(x)),
      2,
      createRandom(1),
    );
    expect(kept.map(({ losses }) => losses[0])).toEqual([1, 2]);
  });
});

describe("nsga2 and nsga3", () => {
  test("wrong options are refused at once, or when the objectives are known", () => {
    const wrong: [() => unknown, string][] = [
      [() => nsga2({ population: 3 }), "Expected `population` to be an integer ≥ 4, got 3"],
      [() => nsga2({ mutateRate: 2 }), "Expected `mutateRate` to be a finite number ≥ 0 and ≤ 1, got 2"],
      [() => nsga2({ crossoverIndex: -1 }), "Expected `crossoverIndex` to be a finite number ≥ 0, got -1"],
      [() => nsga2({ mutationIndex: NaN }), "Expected `mutationIndex` to be a finite number ≥ 0, got NaN"],
      [() => nsga2({ priorShare: 7 }), "Expected `priorShare` to be a finite number ≥ 0 and ≤ 1, got 7"],
      [() => nsga2({ weights: [1] } as object), "Unknown option `weights` of nsga2"],
      [() => nsga3({ weights: [0] }), "Expected `weights[0]` to be a finite number > 0, got 0"],
      [() => nsga3({ directions: "fan" as "riesz" }), 'Expected `directions` to be "dasDennis", "riesz" or a list'],
      [() => nsga3({ directions: [[0, 0]] }), "Expected `directions[0]` to have a part > 0, got [0,0]"],
      [() => nsga3({ directions: [[0, -1]] }), "Expected `directions[0][1]` to be a finite number ≥ 0, got -1"],
      [
        () => new Drive(plane, nsga3({ directions: [[1, 1]] }), { objectives: 3 }),
        "one number per objective (3), got 2",
      ],
      [() => new Drive(plane, nsga3({ weights: [1, 1] }), { objectives: 3 }), "one number per objective (3), got 2"],
    ];
    for (const [make, message] of wrong) expect(make).toThrow(message);
    const directions = Array.from({ length: 6 }, (_, i) => [i, 5 - i]);
    expect(() => nsga3({ directions, population: 5 })).toThrow("at least the number of `directions` (6), got 5");
  });

  for (const [name, factory] of [
    ["nsga2", nsga2({ population: 12 })],
    ["nsga3", nsga3({ population: 12 })],
  ] as const) {
    test(`${name} never makes a worker wait, and late results count`, () => {
      const drive = new Drive(plane, factory, { objectives: 2 });
      const slow = Array.from({ length: 8 }, () => drive.start()!);
      for (let i = 0; i < 100; i++) drive.finish(drive.start()!, ({ x, y }) => [1 + x, 1 + y]);
      for (const trial of slow) drive.finish(trial, bowls);
      drive.run(bowls, 30);
      const { population } = drive.sampler as SteadyEvolution;
      const units = new Set(population.map(({ unit }) => String(unit)));
      expect(slow.filter(({ unit }) => units.has(String(unit))).length).toBeGreaterThan(0);
      expect(population.every(({ losses }) => losses[0]! < 1)).toBe(true);
    });

    test(`${name} keeps constraints, goes on through failures and is not led by what was cut off`, () => {
      const drive = new Drive(plane, factory, { objectives: 2, constraints: 1 });
      drive.run((p, number): readonly number[] | "failed" | Partial<Observation> => {
        if (number % 5 === 0) return "failed";
        if (number % 7 === 0) return { losses: [-9, -9], constraints: [0], atLeast: true };
        return { losses: bowls(p), constraints: [0.5 - p.x] };
      }, 300);
      const { population } = drive.sampler as SteadyEvolution;
      expect(population).toHaveLength(12);
      for (const { losses, unit } of population) {
        expect(losses[0]).toBeGreaterThan(0);
        expect(unit[0]).toBeGreaterThanOrEqual(0.5);
      }
      expect(Math.min(...population.map(({ losses }) => losses[1]!))).toBeLessThan(0.01);
    });

    test(`${name} tries every configuration of a small space once`, () => {
      const small = defineSpace({ a: int(1, 6), b: int(1, 5) });
      const drive = new Drive(small, factory, { objectives: 2 });
      expect(drive.run(({ a, b }) => [a - b, b - a])).toBe("exhausted");
      expect(new Set(drive.told.map(({ unit }) => String(unit))).size).toBe(30);
      expect(drive.told).toHaveLength(30);
    });
  }

  test("weights steer nsga3 along the front", () => {
    const mean = (weights: readonly number[]): number => {
      const drive = new Drive(plane, nsga3({ population: 20, weights }), { objectives: 2 });
      drive.run(bowls, 400);
      const { population } = drive.sampler as SteadyEvolution;
      return population.reduce((sum, { losses }) => sum + losses[0]!, 0) / population.length;
    };
    expect(mean([9, 1])).toBeLessThan(mean([1, 9]) / 2);
  });

  test("directions of one's own are where nsga3 settles", () => {
    const directions = [
      [0, 1],
      [1, 0],
      [1, 1],
    ];
    const drive = new Drive(plane, nsga3({ directions, population: 4 }), { objectives: 2 });
    drive.run(bowls, 600);
    const xs = (drive.sampler as SteadyEvolution).population.map(({ unit }) => unit[0]!).sort((a, b) => a - b);
    expect(xs[0]).toBeCloseTo(0.2, 1);
    expect(xs.at(-1)).toBeCloseTo(0.8, 1);
    expect(xs.some((x) => Math.abs(x - 0.5) < 0.05)).toBe(true);
  });
});

/** The losses of the population after a number of evaluations. */
function evolve(problem: Problem, factory: ReturnType<typeof nsga2>, budget: number, seed: number): number[][] {
  const { space, objectives } = problem;
  const random = createRandom(seed);
  const warn = (message: string): void => expect.fail(message);
  const setting: Setting = { cube: space.cube, objectives: objectives.length, constraints: 0, budget, random, warn };
  const sampler = factory.create(setting) as SteadyEvolution;
  const seen = new Seen();
  const taken = (unit: ArrayLike<number>): boolean => seen.has(unit);
  const rest = { state: "complete", constraints: [], cost: 1, duration: 1, reports: [] } as const;
  for (let number = 0; number < budget; number++) {
    const answer = sampler.ask({ number, running: [], random: random.fork(number), taken });
    if (typeof answer === "string") throw new Error(answer);
    const unit = space.cube.settle(answer.unit)!;
    if (!seen.add(unit)) throw new Error("asked twice");
    sampler.tell({ ...rest, number, unit, losses: problem.losses(space.rowAt(unit)) });
  }
  return sampler.population.map(({ losses }) => [...losses]);
}

function median(of: number[]): number {
  return of.sort((a, b) => a - b)[of.length >> 1]!;
}

// Medians of pymoo 0.6.2 at the same budgets (11 seeds): NSGA-II, population 100, ZDT1 .8475, ZDT6 .2416, ZDT4 .151 in
// normalised hypervolume; NSGA-III, 92, DTLZ2 targeted IGD 1.25e-3 after 23,000. The seeds are fixed, so these fail only
// after a change; over fresh seeds none of 20 medians of three lay outside.
test.each([
  ["zdt1", zdt1(), 0.85],
  ["zdt4", zdt4(), 0.2],
] as const)("%s, 10,000 evaluations: nsga2 is above pymoo's NSGA-II", (_, problem, least) => {
  expect(
    median([1, 2, 3].map((seed) => hypervolume(evolve(problem, nsga2(), 10_000, seed), [1.1, 1.1]))),
  ).toBeGreaterThan(least);
});

test("zdt6, 10,000 evaluations: nsga2 is above pymoo's NSGA-II", () => {
  const low = 0.2807753191;
  const scaled = (losses: number[][]): number[][] =>
    losses.map(([f1, f2]) => [(f1! - low) / (1 - low), f2! / (1 - low ** 2)]);
  const reached = [1, 2, 3].map((seed) => hypervolume(scaled(evolve(zdt6(), nsga2(), 10_000, seed)), [1.1, 1.1]));
  expect(median(reached)).toBeGreaterThan(0.45);
});

test("DTLZ2, 23,000 evaluations: nsga3 comes as near to its targets as pymoo's", () => {
  const problem = dtlz2();
  const front = problem.front(91);
  const reached = [1, 2, 3].map((seed) => igd(front, evolve(problem, nsga3({ population: 92 }), 23_000, seed)));
  expect(median(reached)).toBeLessThan(2.5e-3);
});
