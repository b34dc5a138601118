import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkReducers,
  instanceOrder,
  type InstanceReduce,
  reduceInstances,
  reducerOf,
} from "../../src/core/instance.ts";
import { createRandom } from "../../src/core/random.ts";

const plain = (values: readonly number[]): { value: number }[] => values.map((value) => ({ value }));
const positive = fc.double({ min: 1e-3, max: 1e3, noNaN: true });

describe("reduceInstances", () => {
  // numpy 2.4.6: np.mean(v), np.exp(np.log(v).mean()), np.quantile(v, q) of these five
  const values = [3, 1, 4, 1.5, 9];
  it.each<[InstanceReduce, number]>([
    ["mean", 3.7],
    ["geometricMean", 2.766323734445183],
    [{ quantile: 0 }, 1],
    [{ quantile: 0.5 }, 3],
    [{ quantile: 0.9 }, 7],
    [{ quantile: 1 }, 9],
  ])("%j", (how, expected) => {
    expect(reduceInstances(plain(values), how).value).toBeCloseTo(expected, 12);
    expect(reduceInstances(plain(values), how)).not.toHaveProperty("stderr");
  });

  it("lies between the smallest and the largest, whatever the order, and goes up with each", () => {
    const reducers: InstanceReduce[] = ["mean", "geometricMean", { quantile: 0.3 }, { quantile: 1 }];
    fc.assert(
      fc.property(fc.array(positive, { minLength: 1, maxLength: 9 }), fc.constantFrom(...reducers), (given, how) => {
        const { value } = reduceInstances(plain(given), how);
        expect(value).toBeGreaterThanOrEqual(Math.min(...given) * (1 - 1e-12));
        expect(value).toBeLessThanOrEqual(Math.max(...given) * (1 + 1e-12));
        expect(reduceInstances(plain(given.toReversed()), how).value).toBeCloseTo(value, 9);
        const more = given.map((each, i) => (i === 0 ? each * 2 : each));
        expect(reduceInstances(plain(more), how).value).toBeGreaterThanOrEqual(value * (1 - 1e-12));
      }),
    );
  });

  it("has the error of measuring the same instances again, which how they differ is no part of", () => {
    expect(
      reduceInstances(
        [
          { value: 1, stderr: 0.3 },
          { value: 100, stderr: 0.4 },
        ],
        "mean",
      ).stderr,
    ).toBeCloseTo(0.25, 12);
    expect(
      reduceInstances(
        [
          { value: 1, stderr: 0 },
          { value: 100, stderr: 0 },
        ],
        "mean",
      ).stderr,
    ).toBe(0);
    expect(reduceInstances([{ value: 1, stderr: 0.3 }, { value: 100 }], "mean")).not.toHaveProperty("stderr");
    const one = [{ value: 1 }, { value: 5, stderr: 0.5 }, { value: 9 }];
    expect(reduceInstances(one, { quantile: 0.5 })).toEqual({ value: 5, stderr: 0.5 });
    expect(reduceInstances(one, { quantile: 0.6 })).not.toHaveProperty("stderr");
  });

  it("has an error that simulated noise confirms to 5 %", () => {
    const true_ = [
      { value: 8, stderr: 0.1 },
      { value: 20, stderr: 0.5 },
      { value: 3, stderr: 0.05 },
      { value: 40, stderr: 1 },
    ];
    const random = createRandom(11);
    for (const how of ["mean", "geometricMean", { quantile: 0.5 }, { quantile: 0.8 }] as const) {
      const { value, stderr } = reduceInstances(true_, how);
      const again = Array.from(
        { length: 4000 },
        () =>
          reduceInstances(
            true_.map((each) => ({ value: each.value + each.stderr * random.normal() })),
            how,
          ).value,
      );
      // the deviation of 4000 normal numbers has a standard error of 1.1 %
      const spread = Math.sqrt(again.reduce((sum, each) => sum + (each - value) ** 2, 0) / again.length);
      expect(spread / stderr!).toBeGreaterThan(0.95);
      expect(spread / stderr!).toBeLessThan(1.05);
    }
  });
});

describe("reducerOf", () => {
  const objectives = ["ms", "bytes"];
  it("takes one for all objectives, or one by name, else averages", () => {
    const of = (name: string, reduce: Parameters<typeof checkReducers>[0], normalized = false): InstanceReduce =>
      reducerOf(name, {
        reduce: reduce === undefined ? undefined : checkReducers(reduce, "reduce"),
        objectives,
        normalized,
      });
    expect(of("ms", undefined)).toBe("mean");
    expect(of("ms", undefined, true)).toBe("geometricMean");
    expect(of("ms", "mean", true)).toBe("mean");
    expect(of("ms", { quantile: 1 })).toEqual({ quantile: 1 });
    expect(of("rss", { quantile: 1 })).toBe("mean");
    expect(of("rss", { rss: { quantile: 1 } })).toEqual({ quantile: 1 });
    expect(of("ms", { rss: { quantile: 1 } })).toBe("mean");
    expect(of("quantile", { quantile: "geometricMean" })).toBe("geometricMean"); // a measured name like any other
  });

  it("refuses what is none", () => {
    const check = (given: unknown) => () => checkReducers(given, "instances.reduce");
    expect(check("median")).toThrow(
      'Expected `instances.reduce` to be "mean", "geometricMean" or { quantile: 0.9 }, got "median"',
    );
    expect(check({ quantile: 2 })).toThrow(
      "Expected `instances.reduce.quantile` to be a finite number ≥ 0 and ≤ 1, got 2",
    );
    expect(check({ ms: { quantil: 0.5 } })).toThrow("Expected `instances.reduce.ms` to be");
    expect(check({ ms: { quantile: 0.5, of: 1 } })).toThrow(/of/);
    expect(check([])).toThrow("Expected `instances.reduce` to be");
  });
});

describe("instanceOrder", () => {
  it("is a permutation, the same whenever it is asked for", () => {
    for (let n = 1; n < 40; n++) {
      const order = instanceOrder(n, "shuffled");
      expect(order).toEqual(instanceOrder(n, "shuffled"));
      expect(order.toSorted((a, b) => a - b)).toEqual(instanceOrder(n, "given"));
    }
    expect(instanceOrder(3, "given")).toEqual([0, 1, 2]);
    expect(instanceOrder(8, "shuffled")).toEqual([0, 7, 3, 6, 5, 2, 1, 4]); // pinned: journals pair reports by it
  });
});
