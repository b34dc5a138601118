import { describe, expect, it } from "vitest";
import { compareStudies, SearchResult } from "../../src/index.ts";

/** A run that measured these values, one trial each. */
function run(values: readonly number[], direction: "minimize" | "maximize" = "minimize"): SearchResult {
  return SearchResult.fromTable(
    values.map((ms, x) => ({ params: { x }, values: { ms } })),
    { objectives: { ms: direction } },
  );
}

describe("two ways of searching", () => {
  it("are compared by the best of each run after equally many trials", () => {
    const a = [run([9, 5, 7]), run([8, 4.9, 4.5]), run([6, 5.5, 6])];
    const b = [run([10, 11, 9]), run([9.5, 12, 13, 0]), run([11, 9.2, 10])];
    const { name, trials, comparison, ...bests } = compareStudies(a, b);
    expect({ name, trials, ...bests }).toEqual({
      name: "ms",
      direction: "minimize",
      trials: 3,
      a: [5, 4.5, 5.5],
      b: [9, 9.5, 9.2],
    });
    expect(comparison).toMatchObject({ better: "a", a: { n: 3 } });
    expect(comparison!.bootstrap!.high).toBeLessThan(0);
    expect(compareStudies(b, a).comparison!.better).toBe("b");
    expect(compareStudies(a, a).comparison!.better).toBe("none");
    const up = compareStudies(
      [run([1, 3], "maximize"), run([2], "maximize")],
      [run([0], "maximize"), run([1], "maximize")],
    );
    expect(up).toMatchObject({ trials: 1, a: [1, 2], b: [0, 1], comparison: { better: "none" } });
  });

  it("say nothing from one run of each", () => {
    expect(compareStudies([run([1])], [run([100])])).not.toHaveProperty("comparison");
    expect(compareStudies([run([1]), run([2])], [run([100])])).not.toHaveProperty("comparison");
  });

  it("of several objectives are compared by hypervolume below a common reference", () => {
    const front = (...points: [number, number][]) =>
      SearchResult.fromTable(
        points.map(([ms, mb], x) => ({ params: { x }, values: { ms, mb } })),
        { objectives: { ms: "minimize", mb: "minimize" } },
      );
    const { name, direction, a, b } = compareStudies([front([0, 0], [10, 10])], [front([0, 10], [10, 0])]);
    // the reference is (11, 11)
    expect({ name, direction, a, b }).toEqual({ name: "hypervolume", direction: "maximize", a: [121], b: [21] });
  });

  it("keep limits, leave the baseline out, and refuse what cannot be compared", () => {
    const limited = (rss: number) =>
      SearchResult.fromTable(
        [
          { params: { x: 0 }, values: { ms: 0, rss: 1 }, source: "baseline" },
          { params: { x: 1 }, values: { ms: 1, rss } },
          { params: { x: 2 }, values: { ms: 2, rss: 1 } },
        ],
        { objectives: { ms: "minimize" }, constraints: { rss: { max: 5 } } },
      );
    expect(compareStudies([limited(9)], [limited(1)])).toMatchObject({ trials: 2, a: [2], b: [1] });
    expect(() => compareStudies([], [run([1])])).toThrow("Expected a run of each, got 0 and 1");
    expect(() => compareStudies([run([1])], [run([1], "maximize")])).toThrow("Expected studies with equal objectives");
    const failed = SearchResult.fromTable([{ params: {} }], { objectives: { ms: "minimize" } });
    expect(() => compareStudies([run([1])], [failed])).toThrow("run 2 of 2 has no feasible trial among its first 1");
  });
});
