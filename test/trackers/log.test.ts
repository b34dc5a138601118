import { expect, it } from "vitest";
import type { FinishedTrial } from "../../src/core/trial.ts";
import { openStudy } from "../../src/search/open-study.ts";
import { SearchResult } from "../../src/search/result.ts";
import { defineSearch } from "../../src/search/search.ts";
import { float } from "../../src/space/index.ts";
import { log } from "../../src/trackers/index.ts";

const run = async (lines: string[]): Promise<SearchResult> =>
  defineSearch({
    space: { x: float(0, 1) },
    objective: (_, trial): number => {
      if (trial.number % 2 === 1) throw new Error(`no luck with ${trial.number}`);
      return trial.number === 4 ? NaN : 1;
    },
    trials: 7,
    trackers: [log({ stream: { write: (text: string) => lines.push(text) } })],
  }).start();

it("says how many trials failed, how, and the first of them, when the search ends", async () => {
  const lines: string[] = [];
  const result = await run(lines);
  expect(lines.at(-2)).toMatch(/ warn  4 failed \(3 error, 1 invalid\); the first: trial 1: no luck with 1\n$/);
  expect(lines.at(-1)).toContain("search ended: trials");
  expect(result.failures.map(({ kind, count, first }) => [kind, count, first.number])).toEqual([
    ["error", 3, 1],
    ["invalid", 1, 4],
  ]);
});

it("has no failures to tell of where none is", () => {
  const trials = [{ state: "complete" }, { state: "failed", twin: 3 }] as FinishedTrial[];
  expect(new SearchResult(trials, { objectives: [] }).failures).toEqual([]);
});

it("is told what may be run again of a study that is used alone", async () => {
  const study = await openStudy({ space: { x: float(0, 1) }, trials: 1, retry: { crash: 1 }, dropLimit: 1 });
  await study.ask();
  const told = await study.tell(0, { state: "failed", failure: { kind: "crash", message: "boom" } });
  expect(told.state).toBe("queued");
  const reserved = await study.reserve();
  await (reserved as Exclude<typeof reserved, "wait" | undefined>).drop();
  expect([await study.reserve(), study.ended]).toEqual([undefined, "dropped"]);
  await expect(openStudy({ space: { x: float(0, 1) }, retry: { crash: -1 } })).rejects.toThrow(
    "Expected `retry.crash` to be an integer ≥ 0, got -1",
  );
});
