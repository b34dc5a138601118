import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, describe, expect, it } from "vitest";
import type { FinishedTrial } from "../../src/core/trial.ts";
import { openStudy } from "../../src/search/open-study.ts";
import { SearchResult } from "../../src/search/result.ts";
import { defineSearch } from "../../src/search/search.ts";
import { float } from "../../src/space/index.ts";
import { lifeOfAStudy } from "../../src/testing/tracker-contract.ts";
import { entryOf } from "../../src/trackers/entry.ts";
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

const place = mkdtempSync(join(tmpdir(), "attune-log-"));
afterAll(() => rmSync(place, { recursive: true }));

const search = defineSearch({
  space: { x: float(0, 1) },
  objective: (_, { number }) => {
    if (number === 1) throw new Error("no luck\u001b[2J");
    return number;
  },
  trials: 3,
  sampler: "random",
  seed: 1,
});
const records = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("the log tracker", () => {
  it("appends to a file; a line torn by a kill does not take the next with it", async () => {
    const file = join(place, "deep/run.log");
    await search.with({ trackers: [log({ file })] }).start();
    writeFileSync(file, "torn", { flag: "a" });
    await search.with({ trackers: [log({ file, level: "warn" })] }).start();
    const lines = readFileSync(file, "utf8").split("\n");
    const texts = lines.map((line) => line.replace(/^\S+Z /, "").replace(/(0\.\d+)|\d+ ms/g, "#"));
    const warnings = [
      "warn  trial 1 failed (error) after #: no luck\uFFFD[2J",
      "warn  1 failed (1 error); the first: trial 1: no luck\uFFFD[2J",
    ];
    expect(texts).toEqual([
      "info  search started: random, inline, 1 workers",
      'info  trial 0 complete value=0 in #: {"x":#}',
      warnings[0],
      'info  trial 2 complete value=2 in #: {"x":#}',
      warnings[1],
      "info  search ended: trials",
      "torn",
      ...warnings,
      "",
    ]);
  });

  it("writes JSON lines with levels and fields", async () => {
    const file = join(place, "run.jsonl");
    await search.with({ trackers: [log({ file, format: "json", level: "debug" })] }).start();
    const all = records(readFileSync(file, "utf8"));
    expect(all[0]).toMatchObject({ level: "debug", event: "study-created", message: "study created" });
    expect(all.find(({ event, trial }) => event === "trial-finished" && trial === 2)).toMatchObject({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      level: "info",
      attempt: 1,
      state: "complete",
      params: { x: expect.any(Number) },
      values: { value: 2 },
      duration: expect.any(Number),
    });
    expect(all.find(({ event, trial }) => event === "trial-finished" && trial === 1)).toMatchObject({
      level: "warn",
      state: "failed",
      failure: { kind: "error", message: "no luck\u001b[2J" },
    });
    expect(all.at(-1)).toMatchObject({ level: "info", event: "search-ended", reason: "trials" });
  });

  it("weighs each event: what went wrong warns, what goes on is for those who look for it", () => {
    const levels = lifeOfAStudy.map(([event, trial]) => [
      trial?.state === "failed" ? `${event.type}, failed` : event.type,
      entryOf(event, trial).level,
    ]);
    expect(Object.fromEntries(levels)).toEqual({
      "study-created": "debug",
      "search-started": "info",
      "generation-started": "debug",
      "trial-created": "debug",
      "trial-started": "debug",
      "trial-placed": "debug",
      "trial-reported": "debug",
      "trial-requeued": "warn",
      "trial-finished": "info",
      "trial-finished, failed": "warn",
      "trial-rejected": "debug",
      "generation-ended": "info",
      "study-adopted": "warn",
      "search-ended": "info",
    });
    const requeued = { type: "trial-requeued", at: 1, number: 0, attempt: 1, after: 5 } as const;
    expect(entryOf({ ...requeued, failure: { kind: "lost", message: "later" } }).level).toBe("info");
    expect(entryOf({ type: "search-ended", at: 1, writer: "w", reason: "error" }).level).toBe("error");
  });

  it("gives a real pino its entries, whose level holds", async () => {
    const lines: string[] = [];
    const logger = pino({ level: "info" }, { write: (line: string) => void lines.push(line) });
    await search.with({ trackers: [log({ logger })] }).start();
    const all = records(lines.join(""));
    const { info, warn } = pino.levels.values;
    expect(all.map(({ level, event, trial }) => [level, event, trial])).toEqual([
      [info, "search-started", undefined],
      [info, "trial-finished", 0],
      [warn, "trial-finished", 1],
      [info, "trial-finished", 2],
      [warn, "failures", undefined],
      [info, "search-ended", undefined],
    ]);
    expect(all[1]).toMatchObject({ msg: expect.stringContaining("trial 0 complete value=0"), values: { value: 0 } });
    expect(new Set(all.map(({ study }) => study)).size).toBe(1);
  });

  it("clears the live line of a terminal before its own", async () => {
    const lines: string[] = [];
    const stream = { write: (text: string) => lines.push(text), isTTY: true };
    await search.with({ trackers: [log({ stream })] }).start();
    // oxlint-disable-next-line no-control-regex -- what a terminal is sent
    for (const text of lines) expect(text).toMatch(/^\r\u001b\[K\d{4}-.*\n$/);
  });

  it.each([
    [{ level: "loud" }, 'Expected `level` to be one of debug, info, warn, error, got "loud"'],
    [{ format: "xml" }, 'Expected `format` to be "text" or "json", got "xml"'],
    [{ file: "a", stream: process.stderr }, "Expected `file` or `stream`, got both"],
    [
      { logger: { info: () => {} } },
      "Expected `logger` to have the methods debug, info, warn, error of pino, got none called debug",
    ],
    [{ logger: console, file: "a" }, "Expected `logger` alone, got also `file` or `stream`"],
    [{ stream: 3 }, "Expected `stream` to have a method `write`, got 3"],
    [{ to: "x" }, "Unknown option `to` of log. It takes: file, stream, logger, level, format"],
  ])("refuses misuse %#", (options, message) => expect(() => log(options as object)).toThrow(message));
});
