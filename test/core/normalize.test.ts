import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attemptPolicy } from "../../src/core/attempt-policy.ts";
import { placeOf } from "../../src/core/place.ts";
import { reduce } from "../../src/core/repeats.ts";
import { normalize } from "../../src/index.ts";

const baseline = fc.double({ noNaN: true, min: -1e100, max: 1e100 }).filter((b) => Math.abs(b) > 1e-100);
const value = fc.double({ noNaN: true, min: -1e100, max: 1e100 });

describe("normalize", () => {
  it("is 1 + (value − baseline) / |baseline|", () => {
    expect(normalize(4, 5)).toBe(0.8);
    expect(normalize(-4, 5)).toBe(-0.8);
    expect(normalize(0, 5)).toBe(0);
    expect(normalize(-12, -10)).toBe(0.8);
    expect(normalize(-8, -10)).toBe(1.2);
    expect(normalize(0, -10)).toBe(2);
    expect(normalize(10, -10)).toBe(3);
    fc.assert(
      fc.property(value, baseline, (v, b) => {
        const formula = 1 + (v - b) / Math.abs(b);
        expect(Math.abs(normalize(v, b) - formula)).toBeLessThanOrEqual(4e-16 * (2 + Math.abs(v / b)));
      }),
    );
  });

  it("equals the quotient for positive baselines", () =>
    fc.assert(
      fc.property(value, baseline, (v, b) => {
        expect(normalize(v, Math.abs(b))).toBe(v / Math.abs(b));
      }),
    ));

  it("keeps the order of values, and the baseline is 1", () =>
    fc.assert(
      fc.property(value, value, baseline, (v, w, b) => {
        const [low, high] = [Math.min(v, w), Math.max(v, w)];
        expect(normalize(low, b)).toBeLessThanOrEqual(normalize(high, b));
        if (high - low > 1e-9 * (Math.abs(low) + Math.abs(high) + Math.abs(b)))
          expect(normalize(low, b)).toBeLessThan(normalize(high, b));
        expect(normalize(b, b)).toBe(1);
      }),
    ));

  it("takes lists and objects value by value", () => {
    expect(normalize([1, 2, 4], 2)).toEqual([0.5, 1, 2]);
    expect(normalize([1, -1], [2, -2])).toEqual([0.5, 1.5]);
    expect(normalize({ ms: 4, gain: -3 }, { ms: 5, gain: -2 })).toEqual({ ms: 0.8, gain: 0.5 });
    expect(normalize([], 1)).toEqual([]);
  });

  it.each([
    [() => normalize(1, 0), "Expected `baseline` to be a finite number other than 0, got 0"],
    [() => normalize(1, -0), "Expected `baseline` to be a finite number other than 0, got 0"],
    [() => normalize(1, NaN), "other than 0, got NaN"],
    [() => normalize([1], Infinity), "other than 0, got Infinity"],
    [() => normalize([1, 2], [1, 0]), "Expected `baseline[1]` to be a finite number other than 0, got 0"],
    [() => normalize([1, 2], [1]), "Expected `baseline` to hold 2 values, got 1"],
    [
      () => normalize({ ms: 1, b: 2 }, { ms: 1, b: 0 }),
      "Expected the baseline of `b` to be a finite number other than 0",
    ],
    [
      () => normalize({ ms: 1 }, {} as never),
      "Expected the baseline of `ms` to be a finite number other than 0, got undefined",
    ],
    [() => normalize({ toString: 1 }, {} as never), "Expected the baseline of `toString`"],
    [() => normalize({ ms: 1 }, 3 as never), "Expected normalize() to be given numbers of one kind"],
    [() => normalize("4" as never, 2), 'Expected normalize() to be given numbers of one kind, got "4" and 2'],
    [() => normalize(["4" as never], 2), 'Expected a number to normalise, got "4"'],
    [() => normalize(null as never, 2), "Expected normalize() to be given numbers of one kind, got null and 2"],
  ])("refuses what nothing can be normalised by: %s", (call, message) => expect(call).toThrow(message));
});

describe("reduce", () => {
  const samples = [1, 9, 2, 4];
  it("gives one value of several, its standard error and their number", () => {
    expect(reduce(samples, "median")).toMatchObject({ value: 3, samples: 4 });
    const s = Math.sqrt((9 + 25 + 4 + 0) / 3);
    expect(reduce(samples, "mean")).toEqual({ value: 4, stderr: s / 2, samples: 4 });
    expect(reduce(samples, "median").stderr).toBeCloseTo((Math.sqrt(Math.PI / 2) * s) / 2, 12);
    expect(reduce(samples, "min")).toEqual({ value: 1, samples: 4 });
    expect(reduce(samples, "max")).toEqual({ value: 9, samples: 4 });
    for (const how of ["median", "mean", "min", "max"] as const)
      expect(reduce([7], how)).toEqual({ value: 7, samples: 1 });
    expect(reduce([1.7e308, 1.7e308], "mean").value).toBe(1.7e308);
  });
});

describe("the options repeats and normalize", () => {
  it("have defaults", () => {
    const { repeats, normalize: by } = attemptPolicy({});
    expect([repeats, by]).toEqual([{ times: 1, reduce: "median" }, undefined]);
    expect(attemptPolicy({ repeats: 5 }).repeats).toEqual({ times: 5, reduce: "median" });
    expect(attemptPolicy({ repeats: { times: 3, reduce: "min" } }).repeats).toEqual({ times: 3, reduce: "min" });
    expect(attemptPolicy({ normalize: false }).normalize).toBeUndefined();
    expect(attemptPolicy({ normalize: true }).normalize).toEqual({ every: Infinity, interleave: false });
    expect(attemptPolicy({ normalize: { every: 20 } }).normalize).toEqual({ every: 20, interleave: false });
    expect(attemptPolicy({ normalize: { interleave: true } }).normalize).toEqual({ every: Infinity, interleave: true });
  });

  it.each([
    [{ repeats: 0 }, "Expected `repeats` to be an integer ≥ 1, got 0"],
    [{ repeats: 1.5 }, "Expected `repeats` to be an integer ≥ 1, got 1.5"],
    [{ repeats: "3" }, 'Expected `repeats` to be a number or { times, reduce }, got "3"'],
    [{ repeats: null }, "Expected `repeats` to be a number or { times, reduce }, got null"],
    [{ repeats: {} }, "Expected `repeats.times` to be"],
    [
      { repeats: { times: 3, reduce: "sum" } },
      'Expected `repeats.reduce` to be "median", "mean", "min", "max", got "sum"',
    ],
    [{ repeats: { times: 3, how: "min" } }, "how"],
    [{ normalize: 3 }, "Expected `normalize` to be true, false or { every, interleave }, got 3"],
    [{ normalize: null }, "Expected `normalize` to be true, false or { every, interleave }, got null"],
    [{ normalize: { every: 0 } }, "Expected `normalize.every` to be an integer ≥ 1, got 0"],
    [{ normalize: { interleave: 2 } }, "Expected `normalize.interleave` to be true or false, got 2"],
    [{ normalize: { often: 2 } }, "often"],
    [{ normalize: { every: 2, interleave: true } }, "to have `every` or `interleave`, got both"],
  ])("refuse %j", (options, message) => expect(() => attemptPolicy(options as never)).toThrow(message));
});

it("a place is the host and what is leased, whatever the order", () => {
  expect(placeOf("h", {})).toBe("h");
  const leases = { port: ["1"], gpu: ["1", "0"] };
  expect(placeOf("h", leases)).toBe("h gpu:0,1 port:1");
  expect(placeOf("h", { gpu: ["0", "1"], port: ["1"] })).toBe(placeOf("h", leases));
});
