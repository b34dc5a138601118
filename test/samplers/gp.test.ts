import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/core/random.ts";
import type { Observation, Suggestion } from "../../src/core/sampler.ts";
import { nonDominatedBoxes } from "../../src/math/boxes.ts";
import { GaussianProcess } from "../../src/math/gaussian-process.ts";
import { hypervolume } from "../../src/math/hypervolume.ts";
import { zdt1 } from "../../src/problems/index.ts";
import { Acquisition, type Posterior } from "../../src/samplers/gp/acquisition.ts";
import { type Entry, entryOf } from "../../src/samplers/gp/entry.ts";
import { gp } from "../../src/samplers/gp/gp.ts";
import { improvable } from "../../src/samplers/gp/improvable.ts";
import { subset } from "../../src/samplers/gp/subset.ts";
import { constraintTarget, failureTarget, lossTarget } from "../../src/samplers/gp/target.ts";
import { random } from "../../src/samplers/random.ts";
import { choice } from "../../src/space/choice.ts";
import { float } from "../../src/space/float.ts";
import { int } from "../../src/space/int.ts";
import { optional } from "../../src/space/optional.ts";
import { defineSpace } from "../../src/space/space.ts";
import { variant } from "../../src/space/variant.ts";
import { Drive, type Judge } from "./drive.ts";

const observation = (more: Partial<Observation>): Observation => ({
  number: 0,
  state: "complete",
  unit: Float64Array.of(0.5),
  losses: [1],
  constraints: [],
  cost: 1,
  duration: 1,
  reports: [],
  ...more,
});
const entry = (more: Partial<Observation>, objectives = 1): Entry => entryOf(observation(more), objectives)!;
const best = ({ told }: Drive<never>): number =>
  told.reduce((least, { losses }) => Math.min(least, losses[0] ?? Infinity), Infinity);

describe("acquisition", () => {
  /** The same normal distribution everywhere. */
  const sure = (mean: number, deviation: number): Posterior => ({
    predict: (_, count, means, variances) => {
      means.fill(mean, 0, count);
      variances.fill(deviation ** 2, 0, count);
    },
    differentiate: () => ({ mean, variance: deviation ** 2 }),
  });
  const of = (posteriors: readonly Posterior[], front: readonly (readonly number[])[], reference: number[]): number =>
    Math.exp(new Acquisition(posteriors, nonDominatedBoxes(front, reference), []).scores(new Float64Array(1), 1)[0]!);

  test("is BoTorch 0.18.1's expected hypervolume improvement", () => {
    // test/reference/gaussian_process.py
    const front = [
      [0.1, 0.9, 0.5],
      [0.4, 0.4, 0.4],
      [0.8, 0.2, 0.3],
    ];
    const posteriors = [sure(0.4, 0.2), sure(0.5, 0.3), sure(0.3, 0.1)];
    expect(
      of(
        posteriors.slice(0, 2),
        front.map((p) => p.slice(0, 2)),
        [1, 1.1],
      ),
    ).toBeCloseTo(0.06355354302024986, 10);
    expect(of(posteriors, front, [1, 1.1, 1.2])).toBeCloseTo(0.08294046014737794, 10);
  });

  test("with no doubt left it is the hypervolume that a point adds", () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.nat(), (m, seed) => {
        const chance = createRandom(seed);
        const draw = (): number[] => Array.from({ length: m }, () => chance.uniform());
        const front = Array.from({ length: 6 }, draw);
        const point = draw();
        const reference = point.map(() => 1);
        const added = hypervolume([...front, point], reference) - hypervolume(front, reference);
        const value = of(
          point.map((loss) => sure(loss, 1e-9)),
          front,
          reference,
        );
        expect(value).toBeCloseTo(added, 7);
      }),
    ));

  test("its gradient is that of differences, for one objective and several, with limits", () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 }), fc.nat(), (m, limits, seed) => {
        if (m + limits === 0) return;
        const chance = createRandom(seed);
        const process = (): GaussianProcess => {
          const weights = Float64Array.of(3 + chance.uniform(), 8, 1);
          const made = new GaussianProcess({ width: 3, ordered: 2 }, { weights, scale: 1, noise: 0.01 });
          for (let i = 0; i < 8; i++)
            made.add([chance.uniform(), chance.uniform(), chance.integer(2)], 0, chance.normal(), 0);
          return made;
        };
        const front = Array.from({ length: m > 0 ? 3 : 0 }, () => Array.from({ length: m }, () => chance.normal()));
        const acquisition = new Acquisition(
          Array.from({ length: m }, process),
          m === 0 ? [] : nonDominatedBoxes(front, new Float64Array(m).fill(2)),
          Array.from({ length: limits }, () => ({ process: process(), limit: chance.normal() })),
        );
        const x = Float64Array.of(0.2 + 0.6 * chance.uniform(), 0.2 + 0.6 * chance.uniform(), 1);
        const gradient = new Float64Array(3);
        const value = acquisition.differentiate(x, gradient);
        const h = 1e-5;
        const around = Float64Array.from([...x, x[0]! + h, x[1]!, 1, x[0]! - h, x[1]!, 1, x[0]!, x[1]! + h, 1]);
        const scores = acquisition.scores(Float64Array.from([...around, x[0]!, x[1]! - h, 1]), 5);
        const near = (ours: number, theirs: number): void =>
          expect(Math.abs(ours - theirs)).toBeLessThan(1e-3 * (1 + Math.abs(theirs)));
        near(value, scores[0]!);
        near(gradient[0]!, (scores[1]! - scores[2]!) / (2 * h));
        near(gradient[1]!, (scores[3]! - scores[4]!) / (2 * h));
      }),
    ));

  test("what can be improved on: below the best, or what no member of the front reaches", () => {
    expect(improvable([[3], [1], [2]])).toMatchObject({ boxes: [{ high: [1] }], best: [1, 2, 0] });
    expect(improvable([])).toEqual({ boxes: [], best: [] });
    const { boxes, best } = improvable([
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
    expect(best).toEqual([0, 1]);
    expect(boxes).toHaveLength(3);
    const many = Array.from({ length: 200 }, (_, k) => [k, 200 - k, (k * 7) % 200]);
    expect(improvable(many).boxes.length).toBeLessThanOrEqual(2500);
  });
});

describe("what observations say", () => {
  test("a bound is never good, a pruned trial is no better than its last report", () => {
    const known = [1, 2, 3, 4, 5].map((loss) => entry({ losses: [loss] }));
    const target = lossTarget(known, 0)!;
    const at = (more: Partial<Observation>): number => target.read(entry(more))!.value;
    const measured = (loss: number): number => at({ losses: [loss] });
    expect(at({ losses: [0], atLeast: true })).toBe(measured(5));
    expect(at({ losses: [7], atLeast: true })).toBe(measured(7));
    const pruned = (losses: number[]): number =>
      at({ state: "pruned", losses: [], reports: [{ step: 1, losses, elapsed: 1 }] });
    expect(pruned([4.5])).toBe(measured(4.5));
    expect(pruned([0])).toBe(measured(3));
    expect(pruned([NaN])).toBe(measured(3));
    expect(target.read(entry({ state: "failed", losses: [] }))).toBeUndefined();
  });

  test("standard errors are noise in the units of the target", () => {
    const target = lossTarget(
      Array.from({ length: 50 }, (_, k) => entry({ losses: [100 + 10 * Math.sin(k)] })),
      0,
    )!;
    const read = (error: number): number => target.read(entry({ losses: [100], errors: [error] }))!.variance;
    expect(Math.sqrt(read(2))).toBeCloseTo(2 / 7.2, 1);
    expect([read(0), read(NaN)]).toEqual([0, 0]);
  });

  test("constraints keep their sign; where all is the same nothing is modelled", () => {
    const excess = (...constraints: number[]): Entry => entry({ constraints });
    const target = constraintTarget([excess(-5), excess(3), excess(100)], 0)!;
    expect(target.read(excess(-0.1))!.value).toBeLessThan(target.limit!);
    expect(target.read(excess(0.1))!.value).toBeGreaterThan(target.limit!);
    expect(target.read(excess(NaN))).toBeUndefined();
    expect(constraintTarget([excess(-1), excess(-1)], 0)).toBeUndefined();
    const failed = entry({ state: "failed", losses: [] });
    expect(failureTarget([excess(1)])).toBeUndefined();
    const failing = failureTarget([failed, excess(1), entry({ losses: [NaN] })])!;
    expect(failing.read(failed)!.value).toBeGreaterThan(failing.limit!);
    expect(failing.read(excess(1))!.value).toBeLessThan(failing.limit!);
  });

  test("many are represented by the best, the latest and some of each kind, in their order", () => {
    const all = Array.from({ length: 300 }, (_, k) => entry({ number: k, losses: [(k * 97) % 300] }));
    const some = subset(all, 30);
    expect(some).toHaveLength(30);
    expect(new Set(some).size).toBe(30);
    for (let k = 290; k < 300; k++) expect(some).toContain(all[k]);
    for (const one of all) if (one.losses![0]! < 8) expect(some).toContain(one);
    expect(some.filter(({ losses }) => losses![0]! > 150).length).toBeGreaterThan(4);
    expect(some.map((one) => all.indexOf(one))).toEqual(some.map((one) => all.indexOf(one)).sort((a, b) => a - b));
    expect(subset(all, 300)).toBe(all);
  });
});

/** Hartmann's function of 6 variables, less its minimum (Surjanovic & Bingham, Virtual Library of Simulation Experiments). */
function hartmann6(x: readonly number[]): number {
  const a = [
    [10, 3, 17, 3.5, 1.7, 8],
    [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
  ];
  const p = [
    [1312, 1696, 5569, 124, 8283, 5886],
    [2329, 4135, 8307, 3736, 1004, 9991],
    [2348, 1451, 3522, 2883, 3047, 6650],
    [4047, 8828, 8732, 5743, 1091, 381],
  ];
  const term = (i: number): number =>
    Math.exp(-a[i]!.reduce((sum, c, j) => sum + c * (x[j]! - p[i]![j]! / 1e4) ** 2, 0));
  return 3.32237 - [1, 1.2, 3, 3.2].reduce((sum, c, i) => sum + c * term(i), 0);
}

describe("searches", () => {
  const six = defineSpace(Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`x${i}`, float(0, 1)])));
  const seeds = [1, 2, 3, 4, 5];
  const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

  test("comes within 0.15 of Hartmann's minimum in 60 trials, where random search is at 1.3", () => {
    const found = seeds.map((seed) => {
      const drive = new Drive(six, gp(), { random: createRandom(seed) });
      drive.run((p) => [hartmann6(Object.values(p as Record<string, number>))], 60);
      return best(drive as Drive<never>);
    });
    expect(median(found)).toBeLessThan(0.15);
  });

  const mixed = defineSpace({
    kind: variant({ sgd: { rate: float(1e-4, 1, { log: true }) }, adam: { rate: float(1e-5, 0.1, { log: true }) } }),
    units: int(1, 512, { log: true }),
    shape: choice(["a", "b", "c", "d"]),
    decay: optional(float(1e-6, 1, { log: true })),
  });
  type Mixed = ReturnType<typeof mixed.read>;
  const mixedLoss: Judge<Mixed> = ({ kind, units, shape, decay }) => [
    (kind.kind === "sgd" ? 0.1 + Math.log10(kind.rate / 0.05) ** 2 : Math.log10(kind.rate / 1e-3) ** 2) +
      Math.log2(units / 90) ** 2 / 4 +
      { a: 0.6, b: 0, c: 1, d: 0.3 }[shape] +
      (decay === undefined ? 0.2 : Math.log10(decay / 1e-4) ** 2 / 10),
  ];

  test("a mixed, conditional space is no obstacle", () => {
    const found = seeds.map((seed) => {
      const drive = new Drive(mixed, gp(), { random: createRandom(seed) });
      drive.run(mixedLoss, 60);
      return best(drive as Drive<never>);
    });
    expect(median(found)).toBeLessThan(0.01);
  });

  const square = defineSpace({ a: float(0, 1), b: float(0, 1) });

  test("keeps a measured limit, and finds the best on its edge", () => {
    const drive = new Drive(square, gp(), { constraints: 1 });
    drive.run(({ a, b }) => ({ losses: [a + b], constraints: [0.7 - Math.hypot(a, b)] }), 50);
    const late = drive.told.slice(30);
    expect(late.filter(({ constraints }) => constraints[0]! > 0.02).length).toBeLessThan(8);
    const feasible = drive.told.filter(({ constraints }) => constraints[0]! <= 0);
    expect(Math.min(...feasible.map(({ losses }) => losses[0]!))).toBeLessThan(0.73);
  });

  test("learns where trials fail", () => {
    const drive = new Drive(square, gp());
    drive.run(({ a, b }) => (a + b < 0.9 ? "failed" : [a + 1.2 * b]), 40);
    // random search is at 1.0, and 0.9 is the best that does not fail
    expect(best(drive as Drive<never>)).toBeLessThan(0.93);
    const safe = new Drive(square, gp());
    safe.run(({ a, b }) => (a > 0.5 ? "failed" : [(b - 0.7) ** 2 - a]), 40);
    // without learning it, the slope leads there with nearly every trial
    expect(safe.told.slice(15).filter(({ unit }) => unit[0]! > 0.6).length).toBeLessThan(14);
    expect(best(safe as Drive<never>)).toBeLessThan(-0.49);
  });

  test("finds a region where nothing fails, as long as everything fails elsewhere", () => {
    const drive = new Drive(square, gp(), { constraints: 1 });
    drive.run(({ a, b }) => ({ losses: [a], constraints: [Math.hypot(a - 0.8, b - 0.2) - 0.1] }), 40);
    expect(drive.told.some(({ constraints }) => constraints[0]! <= 0)).toBe(true);
  });

  test("is not led astray by noise whose size is known", () => {
    const truth = ({ a, b }: { a: number; b: number }): number => (a - 0.3) ** 2 + (b - 0.7) ** 2;
    const late = seeds.flatMap((seed) => {
      const chance = createRandom(seed);
      const drive = new Drive(square, gp(), { random: createRandom(seed) });
      drive.run((p) => ({ losses: [truth(p) + 0.05 * chance.normal()], errors: [0.05] }), 50);
      return drive.told.slice(30).map(({ unit }) => truth({ a: unit[0]!, b: unit[1]! }));
    });
    // 0.18 for random search
    expect(median(late)).toBeLessThan(0.03);
  });

  test("a running trial keeps the next one away", () => {
    const drive = new Drive(square, gp());
    drive.run(({ a, b }) => [Math.sin(7 * a) * Math.cos(5 * b) + (a - 0.5) ** 2], 12);
    const first = (drive.peek(12) as Suggestion).unit;
    const apart = (unit: ArrayLike<number>): number => Math.hypot(unit[0]! - first[0]!, unit[1]! - first[1]!);
    const alone = apart((drive.peek(13) as Suggestion).unit);
    drive.start();
    expect(apart((drive.peek(13) as Suggestion).unit)).toBeGreaterThan(10 * alone);
  });

  test("several objectives: a far larger hypervolume than that of random search", () => {
    const { space, evaluate } = zdt1(5);
    const volume = (factory: typeof gp | typeof random): number => {
      const drive = new Drive(space, factory(), { objectives: 2 });
      drive.run((p) => Object.values(evaluate(p)) as number[], 60);
      return hypervolume(
        drive.told.map(({ losses }) => losses),
        [1.1, 1.1],
      );
    };
    expect(volume(gp)).toBeGreaterThan(0.8);
    expect(volume(random)).toBeLessThan(0.4);
  });

  test("what was asked in between, and when, changes nothing", () => {
    const often = new Drive(mixed, gp());
    often.run(mixedLoss, 40);
    const late = gp().create(often.setting);
    for (const one of often.told) late.tell(one);
    const ask = { number: 40, running: [], random: createRandom(77).fork(40), taken: () => false };
    expect((late.ask(ask) as Suggestion).unit).toEqual((often.sampler.ask(ask) as Suggestion).unit);
  });

  test("a thousand trials are no obstacle, and asking for many objectives is none", () => {
    const random = createRandom(3);
    const sampler = gp().create({ ...new Drive(square, gp()).setting, objectives: 5 });
    for (let number = 0; number < 1000; number++) {
      const unit = Float64Array.of(random.uniform(), random.uniform());
      const losses = Array.from({ length: 5 }, (_, k) => (unit[0]! - k / 5) ** 2 + unit[1]! ** 2);
      sampler.tell(observation({ number, unit, losses }));
    }
    const { unit } = sampler.ask({ number: 1000, running: [], random, taken: () => false }) as Suggestion;
    expect(unit).toHaveLength(2);
  });

  test.each([
    [{ startup: 0 }, /Expected `startup` to be an integer ≥ 1, got 0/],
    [{ candidates: 1.5 }, /Expected `candidates` to be an integer ≥ 1, got 1.5/],
    [{ priorShare: 2 }, /Expected `priorShare` to be a finite number ≥ 0 and ≤ 1, got 2/],
    [{ start: 1 }, /start/],
  ])("refuses %j", (options, message) => expect(() => gp(options as object)).toThrow(message));
});
