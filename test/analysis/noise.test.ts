import { describe, expect, it } from "vitest";
import { noiseOf, smallestGain } from "../../src/analysis/noise.ts";
import { createRandom, type Random } from "../../src/core/random.ts";

const runs = (...values: number[]): { value: number }[] => values.map((value) => ({ value }));

describe("the noise of runs", () => {
  it("is their standard deviation, also as a share of the median", () => {
    expect(noiseOf(runs(9, 10, 14))).toEqual({ value: 10, deviation: Math.sqrt(7), relative: Math.sqrt(7) / 10 });
    expect(noiseOf(runs(-9, -10, -14)).relative).toBeCloseTo(Math.sqrt(7) / 10, 12);
    expect(noiseOf(runs(-1, 0, 1))).toEqual({ value: 0, deviation: 1 });
    expect(noiseOf(runs(4, 4))).toEqual({ value: 4, deviation: 0, relative: 0 });
  });

  it("holds the error that runs give of themselves, if all do", () => {
    const told = [
      { value: 1, stderr: 3 },
      { value: 2, stderr: 4 },
    ];
    expect(noiseOf(told).stderr).toBeCloseTo(Math.sqrt(12.5), 12);
    expect(noiseOf([...told, { value: 3 }])).not.toHaveProperty("stderr");
  });

  const modes = (n: number, draw: (random: Random) => number): number => {
    let found = 0;
    for (let i = 0; i < 400; i++) {
      const random = createRandom(i);
      if (noiseOf(runs(...Array.from({ length: n }, () => draw(random)))).modes !== undefined) found++;
    }
    return found / 400;
  };
  it("tells two clusters from one, mostly", () => {
    const two = (random: Random): number => (random.uniform() < 0.5 ? 1 : 1.2) + 0.01 * random.normal();
    expect(modes(10, two)).toBeGreaterThan(0.8);
    expect(modes(20, two)).toBeGreaterThan(0.98);
    expect(modes(10, (random) => random.normal())).toBeLessThan(0.03);
    expect(modes(20, (random) => -Math.log(1 - random.uniform()))).toBeLessThan(0.06);
    expect(noiseOf(runs(1, 1, 1, 1, 1.2, 1.2, 1.2, 1.2)).modes).toEqual([1, 1.2]);
    expect(noiseOf(runs(1, 1, 1, 1.2, 1.2, 1.2))).not.toHaveProperty("modes");
  });
});

describe("the smallest gain", () => {
  // z(0.975) = 1.96, z(1 − 0.025/100) = 3.4808, z(0.8) = 0.8416
  it("is √2 times the sum of two quantiles, in deviations", () => {
    const noise = { deviation: 2 };
    expect(smallestGain({ noise, trials: 1 })).toBeCloseTo(2 * Math.SQRT2 * (1.96 + 0.8416), 3);
    expect(smallestGain({ noise, trials: 100 })).toBeCloseTo(2 * Math.SQRT2 * (3.4808 + 0.8416), 3);
  });
  it("shrinks with the root of the runs per trial", () => {
    const noise = { deviation: 2 };
    expect(smallestGain({ noise, trials: 9, runs: 4 })).toBeCloseTo(smallestGain({ noise, trials: 9 }) / 2, 12);
  });
  it("is judged by the errors that trials give, where they are larger", () => {
    const noise = { deviation: 2, stderr: 3 };
    expect(smallestGain({ noise, trials: 1 })).toBeCloseTo(Math.SQRT2 * (1.96 * 3 + 0.8416 * 2), 3);
    expect(smallestGain({ noise: { deviation: 2, stderr: 1 }, trials: 1 })).toBe(
      smallestGain({ noise: { deviation: 2 }, trials: 1 }),
    );
    expect(smallestGain({ noise: { deviation: 0 }, trials: 50 })).toBe(0);
  });
});
