import { describe, expect, it } from "vitest";
import type { Evidence } from "../../src/analysis/importance/evidence.ts";
import { importance } from "../../src/analysis/importance/importance.ts";
import { pedAnova } from "../../src/analysis/importance/ped-anova.ts";
import { createRandom } from "../../src/core/random.ts";
import { choice, defineSpace, float, int, variant } from "../../src/index.ts";
import { trial } from "./trials.ts";

const minimized = [{ name: "ms", direction: "minimize" }] as const;

describe("importance", () => {
  const space = defineSpace({
    a: float(0, 1),
    b: float(0, 1),
    c: choice(["x", "y", "z"]),
    d: int(1, 1000, { log: true }),
  });
  const draws = createRandom(5);
  const drawn = (n: number, ms: (p: { a: number; b: number; c: string; d: number }) => number) =>
    Array.from({ length: n }, (_, i) => {
      const params = space.read(space.rowAt(space.cube.draw(() => draws.uniform())));
      return trial(i, params, { ms: ms(params) });
    });

  it("by fanova is the share of variance that each axis explains alone", () => {
    // Var(10a) = 100/12, Var(4·[c = y]) = 16·2/9, Var(3·u(d)) = 9/12, where u is the place of d on its log scale
    const trials = drawn(3_000, ({ a, c, d }) => 10 * a + (c === "y" ? 4 : 0) + (3 * Math.log(d)) / Math.log(1000));
    const shares = Object.fromEntries(
      importance(space, trials, minimized, { method: "fanova" }).map(({ name, share }) => [name, share]),
    );
    const whole = 100 / 12 + 32 / 9 + 9 / 12;
    expect(shares.a).toBeCloseTo(100 / 12 / whole, 1);
    expect(shares.c).toBeCloseTo(32 / 9 / whole, 1);
    expect(shares.d).toBeCloseTo(9 / 12 / whole, 1);
    expect(shares.b).toBeLessThan(0.01);
    expect(Object.values(shares).reduce((x, y) => x + y)).toBeCloseTo(1, 9);
  });

  it.each(["ped-anova", "fanova"] as const)("by %s ranks what matters before what does not", (method) => {
    const trials = drawn(400, ({ a, b, c }) => 10 * (a - 0.3) ** 2 + b + (c === "z" ? 0 : 0.2));
    const ranked = importance(space, trials, minimized, { method }).map(({ name }) => name);
    expect(ranked.slice(0, 2).sort()).toEqual(["a", "b"]);
    expect(ranked.at(-1)).toBe("d");
  });

  it("is nobody's where nothing matters", () => {
    const shares = importance(
      space,
      drawn(100, () => 7),
      minimized,
      { method: "fanova" },
    ).map(({ share }) => share);
    expect(shares).toEqual([0, 0, 0, 0]);
  });

  it("explains any measured name, and several objectives by their fronts", () => {
    const trials = drawn(500, ({ a }) => a).map(({ number, params }) =>
      trial(number, params, { ms: params.a, mb: 1 - params.b }),
    );
    expect(importance(space, trials, minimized, { objective: "mb" })[0]!.name).toBe("b");
    const both = [...minimized, { name: "mb", direction: "maximize" }] as const;
    const ranked = importance(space, trials, both);
    expect(
      ranked
        .slice(0, 2)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["a", "b"]);
    expect(() => importance(space, trials, both, { method: "fanova" })).toThrow(
      "Expected `objective`, the name to explain",
    );
    expect(() => importance(space, trials, minimized, { objective: "watts" })).toThrow(
      "Expected complete trials with a value `watts`, got none",
    );
  });

  it.each(["ped-anova", "fanova"] as const)("by %s knows parameters that are not always active", (method) => {
    const conditional = defineSpace({ mode: variant({ off: {}, on: { level: float(0, 1) } }), other: float(0, 1) });
    const trials = Array.from({ length: 1_500 }, (_, i) => {
      const params = conditional.read(conditional.rowAt(conditional.cube.draw(() => draws.uniform())));
      return trial(i, params, { ms: params.mode.kind === "on" ? params.mode.level * 4 : 2 });
    });
    const ranked = importance(conditional, trials, minimized, { method });
    expect(ranked[0]!.name).toBe("mode.on.level");
    expect(ranked.at(-1)!.name).toBe("other");
    expect(ranked.at(-1)!.share).toBeLessThan(0.1);
  });

  it("needs trials, and says how many there are", () => {
    expect(() =>
      importance(
        space,
        drawn(3, ({ a }) => a),
        minimized,
      ),
    ).toThrow("Expected at least 4 complete trials to tell the importance of parameters, got 3");
    expect(() =>
      importance(
        space,
        drawn(9, ({ a }) => a),
        minimized,
        { best: 0 },
      ),
    ).toThrow("Expected `best`");
  });
});

it("weighs what a conditional parameter tells by how often it is active, among the best and among all", () => {
  const active = Array.from({ length: 100 }, (_, i) => i < 20 || i % 4 === 0);
  const unit = (i: number): number => ((i * 37) % 100) / 100 + 0.005;
  const only = active.flatMap((is, i) => (is ? [i] : []));
  const axis = float(0, 1).axes[0]!;
  const evidenceOf = (trials: readonly number[]): Evidence => ({
    axes: [axis],
    columns: [Float64Array.from(trials, (i) => (active[i] ? unit(i) : NaN))],
    losses: trials.map((i) => [i]),
    count: trials.length,
  });
  const [whole] = pedAnova(evidenceOf([...active.keys()]), 0.1);
  const [inside] = pedAnova(evidenceOf(only), 10 / only.length); // the same best ten, where it is always active
  const [amongBest, amongAll] = [1, only.length / 100];
  expect(whole! / inside!).toBeCloseTo(amongBest ** 2 / amongAll, 12);
});
