import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/core/random.ts";
import { bbob } from "../../src/problems/index.ts";
import type { Setting, Suggestion } from "../../src/core/sampler.ts";
import { cmaEs, type CmaEsOptions } from "../../src/samplers/cma-es/cma-es.ts";
import { Distribution } from "../../src/samplers/cma-es/distribution.ts";
import { confine } from "../../src/samplers/cma-es/faces.ts";
import { cellEnds, keepMargin } from "../../src/samplers/cma-es/margin.ts";
import { bipop, ipop } from "../../src/samplers/cma-es/restarts.ts";
import { strategyFor } from "../../src/samplers/cma-es/strategy.ts";
import { fromUnit } from "../../src/space/axis.ts";
import { choice } from "../../src/space/choice.ts";
import { float } from "../../src/space/float.ts";
import { int } from "../../src/space/int.ts";
import { defineSpace, type Space } from "../../src/space/space.ts";
import { Drive } from "./drive.ts";

const box = (d: number): Space<Record<string, number>> =>
  defineSpace(Object.fromEntries(Array.from({ length: d }, (_, i) => [`x${i}`, float(-5, 5)]))) as Space<
    Record<string, number>
  >;

/** The number of trials until a loss is at most `target`, `workers` at a time; `budget` when it is not reached. */
function trialsTo(
  target: number,
  budget: number,
  space: Space<Record<string, number>>,
  loss: (x: number[]) => number,
  { options = {}, workers = 1, seed = 1 }: { options?: CmaEsOptions; workers?: number; seed?: number } = {},
): number {
  const setting: Setting = {
    cube: space.cube,
    objectives: 1,
    constraints: 0,
    random: createRandom(seed),
    warn: () => {},
  };
  const sampler = cmaEs(options).create(setting);
  const running: { number: number; unit: Float64Array; memo: never }[] = [];
  const order = createRandom(seed).fork("order");
  for (let number = 0; number < budget; number++) {
    const answer = sampler.ask({ number, running: [], random: createRandom(seed).fork(number), taken: () => false });
    if (typeof answer !== "object" || !("unit" in answer)) throw new Error("no suggestion");
    running.push({ number, unit: space.cube.settle(answer.unit)!, memo: answer.memo as never });
    if (running.length < workers) continue;
    const [trial] = running.splice(order.integer(running.length), 1);
    const value = loss(Object.values(space.read(space.rowAt(trial!.unit))));
    if (value <= target) return number + 1;
    sampler.tell({
      ...trial!,
      state: "complete",
      losses: [value],
      constraints: [],
      cost: 1,
      duration: 1,
      reports: [],
    });
  }
  return budget;
}

const ellipsoid = (x: number[]): number => {
  // turned by 45° in pairs, condition 10⁶
  const y = x.map((v, i) => (i % 2 === 0 ? v + (x[i + 1] ?? 0) : v - x[i - 1]!) / Math.SQRT2 - 1);
  return y.reduce((sum, v, i) => sum + 10 ** ((6 * i) / (x.length - 1)) * v * v, 0);
};

test("the strategy parameters are those of cmaes 0.13.1 for n = 5, λ = 8", () => {
  const { muEff, c1, cSigma, dSigma, cC, chi, weights } = strategyFor(5, 8, false);
  const theirs = {
    muEff: 2.6001788261131793,
    c1: 0.047292304159400896,
    cSigma: 0.3650883760934854,
    dSigma: 1.3650883760934853,
    cC: 0.4501995579928079,
    chi: 2.1285237557247996,
  };
  Object.entries({ muEff, c1, cSigma, dSigma, cC, chi }).forEach(([name, value]) =>
    expect(value, name).toBeCloseTo(theirs[name as keyof typeof theirs], 12),
  );
  expect(weights.slice(0, 4).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  expect(weights.slice(4).every((w) => w < 0)).toBe(true);
});

describe("continuous axes", () => {
  test("an ill-conditioned turned ellipsoid to 1e-8, as pycma needs about 1,500 trials in 5 dimensions", () => {
    for (const seed of [1, 2, 3, 4, 5]) expect(trialsTo(1e-8, 4000, box(5), ellipsoid, { seed })).toBeLessThan(3000);
  });

  test("an optimum in a corner is reached exactly", () => {
    const slope = (x: number[]): number => x.reduce((sum, v, i) => sum + 10 ** i * (5 - v), 0);
    for (const seed of [1, 2, 3]) expect(trialsTo(0, 4000, box(4), slope, { seed })).toBeLessThan(4000);
  });

  test("eight results at a time, in any order, are all of use", () => {
    const sphere = (x: number[]): number => x.reduce((sum, v) => sum + (v - 1) ** 2, 0);
    for (const seed of [1, 2, 3]) expect(trialsTo(1e-8, 4000, box(5), sphere, { seed, workers: 8 })).toBeLessThan(2000);
  });

  test("restarts find the optimum among many", () => {
    const rastrigin = (x: number[]): number =>
      x.reduce((sum, v) => sum + 10 - 10 * Math.cos(2 * Math.PI * (v - 0.7)) + (v - 0.7) ** 2, 0);
    for (const restarts of ["bipop", "ipop"] as const)
      expect(trialsTo(1e-8, 30_000, box(3), rastrigin, { options: { restarts } })).toBeLessThan(30_000);
  });

  test("80 axes are learnt one by one", () => {
    const scaled = (x: number[]): number => x.reduce((sum, v, i) => sum + 10 ** ((4 * i) / 79) * (v - 1) ** 2, 0);
    expect(trialsTo(1e-6, 40_000, box(80), scaled)).toBeLessThan(40_000);
  });
});

describe("integers and categories", () => {
  const axis = defineSpace({ k: int(1, 9) }).axes[0]!;

  test("after the margin is kept, a share of the samples leaves the mean's cell on each side that there is", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -0.2, max: 1.2, noNaN: true }),
        fc.double({ min: 1e-6, max: 0.5, noNaN: true }),
        (mean, sigma) => {
          const distribution = new Distribution({ mean: Float64Array.of(mean), sigma }, 8, false);
          keepMargin(distribution, 0, axis, 0.1);
          const chance = createRandom(1);
          const cell = fromUnit(axis, distribution.mean[0]!) - axis.low;
          const [low, high] = cellEnds(axis, cell);
          const x = new Float64Array(1);
          let [below, above] = [0, 0];
          for (let i = 0; i < 2000; i++) {
            distribution.sample(chance, x);
            if (x[0]! < low) below++;
            if (x[0]! > high) above++;
          }
          // binomial with p ≥ .05 (.1 at an end): five standard deviations
          if (low !== -Infinity) expect(below).toBeGreaterThan(50);
          if (high !== Infinity) expect(above).toBeGreaterThan(50);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("integers and categories are solved along with a float", () => {
    const space = defineSpace({ x: float(0, 1), a: int(0, 50), b: int(0, 50), c: choice(["p", "q", "r", "s"]) });
    for (const seed of [1, 2, 3]) {
      const drive = new Drive(space, cmaEs(), { random: createRandom(seed) });
      drive.run(
        ({ x, a, b, c }) => [(x - 0.4) ** 2 + ((a - 33) / 50) ** 2 + ((b - 4) / 50) ** 2 + (c === "r" ? 0 : 0.3)],
        400,
      );
      const best = drive.told.reduce((p, q) => (q.losses[0]! < p.losses[0]! ? q : p));
      const { a, b, c } = space.read(space.rowAt(best.unit));
      expect([Math.abs(a - 33) <= 1, Math.abs(b - 4) <= 1, c]).toEqual([true, true, "r"]);
    }
  });
});

test("trials of another source say where to start", () => {
  const space = defineSpace({ x: float(0, 1), y: float(0, 1) });
  const drive = new Drive(space, cmaEs());
  for (let i = 0; i < 40; i++) {
    const unit = Float64Array.of((i % 8) / 8, Math.floor(i / 8) / 5);
    drive.finish({ number: 1000 + i, unit }, ({ x, y }) => [(x - 0.9) ** 2 + (y - 0.1) ** 2]);
  }
  const units = Array.from({ length: 20 }, (_, k) => drive.peek(k) as { unit: ArrayLike<number> });
  const mean = (j: number): number => units.reduce((sum, { unit }) => sum + unit[j]!, 0) / 20;
  expect(mean(0)).toBeGreaterThan(0.7);
  expect(mean(1)).toBeLessThan(0.3);
});

test("IPOP doubles; BIPOP gives both ways the same number of trials", () => {
  const random = createRandom(1);
  const doubling = ipop(6);
  expect([1, 2, 3, 4].map(() => doubling.next(random).lambda)).toEqual([6, 12, 24, 48]);
  const both = bipop(6);
  const used = { large: 0, small: 0 };
  both.next(random);
  for (let k = 0; k < 50; k++) both.count();
  for (let run = 0; run < 40; run++) {
    const { limit, shrink, lambda } = both.next(random.fork(run));
    const way = limit === Infinity ? "large" : "small";
    if (way === "large") expect(shrink).toBe(1);
    expect(lambda).toBeGreaterThanOrEqual(6);
    const trials = way === "large" ? 100 : 20;
    for (let k = 0; k < trials; k++) both.count();
    used[way] += trials;
  }
  expect(Math.abs(used.large - used.small)).toBeLessThanOrEqual(100);
});

test("wrong options are refused at once", () => {
  expect(() => cmaEs({ lambda: 3 })).toThrow("Expected `lambda` to be an integer ≥ 4, got 3");
  expect(() => cmaEs({ sigma: 0 })).toThrow("Expected `sigma`");
  expect(() => cmaEs({ restarts: "none" } as object)).toThrow(
    'Expected `restarts` to be "bipop" or "ipop", got "none"',
  );
  expect(() => cmaEs({ popsize: 9 } as object)).toThrow("Unknown");
});

// Expected running times of pycma 4.4.0 (BIPOP, 15 instances, unbounded) to 1e-8 in 5 dimensions: f5 69, f8 1,767, f11
// 1,278, f17 11,924. Ours over 15 instances: 88, 1,693, 1,620, 11,947. The seeds are fixed, so that only a change fails.
test.each([
  [5, 150],
  [8, 2_100],
  [11, 1_900],
  [17, 20_000],
])("BBOB f%i: the median of five instances is reached within %i trials", (f, most) => {
  const needed = [1, 2, 3, 4, 5].map((instance) => {
    const { space, losses, front } = bbob({ f, d: 5, instance });
    const least = front(1)[0]![0]!;
    const random = createRandom(1000 + instance);
    const sampler = cmaEs().create({ cube: space.cube, objectives: 1, constraints: 0, random, warn: () => {} });
    for (let number = 0; number < 2 * most; number++) {
      const answer = sampler.ask({ number, running: [], random: random.fork(number), taken: () => false });
      const { unit: raw, memo } = answer as Suggestion;
      const unit = space.cube.settle(raw)!;
      const found = losses(space.rowAt(unit));
      if (found[0]! - least <= 1e-8) return number + 1;
      const rest = { state: "complete", constraints: [], cost: 1, duration: 1, reports: [] } as const;
      sampler.tell({ ...rest, number, unit, losses: found, ...(memo === undefined ? {} : { memo }) });
    }
    return Infinity;
  });
  expect(needed.sort((a, b) => a - b)[2]).toBeLessThan(most);
});

test("samples beyond a face lie near it, further once the mean is beyond, and some are mirrored", () => {
  const random = createRandom(3);
  const at = (mean: number, x: number): number => {
    const sample = Float64Array.of(x);
    confine(sample, new Distribution({ mean: Float64Array.of(mean), sigma: 0.1 }, 8, false), random);
    return sample[0]!;
  };
  const inside = Array.from({ length: 1000 }, () => at(0.95, 1.4));
  expect(new Set(inside.map((x) => x.toFixed(9)))).toEqual(new Set(["0.600000000", "1.030000000"]));
  const mirrored = inside.filter((x) => x < 1).length;
  expect(mirrored).toBeGreaterThan(180); // a quarter; 5 deviations either way
  expect(mirrored).toBeLessThan(320);
  expect(at(1.01, 1.4)).toBeCloseTo(1.2, 12);
  expect(at(1.01, 1.1)).toBe(1.1);
  expect(at(0.5, 0.7)).toBe(0.7);
  expect([-0.03, 0.4]).toContainEqual(Number(at(0.05, -0.4).toFixed(12)));
});
