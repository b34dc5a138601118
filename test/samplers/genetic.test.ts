import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/core/random.ts";
import { genetic } from "../../src/samplers/genetic/genetic.ts";
import type { GeneticOptions } from "../../src/samplers/genetic/pool.ts";
import { choice, ordinal } from "../../src/space/choice.ts";
import { float } from "../../src/space/float.ts";
import { int } from "../../src/space/int.ts";
import { defineSpace } from "../../src/space/space.ts";
import { variant } from "../../src/space/variant.ts";
import { Drive } from "./drive.ts";

const plane = defineSpace({ x: float(0, 1), y: float(0, 1) });
const bowl = (p: { readonly x: number; readonly y: number }): number[] => [(p.x - 0.3) ** 2 + (p.y - 0.7) ** 2];
const poolOf = (objectives: number, options?: GeneticOptions): number => genetic(options).pool!({ objectives });
const create = (objectives: number, options: GeneticOptions): unknown =>
  new Drive(plane, genetic(options), { objectives });

describe("options", () => {
  test("the pool follows from the number of objectives: at least 32, a multiple of 4", () => {
    expect([1, 2, 3, 4, 5, 8, 10].map((m) => poolOf(m))).toEqual([32, 32, 56, 72, 100, 144, 220]);
    expect(poolOf(3, { pool: 7 })).toBe(7);
  });

  test("wrong ones are refused at once", () => {
    const wrong: [object, string][] = [
      [{ pool: 5 }, "Expected `pool` to be an integer ≥ 6, got 5"],
      [{ pool: 7.5 }, "Expected `pool` to be an integer ≥ 6, got 7.5"],
      [{ cull: 3 }, "Expected `cull` to be an even integer ≥ 2, got 3"],
      [{ cull: 0 }, "Expected `cull` to be an integer ≥ 2, got 0"],
      [{ pool: 12, cull: 12 }, "Expected `cull` to be < `pool`, got cull 12 and pool 12"],
      [{ mutateRate: 0 }, "Expected `mutateRate` to be a finite number > 0, got 0"],
      [{ mutateRate: 1 }, "Expected `mutateRate` to be > 0 and < 1, got 1"],
      [{ weights: [1, 0] }, "Expected `weights[1]` to be a finite number > 0, got 0"],
      [{ weights: [] }, "Expected `weights` to be a list of one number per objective, got []"],
      [{ priorShare: 1.1 }, "Expected `priorShare` to be a finite number ≥ 0 and ≤ 1, got 1.1"],
      [{ largeFailPool: 1 }, "Expected `largeFailPool` to be true or false, got 1"],
      [{ populaton: 9 }, "Unknown option `populaton` of genetic"],
    ];
    for (const [options, message] of wrong) expect(() => genetic(options)).toThrow(message);
  });

  test("what does not fit the objectives is refused when they are known", () => {
    expect(() => create(2, { weights: [1, 1, 1] })).toThrow("one number per objective (2), got 3");
    expect(() => create(1, { cull: 40 })).toThrow("Expected `cull` to be < `pool`, got cull 40 and pool 32");
    expect(() => create(3, { pool: 12, cull: 10 })).toThrow(
      "Expected `pool` − `cull` to be at least the 3 reference directions that 3 objectives need, got 12 − 10 = 2",
    );
    for (const objectives of [1, 2, 3]) create(objectives, { pool: 12 });
    create(3, { weights: [0.7, 0.2, 0.1] });
  });
});

describe("generations", () => {
  test("hold `pool` trials each, count from 0 and end with the setting's number of them", () => {
    const drive = new Drive(plane, genetic({ pool: 8 }), { generations: 3 });
    expect(drive.run(bowl)).toBe("exhausted");
    expect(drive.told.map(({ generation }) => generation)).toEqual(
      Array.from({ length: 24 }, (_, i) => Math.floor(i / 8)),
    );
  });

  test("close only when every trial of them is told: until then it waits, later results still count", () => {
    const drive = new Drive(plane, genetic({ pool: 6 }));
    const first = Array.from({ length: 6 }, () => drive.start()!);
    expect(drive.peek()).toBe("wait");
    for (const trial of first.slice(1)) drive.finish(trial, bowl);
    expect(drive.peek()).toBe("wait");
    drive.finish(first[0]!, bowl);
    expect(drive.peek()).toMatchObject({ generation: 1, memo: [1, 0] });
  });

  test("a cancelled trial is offered again, a rejected one is replaced", () => {
    const drive = new Drive(plane, genetic({ pool: 6 }));
    const trial = drive.start()!;
    drive.running.length = 0;
    expect(drive.peek()).toMatchObject({ memo: [0, 0], unit: trial.unit });
    drive.finish(drive.start()!, () => "rejected");
    const replacement = drive.peek();
    expect(replacement).toMatchObject({ memo: [0, 0] });
    expect(replacement).not.toMatchObject({ unit: trial.unit });
  });

  test.each([
    [true, 20, 1],
    [false, 16, 6],
  ])("with less than 20 %% passed they are refilled (largeFailPool %s)", (largeFailPool, trials, warnings) => {
    const drive = new Drive(plane, genetic({ pool: 10, largeFailPool }), { generations: 1 });
    // of the first 10 one passes; needed are 2, so it asks for 10 or for 1 more, which fail until the 16th trial
    drive.run((p, number) => (number === 3 || number >= 15 ? bowl(p) : number % 2 ? "failed" : "pruned"));
    expect(drive.told).toHaveLength(trials);
    expect(drive.warnings).toHaveLength(warnings);
    expect(drive.warnings[0]).toBe(
      `Only 1 of 10 trials of generation 0 passed, less than 20 % of its pool: ${largeFailPool ? 10 : 1} more are tried`,
    );
  });

  test("pruned trials count by what they reported, behind complete ones", () => {
    const drive = new Drive(plane, genetic({ pool: 10 }), { generations: 3 });
    const reports = (p: { readonly x: number; readonly y: number }) => [{ step: 1, losses: bowl(p), elapsed: 1 }];
    drive.run((p, number) => (number % 10 ? { state: "pruned", reports: reports(p) } : bowl(p)));
    expect(drive.told).toHaveLength(30);
    expect(drive.warnings).toEqual([]);
  });

  test("refills are capped, then the generation closes", () => {
    const drive = new Drive(plane, genetic({ pool: 6 }), { generations: 2 });
    drive.run(() => "failed");
    expect(drive.told).toHaveLength(2 * 11 * 6);
    expect(drive.warnings).toHaveLength(2 * 11);
    expect(drive.warnings[10]).toContain("after 10 refills: it closes with less than 20 % of its pool");
    expect(new Set(drive.told.map(({ unit }) => String(unit))).size).toBe(132);
  });
});

describe("laws", () => {
  const space = defineSpace(
    { kind: variant({ a: { n: int(1, 50) }, b: { x: float(0, 1), o: ordinal([1, 2, 4]) } }), c: choice(["p", "q"]) },
    { where: (p) => p.c === "p" || p.kind.kind === "b" },
  );
  const judge = (_: unknown, number: number): readonly number[] | "failed" =>
    number % 7 === 3 ? "failed" : [Math.sin(number), Math.cos(number * 3)];

  test("the same seed gives the same trials, another one other trials", () => {
    const units = (seed: number): string => {
      const drive = new Drive(space, genetic({ pool: 8 }), { objectives: 2, random: createRandom(seed) });
      drive.run(judge, 60);
      return JSON.stringify(drive.told);
    };
    expect(units(1)).toBe(units(1));
    expect(units(1)).not.toBe(units(2));
  });

  test("resuming is replaying, at every moment and whichever trial asks first", () => {
    const drive = new Drive(space, genetic({ pool: 8 }), { objectives: 2 });
    for (let k = 0; k < 40; k++) {
      const resumed = new Drive(space, genetic({ pool: 8 }), { objectives: 2 });
      for (const observation of drive.told) resumed.sampler.tell(observation);
      expect(resumed.peek(1000 + k)).toEqual(drive.peek());
      drive.run(judge, 1);
    }
  });

  test("results in another order are used in that order, and asking more often changes nothing", () => {
    const play = (nosy: boolean): string => {
      const drive = new Drive(space, genetic({ pool: 8 }), { objectives: 2 });
      const order = createRandom(3);
      for (let k = 0; k < 200 && drive.told.length < 60; k++) {
        if (nosy) for (let n = 0; n < 3; n++) drive.peek(n);
        if (drive.running.length < 5 && drive.start()) continue;
        drive.finish(drive.running[order.integer(drive.running.length)]!, judge);
      }
      return JSON.stringify(drive.told);
    };
    expect(play(true)).toBe(play(false));
  });

  test("observations that it did not propose join the population", () => {
    const drive = new Drive(plane, genetic({ pool: 6, cull: 2 }));
    const unit = plane.unit(plane.row({ x: 0.3, y: 0.7 }));
    drive.finish({ number: 100, unit }, bowl);
    drive.run((p) => bowl(p).map((loss) => loss + 1), 6 * 6);
    // The enqueued optimum breeds for ever, so later trials lie near it.
    const last = drive.told.slice(-6).map(({ losses }) => losses[0]! - 1);
    expect(Math.min(...last)).toBeLessThan(0.05);
  });

  test("conditional and refused spaces: every trial is valid and new", () => {
    const drive = new Drive(space, genetic({ pool: 8 }), { objectives: 2 });
    drive.run(judge, 120);
    const params = drive.told.map(({ unit }) => space.read(space.rowAt(unit)));
    expect(params.map((p) => space.problem(p)).filter(Boolean)).toEqual([]);
    expect(new Set(params.map((p) => JSON.stringify(p))).size).toBe(120);
  });
});

describe("finite spaces", () => {
  test("are tried completely, each configuration once, then exhausted", () => {
    const space = defineSpace({ a: int(1, 6), b: int(1, 6), c: choice(["x", "y"]) }, { where: (p) => p.a + p.b > 3 });
    const drive = new Drive(space, genetic({ pool: 10 }));
    expect(drive.run((p) => [p.a * p.b])).toBe("exhausted");
    expect(drive.told).toHaveLength(66);
    expect(new Set(drive.told.map(({ unit }) => String(unit))).size).toBe(66);
  });

  test("of one configuration have one trial", () => {
    const drive = new Drive(defineSpace({ a: int(3, 3) }), genetic());
    expect(drive.run(() => [1])).toBe("exhausted");
    expect(drive.told).toHaveLength(1);
  });
});

describe("search", () => {
  test("fewer parents press harder", () => {
    const best = (cull: number): number[] =>
      Array.from({ length: 15 }, (_, seed) => {
        const drive = new Drive(plane, genetic({ pool: 24, cull }), { random: createRandom(seed) });
        drive.run(bowl, 24 * 4);
        return drive.told.slice(-24).reduce((sum, { losses }) => sum + losses[0]!, 0);
      }).sort((a, b) => a - b);
    expect(best(2)[7]!).toBeLessThan(best(22)[7]!);
  });

  test("finds the optimum of a mixed space", () => {
    const space = defineSpace({
      n: int(0, 500),
      o: ordinal([1, 2, 4, 8, 16]),
      c: choice(["a", "b", "c", "d"]),
      x: float(-5, 5),
    });
    let wins = 0;
    for (let seed = 0; seed < 5; seed++) {
      const drive = new Drive(space, genetic(), { random: createRandom(seed) });
      drive.run(
        (p) => [Math.abs(p.n - 321) / 50 + Math.abs(Math.log2(p.o / 4)) + (p.c === "c" ? 0 : 1) + p.x ** 2],
        640,
      );
      if (Math.min(...drive.told.map(({ losses }) => losses[0]!)) < 0.15) wins++;
    }
    expect(wins).toBeGreaterThanOrEqual(4);
  });

  test("feasible trials come first, then the least violation", () => {
    const drive = new Drive(plane, genetic({ pool: 16 }), { constraints: 1 });
    drive.run((p) => ({ losses: [p.x + p.y], constraints: [1.5 - p.x - p.y] }), 16 * 25);
    const feasible = drive.told.filter(({ constraints }) => constraints[0]! <= 0);
    expect(Math.min(...feasible.map(({ losses }) => losses[0]!))).toBeLessThan(1.51);
    expect(drive.told.slice(-16).filter(({ constraints }) => constraints[0]! <= 0.05).length).toBeGreaterThan(8);
  });

  test("weights move trials towards small losses of what matters", () => {
    const front = defineSpace({ t: float(0, 1), g: float(0, 1) });
    const mean = (weights?: number[]): number => {
      const drive = new Drive(front, genetic({ pool: 20, ...(weights ? { weights } : {}) }), { objectives: 2 });
      drive.run(({ t, g }) => [t + g, 1 - t + g], 20 * 30);
      return drive.told.slice(-200).reduce((sum, { unit }) => sum + unit[0]!, 0) / 200;
    };
    expect(Math.abs(mean() - 0.5)).toBeLessThan(0.12);
    expect(mean([5, 1])).toBeLessThan(0.35);
    expect(mean([1, 5])).toBeGreaterThan(0.65);
    expect(mean([2, 2])).toBe(mean());
  });
});
