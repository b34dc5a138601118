import { describe, expect, it } from "vitest";
import { compareTrials } from "../../src/analysis/compare-trials.ts";
import type { Measured } from "../../src/core/outcome.ts";

const objectives = [
  { name: "ms", direction: "minimize" },
  { name: "rps", direction: "maximize" },
] as const;
const of = (ms: Measured, rps: Measured = { value: 1 }) => ({ measured: { ms, rps } });

describe("two trials", () => {
  it("are compared by their standard errors and samples", () => {
    const known = (value: number): Measured => ({ value, stderr: 1, samples: 10 });
    const [ms, rps] = compareTrials(of(known(90), known(90)), of(known(100), known(100)), objectives);
    expect(ms).toMatchObject({ name: "ms", a: 90, b: 100, difference: -10, normalized: false });
    expect(ms!.comparison).toMatchObject({ better: "a", welch: { df: 18 } });
    expect(rps!.comparison!.better).toBe("b");
    const [near] = compareTrials(of(known(99)), of(known(100)), objectives);
    expect(near!.comparison).toMatchObject({ better: "none" });
    // t = −10/√2 at 18 degrees of freedom: beyond any confidence, but with two samples of each (df 2) only up to 98 %
    const few = (value: number): Measured => ({ value, stderr: 1, samples: 2 });
    const better = (confidence: number) =>
      compareTrials(of(few(90)), of(few(100)), objectives, { confidence })[0]!.comparison!.better;
    expect([0.95, 0.99].map(better)).toEqual(["a", "none"]);
  });

  it("of which one has no standard error cannot be told apart from noise", () => {
    const [ms] = compareTrials(of({ value: 1, stderr: 0.1, samples: 5 }), of({ value: 100 }), objectives);
    expect(ms).toEqual({ name: "ms", a: 1, b: 100, difference: -99, normalized: false });
  });

  it("take an error without samples for exact", () => {
    const [ms] = compareTrials(of({ value: 97, stderr: 1 }), of({ value: 100, stderr: 1 }), objectives);
    expect(ms!.comparison!.welch.p).toBeCloseTo(0.0339, 3); // 2 Φ(−3/√2)
  });

  it("count by their normalised values where both have them", () => {
    const normal = (value: number, to: number): Measured => ({
      value,
      stderr: 1,
      samples: 9,
      normalized: { value: to, stderr: 0.01 },
    });
    const [ms] = compareTrials(of(normal(100, 1)), of(normal(90, 1.2)), objectives);
    expect(ms).toMatchObject({ a: 1, b: 1.2, normalized: true, comparison: { better: "a" } });
    const [mixed] = compareTrials(of(normal(100, 1)), of({ value: 90, stderr: 1, samples: 9 }), objectives);
    expect(mixed).toMatchObject({ a: 100, b: 90, normalized: false, comparison: { better: "b" } });
  });
});
