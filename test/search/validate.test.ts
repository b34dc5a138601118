import { afterAll, describe, expect, it } from "vitest";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, defineSearch, int, memory, SearchResult } from "../../src/index.ts";
import { studentQuantile } from "../../src/math/student.ts";
import type { TrialContext } from "../../src/core/evaluator.ts";

const directory = mkdtempSync(join(tmpdir(), "attune-validate-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A search over x from 0, the baseline, of which only 7 is better: by 20, in noise of deviation 3. */
function noisy(more: object = {}) {
  const calls: { x: number; baseline: boolean; at: number }[] = [];
  const search = defineSearch({
    space: { x: int(0, 30, { default: 0 }) },
    objectives: { ms: "minimize" },
    objective: ({ x }: { x: number }, trial: TrialContext): { ms: number; rss: number } => {
      calls.push({ x, baseline: trial.baseline, at: trial.number });
      const noise = createRandom(trial.seed).fork(x);
      return { ms: 100 - (x === 7 ? 20 : 0) + 3 * noise.normal(), rss: x };
    },
    evaluator: "inline",
    journal: memory(),
    seed: 5,
    trials: 31,
    ...more,
  });
  return { search, calls };
}

/** A result of trials with these values. */
function recorded(trials: readonly { x: number; ms: number }[]) {
  return SearchResult.fromTable<{ x: number }>(
    trials.map(({ x, ms }) => ({ params: { x }, values: { ms } })),
    { objectives: { ms: "minimize" } },
  ) as never;
}

describe("search.validate", () => {
  it("keeps what is better and rejects what was lucky, and calls the objective of nothing else", async () => {
    const { search, calls } = noisy();
    const lucky = recorded([
      { x: 3, ms: 70 },
      { x: 7, ms: 79 },
      { x: 4, ms: 90 },
      { x: 5, ms: 99 },
    ]);
    const { baseline, candidates, kept, rounds, ended, confidence } = await search.validate(lucky);
    expect(baseline).toEqual({ x: 0 });
    expect(kept.map(({ params }) => params.x)).toEqual([7]);
    expect(candidates.map(({ trial, reason, kept: is }) => [trial.params.x, reason, is])).toEqual([
      [3, "no-gain", false],
      [7, "gain", true],
      [4, "no-gain", false],
    ]);
    expect({ rounds, ended, confidence }).toEqual({ rounds: 10, ended: "repeats", confidence: 0.95 });
    const gain = candidates[1]!.gains[0]!;
    expect(gain).toMatchObject({ name: "ms", better: "trial" });
    expect(gain.low).toBeLessThan(-20);
    expect(gain.high).toBeGreaterThan(-20);
    // what was clear after five rounds was not run again; the first round warms up
    expect(candidates[1]!.rounds).toBe(5);
    const times = (x: number) => calls.filter((call) => call.x === x).length;
    expect([0, 3, 4, 7, 5].map(times)).toEqual([11, 11, 11, 6, 0]);
    expect(calls.every((call) => call.baseline === (call.x === 0))).toBe(true);
    // in turn, every other round the other way round
    expect(calls.slice(0, 8).map(({ x }) => x)).toEqual([0, 3, 7, 4, 4, 7, 3, 0]);
    expect(new Set(calls.map(({ at }) => at)).size).toBe(calls.length);
  });

  it("shares the error rate among its candidates: intervals grow with their number", async () => {
    const [three, seven, four] = [3, 7, 4].map((x) => ({ x, ms: 50 + x }));
    const widthOf3 = async (trials: readonly { x: number; ms: number }[]): Promise<number> => {
      const { candidates } = await noisy().search.validate(recorded(trials));
      const { low, high } = candidates.find(({ trial }) => trial.params.x === 3)!.gains[0]!;
      return high - low;
    };
    const among = await widthOf3([three!, seven!, four!]);
    // the last of the looks has nine tenths of the error; both sides of ten rounds
    const quantile = (candidates: number): number => studentQuantile(1 - (0.05 * 0.9) / candidates / 2, 9);
    expect(among / (await widthOf3([three!]))).toBeCloseTo(quantile(3) / quantile(1), 9);
  });

  it("keeps nothing that is no better, but for its error rate: at most 2.5 %", async () => {
    let kept = 0;
    for (let seed = 0; seed < 200; seed++) {
      const { search } = noisy({ seed });
      kept +=
        (
          await search.validate(
            recorded([
              { x: 1, ms: 1 },
              { x: 2, ms: 2 },
              { x: 3, ms: 3 },
            ]),
          )
        ).kept.length > 0
          ? 1
          : 0;
    }
    // 5 expected at most; 12 is three deviations above
    expect(kept).toBeLessThanOrEqual(12);
  });

  it("says why: worse, a limit, a failure; a failed one is not run again", async () => {
    const { search, calls } = noisy({
      constraints: { rss: { max: 20 } },
      objective: ({ x }: { x: number }) => {
        calls.push({ x, baseline: x === 0, at: 0 });
        if (x === 9) throw new Error("out of registers");
        return { ms: x === 5 ? 200 : x === 25 ? 1 : 100 + calls.length / 1e6, rss: x };
      },
    });
    const of = recorded([
      { x: 5, ms: 1 },
      { x: 25, ms: 2 },
      { x: 9, ms: 3 },
    ]);
    const { candidates, kept, rounds, ended } = await search.validate(of);
    expect(kept).toEqual([]);
    expect(candidates).toMatchObject([
      { reason: "worse", gains: [{ better: "baseline" }] },
      { reason: "limit", broken: { rss: 25 } },
      { reason: "failed", rounds: 0, failure: { kind: "error", message: "out of registers" } },
    ]);
    expect({ rounds, ended }).toEqual({ rounds: 5, ended: "clear" });
    expect(calls.filter(({ x }) => x === 9)).toHaveLength(1);
  });

  it("retries as the search does, and begins no round when the time is over", async () => {
    let calls = 0;
    const { search } = noisy({
      objective: async ({ x }: { x: number }) => {
        if (++calls === 2) throw new Error("once");
        await new Promise((resolve) => setTimeout(resolve, 30));
        return { ms: x };
      },
      evaluator: (await import("../../src/index.ts")).inline({ retry: { error: 1 } }),
    });
    const told: number[] = [];
    const options = { maxTime: 1, progress: (rounds: number) => told.push(rounds) };
    const { candidates, rounds, ended } = await search.validate(recorded([{ x: 3, ms: 1 }]), options);
    expect({ rounds, ended, told, calls }).toEqual({ rounds: 0, ended: "time", told: [], calls: 3 });
    expect(candidates).toMatchObject([{ reason: "no-gain", rounds: 0, gains: [] }]);
  });

  it("reads a journal, or that of the search, and writes nothing to it", async () => {
    const journal = join(directory, "one.attune.jsonl");
    const { search } = noisy({ journal, sampler: "grid" });
    const result = await search.start();
    const text = readFileSync(journal, "utf8");
    const found = await search.validate();
    expect(found.candidates.map(({ trial }) => trial.number)).toEqual(result.top(3).map(({ number }) => number));
    expect(found.kept.map(({ params }) => params.x)).toEqual([7]);
    expect((await search.validate(journal, { k: 1 })).candidates).toHaveLength(1);
    expect(readFileSync(journal, "utf8")).toBe(text);
  });

  it("rejects with the signal's reason", async () => {
    const { search } = noisy();
    const controller = new AbortController();
    const of = recorded([{ x: 3, ms: 1 }]);
    const over = search.validate(of, { signal: controller.signal, progress: () => controller.abort("enough") });
    await expect(over).rejects.toBe("enough");
  });

  it("refuses what it cannot do", async () => {
    const { search } = noisy();
    const of = recorded([{ x: 3, ms: 1 }]);
    const refused = (from: never, options: object): Promise<unknown> => search.validate(from, options);
    await expect(refused(of, { repeats: 2 })).rejects.toThrow("`repeats`");
    await expect(refused(of, { k: 0 })).rejects.toThrow("`k`");
    await expect(refused(of, { confidence: 1 })).rejects.toThrow("`confidence`");
    await expect(refused(of, { top: 3 })).rejects.toThrow("`top`");
    await expect(refused(undefined as never, {})).rejects.toThrow("this search has no journal yet");
    await expect(refused(recorded([{ x: 0, ms: 1 }]), {})).rejects.toThrow("There is nothing to validate");
    await expect(refused(recorded([{ x: 99, ms: 1 }]), {})).rejects.toThrow("Trial 0 is not of this search: ");
    const other = SearchResult.fromTable([{ params: { x: 1 }, values: { mb: 1 } }]);
    await expect(refused(other as never, {})).rejects.toThrow("the objectives minimize ms, got minimize mb");
    const bare = noisy({ space: { x: int(0, 30) } }).search;
    await expect(bare.validate(of)).rejects.toThrow("Expected a baseline to compare with");
    const broken = noisy({
      objective: (): number => {
        throw new Error("no device");
      },
    }).search;
    await expect(broken.validate(of)).rejects.toMatchObject({
      code: "all-failed",
      message: "The baseline failed (error): no device",
    });
  });
});
