import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { edges } from "../../src/analysis/edges.ts";
import { changes, isGain, verdict } from "../../src/analysis/gain.ts";
import { paretoMask } from "../../src/analysis/pareto.ts";
import { normalQuantile } from "../../src/math/normal.ts";
import { choice, defineSpace, float, int, ordinal } from "../../src/space/index.ts";
import { finishedTrial } from "../../src/testing/tracker-contract.ts";

describe("paretoMask", () => {
  const value = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(Number.NaN));
  const direction = fc.constantFrom("minimize" as const, "maximize" as const);
  it("is the definition: nothing is at least as good everywhere and better somewhere", () =>
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 4 })
          .chain((m) =>
            fc.tuple(
              fc.array(fc.array(value, { minLength: m, maxLength: m }), { maxLength: 25 }),
              fc.array(direction, { minLength: m, maxLength: m }),
            ),
          ),
        ([rows, directions]) => {
          const losses = rows.map((row) => row.map((v, i) => (directions[i] === "minimize" ? v : -v)));
          const beats = (a: number[], b: number[]): boolean =>
            a.every((v, i) => v <= b[i]!) && a.some((v, i) => v < b[i]!);
          expect(paretoMask(rows, directions)).toEqual(
            losses.map((row) => !row.some(Number.isNaN) && !losses.some((other) => beats(other, row))),
          );
        },
      ),
    ));
  it("keeps equal rows, takes one direction for all, and refuses rows of another length", () => {
    expect(
      paretoMask([
        [1, 1],
        [1, 1],
        [2, 2],
      ]),
    ).toEqual([true, true, false]);
    expect(paretoMask([[1], [3], [2]], "maximize")).toEqual([false, true, false]);
    expect(() => paretoMask([[1, 2]], ["minimize"])).toThrow(
      "Expected each row to hold 1 values, one per direction, got 2",
    );
  });
});

describe("gains against the baseline", () => {
  const trial = (number: number, ms: number, error?: number): ReturnType<typeof finishedTrial> =>
    finishedTrial(number, { values: { ms }, stderr: error === undefined ? {} : { ms: error } });
  const ms = [{ name: "ms", direction: "minimize" as const }];
  it("are relative to the baseline's size, whatever its sign", () => {
    expect(changes(trial(1, 8), trial(0, 10), ms)[0]).toMatchObject({ relative: -0.2, better: true });
    expect(changes(trial(1, -12), trial(0, -10), ms)[0]).toMatchObject({ relative: -0.2, better: true });
    expect(changes(trial(1, 1), trial(0, 0), ms)[0]!.relative).toBeNaN();
    expect(changes(trial(1, 0), trial(0, 0), ms)[0]).toMatchObject({ relative: 0, better: false });
  });
  it("count only beyond the noise, where it is known, and less easily among many", () => {
    const [small] = changes(trial(1, 9.5, 0.2), trial(0, 10, 0.2), ms);
    expect([small!.significant, isGain(small!)]).toEqual([false, false]);
    expect(isGain(changes(trial(1, 9, 0.2), trial(0, 10, 0.2), ms)[0]!)).toBe(true);
    // 1 / hypot(0.2, 0.2) = 3.54 standard errors: beyond 1.96, not beyond the 4.06 of one among a thousand
    expect(isGain(changes(trial(1, 9, 0.2), trial(0, 10, 0.2), ms, 1000)[0]!)).toBe(false);
    expect(isGain(changes(trial(1, 9.99), trial(0, 10), ms)[0]!)).toBe(true);
  });
  it("tell to keep what one has when there are none", () => {
    expect(verdict([trial(0, 10)], trial(0, 10), ms, 9)).toMatchObject({ keep: true, gains: [] });
    expect(verdict([trial(3, 9.9, 0.3)], trial(0, 10, 0.3), ms, 9)).toMatchObject({ keep: true, blind: false });
    expect(verdict([trial(3, 9)], trial(0, 10), ms, 9)).toMatchObject({ keep: false, blind: true });
  });
});

describe("normalQuantile", () => {
  // scipy.stats.norm.ppf, SciPy 1.11
  it.each([
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.999975, 4.055626981199108],
    [0.01, -2.3263478740408408],
    [1e-8, -5.612001244174789],
  ])("of %d is %d", (p, z) => expect(normalQuantile(p)).toBeCloseTo(z, 7));
  it("is infinite at the ends", () => expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]));
});

describe("edges", () => {
  const space = defineSpace({
    n: int(1, 9),
    x: float(0, 1),
    o: ordinal(["s", "m", "l"]),
    c: choice(["a", "b", "c"]),
    two: int(0, 1),
  });
  const at = (n: number, x: number, o: "s" | "m" | "l"): { params: unknown } => ({
    params: { n, x, o, c: "a", two: 1 },
  });
  it("names ordered parameters whose best value ends their range", () => {
    expect(edges(space, [at(9, 0.5, "s")])).toEqual([
      { name: "n", end: "high", value: 9 },
      { name: "o", end: "low", value: "s" },
    ]);
    expect(edges(space, [at(5, 0.9999, "m")])).toEqual([{ name: "x", end: "high", value: 1 }]);
  });
  it("wants two thirds of a front there", () => {
    expect(edges(space, [at(1, 0.5, "m"), at(1, 0.5, "m"), at(5, 0.5, "m")])).toEqual([
      { name: "n", end: "low", value: 1 },
    ]);
    expect(edges(space, [at(1, 0.5, "m"), at(5, 0.5, "m")])).toEqual([]);
  });
});
