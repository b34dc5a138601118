import { describe, expect, it } from "vitest";
import { untilPrecise } from "../../src/analysis/until-precise.ts";
import { createRandom } from "../../src/core/random.ts";

const never = { isOver: (): boolean => false };

describe("samples until the median is precise", () => {
  it("are ten where they agree, and the interval is their spread", async () => {
    const { samples, ...rest } = await untilPrecise(() => 4, { precision: 0.01, maxRepeats: 100, ...never });
    expect(samples).toEqual(new Array(10).fill(4));
    expect(rest).toEqual({ value: 4, stderr: 0, low: 4, high: 4, settled: true });
  });

  it("are so many as the noise needs, and the interval is as narrow as asked", async () => {
    const counts = [];
    for (const deviation of [0.02, 0.08]) {
      const random = createRandom(1);
      const found = await untilPrecise(() => 10 * (1 + deviation * random.normal()), {
        precision: 0.01,
        maxRepeats: 10_000,
        ...never,
      });
      expect(found.settled).toBe(true);
      expect((found.high - found.low) / 2).toBeLessThanOrEqual(0.01 * found.value);
      expect(found.stderr).toBeCloseTo((found.high - found.low) / 3.92, 4);
      expect([found.low <= found.value, found.value <= found.high]).toEqual([true, true]);
      counts.push(found.samples.length);
    }
    // of a normal distribution (1.96 · 1.2533 · deviation / precision)² ≈ 24 and 386
    expect(counts[0]).toBeGreaterThan(12);
    expect(counts[0]).toBeLessThan(80);
    expect(counts[1]).toBeGreaterThan(200);
    expect(counts[1]).toBeLessThan(900);
  });

  it("do not mind outliers", async () => {
    const random = createRandom(2);
    const found = await untilPrecise(() => (random.uniform() < 0.1 ? 1e6 : 1 + 0.001 * random.normal()), {
      precision: 0.01,
      maxRepeats: 1000,
      ...never,
    });
    expect(found.settled).toBe(true);
    expect(found.value).toBeCloseTo(1, 2);
  });

  it("end at their greatest number, or when the time is over, but not before six", async () => {
    const random = createRandom(3);
    const draw = (): number => random.normal();
    expect((await untilPrecise(draw, { precision: 1e-9, maxRepeats: 77, ...never })).samples).toHaveLength(77);
    expect((await untilPrecise(draw, { precision: 1e-9, maxRepeats: 7, ...never })).samples).toHaveLength(7);
    let left = 20;
    const timed = await untilPrecise(draw, { precision: 1e-9, maxRepeats: 1000, isOver: () => --left < 0 });
    expect(timed.settled).toBe(false);
    expect(timed.samples.length).toBeLessThan(40);
    const late = await untilPrecise(draw, { precision: 1e-9, maxRepeats: 1000, isOver: () => true });
    expect(late.samples).toHaveLength(6);
  });
});
