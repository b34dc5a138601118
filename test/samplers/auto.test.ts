import { describe, expect, test } from "vitest";
import type { Observation, Suggestion } from "../../src/core/sampler.ts";
import { createRandom } from "../../src/core/random.ts";
import { auto } from "../../src/samplers/auto/auto.ts";
import { entries } from "../../src/samplers/auto/entries.ts";
import { Handover } from "../../src/samplers/auto/handover.ts";
import { Scene } from "../../src/samplers/auto/situation.ts";
import * as samplers from "../../src/samplers/index.ts";
import { random } from "../../src/samplers/random.ts";
import { grid } from "../../src/samplers/grid/grid.ts";
import { choice } from "../../src/space/choice.ts";
import { float } from "../../src/space/float.ts";
import { int } from "../../src/space/int.ts";
import { defineSpace } from "../../src/space/space.ts";
import { variant } from "../../src/space/variant.ts";
import { Drive } from "./drive.ts";

const numbers = defineSpace({ x: float(0, 1), y: float(0, 1), z: float(0, 1) });
const bowl = (p: { readonly x: number; readonly y: number }): number[] => [(p.x - 0.3) ** 2 + (p.y - 0.7) ** 2];

describe("a scene", () => {
  const space = defineSpace({
    a: float(0, 1),
    b: int(1, 4),
    c: choice(["u", "v"]),
    d: variant({ p: {}, q: { e: int(1, 99) } }),
  });
  const setting = { cube: space.cube, objectives: 2, constraints: 1, random: createRandom(1), warn: (): void => {} };
  const told = (more: Partial<Observation>): Observation => ({
    number: 0,
    state: "complete",
    unit: new Float64Array(0),
    losses: [],
    constraints: [],
    cost: 1,
    duration: 1,
    reports: [],
    ...more,
  });

  test("counts the kinds of axes and what was told", () => {
    const scene = new Scene({ ...setting, budget: 50 });
    expect(scene.situation).toEqual({
      axes: 5,
      fine: 2,
      coarse: 1,
      unordered: 2,
      conditional: true,
      size: Infinity,
      objectives: 2,
      constraints: 1,
      budget: 50,
      measured: 0,
      failing: 0,
      noise: 0,
    });
    for (const loss of [0, 1, 2, 3, 4]) scene.add(told({ losses: [loss, 9], errors: [0.5, NaN] }));
    scene.add(told({ state: "failed" }));
    scene.add(told({ state: "rejected" }));
    expect(scene.situation).toMatchObject({ measured: 5, failing: 1 / 6, noise: 0.25 });
    expect(new Scene(setting).situation.budget).toBe(Infinity);
  });
});

describe("a handover", () => {
  const early = { sampler: grid({ bins: 3 }), score: () => 0.5, why: "it begins" };
  const late = {
    sampler: samplers.tpe(),
    score: ({ measured }: { readonly measured: number }) => (measured >= 12 ? 0.9 : 0),
    why: "twelve are told",
  };

  test("goes to who suits better, when trials have come to losses, and says who proposed and why", () => {
    const factory = { ...auto(), create: (setting: Drive<never>["setting"]) => new Handover(setting, [early, late]) };
    const drive = new Drive(numbers, factory);
    const notes: string[] = [];
    for (let i = 0; i < 20; i++) {
      notes.push((drive.peek() as Suggestion).note!);
      drive.finish(drive.start()!, bowl);
    }
    expect(notes[0]).toBe("by grid, because it begins");
    expect(notes.slice(1, 15)).toEqual(Array.from({ length: 14 }, () => "by grid"));
    // looked at again after 10 and 15
    expect(notes[15]).toBe("by tpe, because twelve are told");
    expect(notes.slice(16)).toEqual(Array.from({ length: 4 }, () => "by tpe"));
  });

  test("tells the new one everything, each its own memos alone", () => {
    const heard: Observation[] = [];
    const asked: unknown[] = [];
    const listener = {
      ...random(),
      info: { ...random.info, name: "listener" },
      create: () => ({
        ask: ({ running }: { readonly running: readonly { readonly memo?: unknown }[] }) => {
          asked.push(running.map(({ memo }) => memo));
          return { unit: [0.5, 0.5, heard.length / 99], memo: "mine" };
        },
        tell: (observation: Observation) => void heard.push(observation),
      }),
    };
    const entry = { sampler: listener, score: late.score, why: "of the test" };
    const first = { ...early, sampler: samplers.cmaEs() };
    const factory = { ...auto(), create: (setting: Drive<never>["setting"]) => new Handover(setting, [first, entry]) };
    const drive = new Drive(numbers, factory);
    const open = drive.start()!;
    for (let i = 0; i < 17; i++) drive.finish(drive.start()!, bowl);
    expect(heard.map(({ number }) => number)).toEqual(Array.from({ length: heard.length }, (_, i) => i + 1));
    expect(heard.slice(0, 15).map(({ memo }) => memo)).toEqual(Array.from({ length: 15 }, () => undefined));
    expect(heard.slice(15).map(({ memo }) => memo)).toEqual(["mine"]);
    expect(open.memo).toEqual(["cmaEs", expect.anything()]);
    expect(asked.at(-1)).toEqual([undefined]);
  });

  test("stays for what is hardly better", () => {
    const near = { ...late, score: () => 0.55 };
    const factory = { ...auto(), create: (setting: Drive<never>["setting"]) => new Handover(setting, [early, near]) };
    expect((new Drive(numbers, factory).peek() as Suggestion).note).toContain("by tpe");
    const later = { ...late, score: ({ measured }: { readonly measured: number }) => (measured > 0 ? 0.55 : 0) };
    const other = { ...auto(), create: (setting: Drive<never>["setting"]) => new Handover(setting, [early, later]) };
    const drive = new Drive(numbers, other);
    for (let i = 0; i < 20; i++) drive.finish(drive.start()!, bowl);
    expect((drive.peek() as Suggestion).note).toBe("by grid");
  });
});

describe("the entries", () => {
  test("name samplers of this folder, and one of them suits anything", () => {
    for (const { sampler } of entries) expect(Object.keys(samplers)).toContain(sampler.info.name);
    const any = {
      axes: 3,
      fine: 0,
      coarse: 1,
      unordered: 2,
      conditional: true,
      size: 100,
      objectives: 4,
      constraints: 2,
      budget: 20,
      measured: 0,
      failing: 0.9,
      noise: 3,
    };
    expect(Math.max(...entries.map(({ score }) => score(any)))).toBeGreaterThan(0);
  });

  test("suit the space, the budget and the objectives", () => {
    const few = {
      axes: 6,
      fine: 6,
      coarse: 0,
      unordered: 0,
      conditional: false,
      size: Infinity,
      objectives: 1,
      constraints: 0,
      budget: 100,
      measured: 0,
      failing: 0,
      noise: 0,
    };
    const who = (more: Partial<typeof few>): string =>
      entries.reduce((best, entry) =>
        entry.score({ ...few, ...more }) > best.score({ ...few, ...more }) ? entry : best,
      ).sampler.info.name;
    expect(who({})).toBe("gp");
    expect(who({ fine: 2, coarse: 4 })).toBe("discrete");
    expect(who({ budget: 5000, measured: 79 })).toBe("gp");
    expect(who({ budget: 5000, measured: 80 })).toBe("cmaEs");
    expect(who({ budget: 5000, measured: 149, conditional: true })).toBe("gp");
    expect(who({ budget: 5000, measured: 150, conditional: true })).toBe("tpe");
    expect(who({ budget: 500, measured: 400 })).toBe("gp");
    expect(who({ axes: 60, fine: 60 })).toBe("tpe");
    expect(who({ objectives: 2 })).toBe("gp");
    expect(who({ objectives: 2, budget: 5000 })).toBe("nsga2");
    expect(who({ objectives: 3, budget: 5000 })).toBe("nsga3");
    expect(who({ objectives: 3, budget: Infinity })).toBe("gp");
    expect(who({ objectives: 3, budget: Infinity, measured: 500 })).toBe("nsga3");
  });
});
