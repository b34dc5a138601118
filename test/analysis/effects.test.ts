import { describe, expect, it } from "vitest";
import { effects } from "../../src/analysis/effects.ts";
import { failureCauses } from "../../src/analysis/failures.ts";
import { choice, defineSpace, float, int, optional, range } from "../../src/index.ts";
import { trial } from "./trials.ts";

const space = defineSpace({
  level: int(1, 3),
  mode: choice(["a", "b"]),
  size: float(1, 256, { log: true }),
  extra: optional(int(1, 2), { absent: 0.5 }),
});
const minimized = [{ name: "ms", direction: "minimize" }] as const;

describe("marginal effects", () => {
  const trials = [1, 2, 3, 1, 2, 3].map((level, i) =>
    trial(
      i,
      { level, mode: i < 3 ? ("a" as const) : ("b" as const), size: 2 ** i * 1.1, ...(i % 2 ? { extra: 1 } : {}) },
      { ms: level * 10 + i },
    ),
  );

  it("are the mean, median and best of each value", () => {
    const [level, mode] = effects(space, trials, minimized);
    expect(level!.levels).toMatchObject([
      { label: "1", count: 2, mean: 11.5, median: 11.5, best: 10, stderr: expect.closeTo(1.5, 9) },
      { label: "2", count: 2, mean: 22.5 },
      { label: "3", count: 2, mean: 33.5, best: 32 },
    ]);
    expect(mode!.levels).toMatchObject([
      { label: "a", count: 3, mean: 21, median: 21 },
      { label: "b", count: 3, mean: 24 },
    ]);
  });

  it("of long ranges are those of eight parts, on the log scale where it is searched so", () => {
    const [, , size, , extra] = effects(space, trials, minimized);
    expect(size!.levels.map(({ label }) => label).slice(0, 3)).toEqual(["1 … 2", "2 … 4", "4 … 8"]);
    expect(size!.levels.map(({ count }) => count)).toEqual([1, 1, 1, 1, 1, 1, 0, 0]);
    expect(size!.levels[6]).toMatchObject({ mean: NaN, best: NaN });
    expect(extra!.levels.at(-1)).toMatchObject({ label: "inactive", count: 3 });
  });

  it("of whole numbers name the values that lie in a part, also on a log scale", () => {
    const whole = defineSpace({
      n: int(1, 9),
      chunk: int(1, 1000, { log: true }),
      step: range(0, 90, { step: 10, anchor: "start" }),
    });
    const all = Array.from({ length: 9 }, (_, i) => trial(i, { n: i + 1, chunk: 2 ** i, step: i * 10 }, { ms: i }));
    const [n, chunk, step] = effects(whole, all, minimized);
    for (const { levels } of [n!, step!]) expect(levels.reduce((sum, { count }) => sum + count, 0)).toBe(9);
    expect(n!.levels.map(({ label, count }) => `${label}: ${count}`)).toEqual([
      "1: 1",
      "2: 1",
      "3: 1",
      "4: 1",
      "5 … 6: 2",
      "7: 1",
      "8: 1",
      "9: 1",
    ]);
    expect(chunk!.levels.map(({ label }) => label)).toEqual([
      "1",
      "2 … 3",
      "4 … 8",
      "9 … 22",
      "23 … 57",
      "58 … 149",
      "150 … 386",
      "387 … 1000",
    ]);
    expect(step!.levels[0]!.label).toBe("0");
  });

  it("keep the user's sign", () => {
    const [level] = effects(space, trials, [{ name: "ms", direction: "maximize" }]);
    expect(level!.levels[0]).toMatchObject({ mean: 11.5, best: 13 });
  });
});

describe("failure causes", () => {
  const at = (i: number) => ({ level: 1 + (i % 3), mode: i % 2 ? ("b" as const) : ("a" as const), size: 2 });

  it("are the values that go with failures, with their tables", () => {
    const trials = Array.from({ length: 60 }, (_, i) => trial(i, at(i), i % 3 === 2 ? "crash" : { ms: 1 }));
    const [first, ...more] = failureCauses(space, trials);
    expect(first).toMatchObject({
      name: "level",
      label: "3",
      kind: "crash",
      failed: 20,
      of: 20,
      otherFailed: 0,
      otherOf: 40,
    });
    expect(first!.p).toBeLessThan(1e-10);
    expect(more).toEqual([]);
  });

  it("are none where failures come anywhere, or not at all", () => {
    expect(
      failureCauses(
        space,
        Array.from({ length: 60 }, (_, i) => trial(i, at(i), i % 7 === 0 ? "error" : { ms: 1 })),
      ),
    ).toEqual([]);
    expect(
      failureCauses(
        space,
        Array.from({ length: 60 }, (_, i) => trial(i, at(i), { ms: 1 })),
      ),
    ).toEqual([]);
  });
});
