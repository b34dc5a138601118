import { describe, expect, it } from "vitest";
import { compareEstimates, compareSamples } from "../../src/analysis/compare.ts";
import { createRandom } from "../../src/core/random.ts";

describe("a comparison", () => {
  const slow = [10.9, 11.4, 10.6, 11, 10.8];
  const fast = [10.1, 9.8, 10.4, 10, 9.9];

  it("shows a difference, which way it goes, and how large it is", () => {
    const result = compareSamples(fast, slow);
    expect(result.better).toBe("a");
    expect(result.difference).toBeCloseTo(-0.9, 9);
    expect(result.relative).toBeCloseTo(-0.9 / 10.94, 9);
    expect(result.effect).toBeLessThan(-2);
    for (const { low, high } of [result.welch, result.bootstrap!]) {
      expect(low).toBeLessThan(-0.9);
      expect(high).toBeGreaterThan(-0.9);
      expect(high).toBeLessThan(0);
    }
    expect(compareSamples(fast, slow, { direction: "maximize" }).better).toBe("b");
    expect(compareSamples(fast, slow)).toEqual(result);
  });

  it("shows none where there is none, but for its error rate: 5 %", () => {
    const random = createRandom(11);
    const normal = (n: number): number[] => Array.from({ length: n }, () => 5 + random.normal());
    let shown = 0;
    for (let i = 0; i < 1_000; i++) if (compareSamples(normal(8), normal(12)).better !== "none") shown++;
    expect(shown).toBeGreaterThan(15); // of 1,000 at 5 %, less where both tests must agree; 3 standard deviations
    expect(shown).toBeLessThan(71);
  });

  it("takes what only estimates are known of", () => {
    const a = { value: 3, stderr: 0.1, n: 5 };
    expect(compareEstimates(a, { value: 4, stderr: 0.1, n: 5 }).better).toBe("a");
    expect(compareEstimates(a, { value: 3.1, stderr: 0.1, n: 5 }).better).toBe("none");
  });

  it("refuses a single sample, which tells nothing of the noise", () => {
    expect(() => compareSamples([1], [1, 2])).toThrow("Expected at least two finite samples of `a`, got 1");
    expect(() => compareSamples([1, 2], [1, NaN])).toThrow("of `b`");
  });
});

it("tells the effect as Hedges' g, which is smaller than Cohen's d where samples are few", () =>
  // d = −2 / √2.5; the correction is 1 − 3 / (4 · 4 − 1)
  expect(compareSamples([1, 2, 3], [2, 4, 6]).effect).toBeCloseTo((-2 / Math.sqrt(2.5)) * 0.8, 12));
