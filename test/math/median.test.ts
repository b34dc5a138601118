import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/core/random.ts";
import { blockInflation, medianInterval, medianOf } from "../../src/math/median.ts";

const counted = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => i + 1);

describe("the median", () => {
  it("is the middle value, or the mean of the middle two", () => {
    expect([medianOf([4]), medianOf([1, 3]), medianOf([1, 2, 9])]).toEqual([4, 2, 2]);
  });
});

describe("the interval of a median", () => {
  it("is the range of as few as there are, and of six at the level that it has: 1 − 2^−5", () => {
    for (const n of [1, 2, 5, 6]) expect(medianInterval(counted(n), 0.96875)).toEqual([1, n]);
  });

  it("is that of order statistics where these have just the level", () => {
    // 1 − 2·P(B(10, ½) ≤ 1) = 1 − 22/1024; P(B ≤ 2) = 56/1024
    expect(medianInterval(counted(10), 1 - 22 / 1024)).toEqual([2, 9]);
    expect(medianInterval(counted(10), 1 - 112 / 1024)).toEqual([3, 8]);
  });

  it("lies between order statistics elsewhere, and shrinks steadily with the level", () => {
    const widths = [0.99, 0.97, 0.95, 0.93, 0.9, 0.8, 0.5].map((level) => {
      const [low, high] = medianInterval(counted(10), level);
      expect(low + high).toBeCloseTo(11, 12);
      return high - low;
    });
    expect(widths).toEqual(widths.toSorted((a, b) => b - a));
    expect(new Set(widths).size).toBe(widths.length);
  });

  it("is the same above and below a thousand values, to a tenth of a value", () => {
    const [exact, approximate] = [medianInterval(counted(1000), 0.95), medianInterval(counted(1001), 0.95)];
    expect(Math.abs(approximate[0] - exact[0] - 0.5)).toBeLessThan(0.1);
    expect(Math.abs(approximate[1] - exact[1] - 0.5)).toBeLessThan(0.1);
    const [low, high] = medianInterval(counted(100_000), 0.95);
    expect(high - low).toBeCloseTo(1.96 * Math.sqrt(100_000), -1);
  });

  // A coverage of 0.95 in 4,000 repetitions has a standard error of 0.0034; the seed is fixed.
  it.each([
    ["normal", (random: ReturnType<typeof createRandom>) => random.normal(), 0],
    ["exponential", (random: ReturnType<typeof createRandom>) => -Math.log(1 - random.uniform()), Math.LN2],
    ["uniform", (random: ReturnType<typeof createRandom>) => random.uniform(), 0.5],
  ])("covers the median of a %s distribution as often as it says", (_, draw, truth) => {
    const random = createRandom(3);
    for (const n of [6, 9, 12, 25, 60]) {
      let covered = 0;
      for (let i = 0; i < 4000; i++) {
        const [low, high] = medianInterval(Float64Array.from({ length: n }, () => draw(random)).sort(), 0.95);
        if (low <= truth && truth <= high) covered++;
      }
      expect(covered / 4000, `${n}`).toBeGreaterThan(0.938);
      expect(covered / 4000, `${n}`).toBeLessThan(0.962);
    }
  });
});

describe("the inflation of values that depend on one another", () => {
  /** A series in which each value is `share` of the one before, and noise. */
  const series = (share: number, n: number, seed: number): number[] => {
    const random = createRandom(seed);
    let last = random.normal() / Math.sqrt(1 - share ** 2);
    return Array.from({ length: n }, () => (last = share * last + random.normal()));
  };
  const coverage = (share: number, n: number, inflated: boolean): number => {
    let covered = 0;
    for (let i = 0; i < 1000; i++) {
      const values = series(share, n, i);
      const sorted = Float64Array.from(values).sort();
      const [low, high] = medianInterval(sorted, 0.95, inflated ? blockInflation(values, medianOf(sorted)) : 1);
      if (low <= 0 && 0 <= high) covered++;
    }
    return covered / 1000;
  };

  it("is 1 for independent ones, mostly, and for few", () => {
    const found = Array.from({ length: 500 }, (_, i) => blockInflation(series(0, 100, i), 0));
    expect(found.filter((inflation) => inflation === 1).length).toBeGreaterThan(450);
    expect(blockInflation([1, 1, 1, 1, 1, 1, 9, 9, 9, 9, 9, 9], 5)).toBe(1);
    expect(blockInflation(new Array(100).fill(4), 4)).toBe(1);
  });

  it("makes up for most of the coverage that dependence costs", () => {
    expect(coverage(0.8, 200, false)).toBeLessThan(0.6);
    expect(coverage(0.8, 200, true)).toBeGreaterThan(0.85);
    expect(coverage(0, 200, true)).toBeGreaterThan(0.94);
    expect(coverage(0, 200, true)).toBeLessThan(0.97);
  });
});
