import { describe, expect, it } from "vitest";
import { SearchResult } from "../../src/index.ts";
import { trialJson } from "../../src/cli/trial-json.ts";

describe("a trial as JSON", () => {
  const result = SearchResult.fromTable(
    [
      { params: { n: 1 }, values: { ms: 10, speed: 4, zero: 0 }, source: "baseline" },
      { params: { n: 2 }, values: { ms: 8, speed: 5, zero: 1 } },
      { params: { n: 3 } },
    ],
    { objectives: { ms: "minimize", speed: "maximize", zero: "minimize" } },
  );
  const read = (i: number): unknown => JSON.parse(trialJson(result.trials[i]!, result));
  it("holds its change against the baseline, where there is one to tell", () => {
    expect(read(1)).toMatchObject({
      number: 1,
      state: "complete",
      params: { n: 2 },
      values: { ms: 8 },
      change: { ms: -0.2, speed: 0.25 },
    });
    expect(read(0)).toMatchObject({ change: { ms: 0, speed: 0, zero: 0 } });
    expect(read(2)).not.toHaveProperty("change");
  });
  it("holds none without a baseline", () => {
    const plain = SearchResult.fromTable([{ params: {}, values: { ms: 1 } }]);
    expect(JSON.parse(trialJson(plain.trials[0]!, plain))).not.toHaveProperty("change");
  });
});
