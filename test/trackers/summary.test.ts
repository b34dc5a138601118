import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { defineSearch } from "../../src/search/search.ts";
import { inline } from "../../src/evaluators/index.ts";
import { int } from "../../src/space/index.ts";
import { summary } from "../../src/trackers/index.ts";
import { until } from "../search/until.ts";

const place = mkdtempSync(join(tmpdir(), "attune-summary-"));
afterAll(() => rmSync(place, { recursive: true }));

describe("the summary tracker", () => {
  it("keeps a file with the budget left, the top trials and the objective by trial, while the search runs", async () => {
    const file = join(place, "deep/summary.txt");
    let during = "";
    await defineSearch({
      space: { x: int(0, 100), deep: { y: int(0, 100) } },
      objectives: { ms: "minimize" },
      constraints: { ms: { min: 20 } },
      objective: async ({ x, deep }, { number }) => {
        if (number === 20) {
          await until(() => existsSync(file) && readFileSync(file, "utf8").includes("20 trials of 40 left (50 %)"));
          during = readFileSync(file, "utf8");
        }
        return { ms: x + deep.y };
      },
      sampler: "random",
      trials: 40,
      seed: 4,
      trackers: [summary({ file, every: 1, top: 3 })],
    }).start();
    expect(during).toMatch(/^\d{4}-.*Z\n20\/40 trials \(50 %\) · .* · best ms \d+ · 1\/1 workers\n/);
    const text = readFileSync(file, "utf8");
    expect(text).toContain("40/40 trials (100 %)");
    expect(text).toContain("0 trials of 40 left (0 %)");
    const rows = Array.from(text.matchAll(/^ +(\d+) +(\d+) +\S+ ms +x=(\d+) deep\.y=(\d+)$/gm), (m) =>
      m.slice(1).map(Number),
    );
    expect(rows).toHaveLength(3);
    for (const [, ms, x, y] of rows) expect(ms).toBe(x! + y!);
    expect(rows.map(([, ms]) => ms)).toEqual(rows.map(([, ms]) => ms!).toSorted((a, b) => a - b));
    expect(Math.min(...rows.map(([, ms]) => ms!))).toBeGreaterThanOrEqual(20);
    expect(text).toMatch(/^ +ms( \(log\))?\n[^]*└─+\n.*trial/m);
  });

  it("has the best first by what counts, where values are normalised", async () => {
    const pages: string[] = [];
    let calls = 0;
    const { best } = await defineSearch({
      space: { n: int(1, 20, { default: 10 }) },
      objectives: { ms: "minimize" },
      evaluator: inline({ normalize: { every: 2 } }),
      objective: ({ n }) => ({ ms: n * (++calls > 8 ? 3 : 1) }), // from then on everything takes three times as long
      first: [8, 9, 5, 15, 12, 7, 4, 3].map((n) => ({ n })),
      trials: 8,
      trackers: [summary({ stream: { write: (text) => pages.push(text) } })],
    }).start();
    const [first] = /^ +(\d+) +\S+ +\S+ ms +n=3$/m.exec(pages.at(-1)!)!.slice(1);
    expect([Number(first), best.values.ms]).toEqual([best.number, 9]);
    const rows = Array.from(pages.at(-1)!.matchAll(/^ +\d+ +\S+ +\S+ ms +n=(\d+)$/gm), ([, n]) => Number(n));
    // 7 was measured when everything was slow already, and the baseline not yet again
    expect(rows).toEqual([3, 4, 5, 8, 9, 10, 12, 15, 7]);
  });

  it("writes page after page to a stream, has the front of several objectives, and nothing of what failed", async () => {
    const pages: string[] = [];
    await defineSearch({
      space: { x: int(0, 9) },
      objectives: { a: "minimize", b: "maximize" },
      objective: ({ x }, { number }) => {
        if (number === 2) throw new Error("no");
        return { a: x, b: x };
      },
      sampler: "grid",
      trials: 10,
      trackers: [summary({ stream: { write: (text) => pages.push(text) } })],
    }).start();
    expect(pages).toHaveLength(1);
    expect(pages[0]).toContain("The Pareto front\n");
    expect(pages[0]).toMatch(/trial +a ↓ +b ↑ +took +configuration/);
    expect(pages[0]).toContain("1 failed (1 error)");
    expect(pages[0]!.match(/ x=\d/g)).toHaveLength(9);
  });

  it.each([
    [{ every: 0 }, "Expected `every` to be a finite number > 0, got 0"],
    [{ top: 0 }, "Expected `top` to be an integer ≥ 1, got 0"],
    [{ k: 1 }, "Unknown option `k` of summary"],
  ])("refuses %j", (options, message) => expect(() => summary(options as object)).toThrow(message));
});
