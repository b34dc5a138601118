import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineSearch, inline, int } from "attune";
import { describe, expect, it } from "vitest";
import { collectReport } from "../../src/charts/report/collect.ts";
import { lanesOf } from "../../src/charts/report/lanes.ts";
import type { ProcessIdentity } from "../../src/core/event.ts";
import { readJournal } from "../../src/search/read-journal.ts";
import { SearchResult } from "../../src/search/result.ts";
import type { TrialRecord } from "../../src/study/record.ts";
import { HOSTILE, study } from "./studies.ts";

describe("what a report holds", () => {
  it("is the study's trials in columns, with what was found and how they failed", async () => {
    const content = await readJournal(await study("two", 60));
    const { trials, leaders, top, baseline, objectives, failures, facts, found, importance } = collectReport(
      content,
      "t",
    );
    const { result } = content;
    expect(trials.number).toEqual(result.trials.filter(({ twin }) => twin === undefined).map(({ number }) => number));
    expect(leaders.map((i) => trials.number[i])).toEqual(result.paretoFront().map(({ number }) => number));
    expect(top.map((i) => trials.number[i])).toEqual(result.top(100).map(({ number }) => number));
    expect(trials.number[baseline!]).toBe(result.baseline!.number);
    result.trials.forEach((trial, i) => {
      const infeasible = trial.state === "complete" && trial.values["rss"]! > 900;
      expect(trials.fate[i]).toBe(infeasible ? "i" : trial.state[0]);
      for (const { name } of objectives)
        expect(trials.values[name]![i]).toBe(
          trial.values[name] === undefined ? null : Number(trial.values[name].toPrecision(6)),
        );
    });
    expect(failures.map(({ kind, count }) => [kind, count])).toEqual(
      result.failures.map(({ kind, count }) => [kind, count]),
    );
    expect(failures.find(({ kind }) => kind === "error")!.message).toContain(HOSTILE);
    expect(Object.fromEntries(facts)).toMatchObject({
      objectives: "minimize ms, maximize quality",
      limits: "rss ≤ 900",
      sampler: "random",
    });
    expect(found[0]).toBe(`${leaders.length} trials on the Pareto front`);
    expect(Object.keys(importance)).toEqual(["", "ms", "quality"]);
  });

  it("grows its hypervolume, which ends as that of the front", async () => {
    for (const kind of ["two", "three"] as const) {
      const { volume } = collectReport(await readJournal(await study(kind, 60)), "t");
      expect(volume.length).toBeGreaterThan(3);
      for (let k = 1; k < volume.length; k++) expect(volume[k]![1]).toBeGreaterThanOrEqual(volume[k - 1]![1]);
    }
  });

  it("says what was found of one objective, and why nothing was", async () => {
    const one = collectReport(await readJournal(await study("one", 40)), "t");
    expect(one.found[0]).toMatch(/^Best ms [\d.]+.* against the baseline's [\d.]+$/);
    expect(one.curves.length).toBeGreaterThan(10);
    expect(one.reporting).toBe(one.curves.length);
    const none = collectReport(await readJournal(await study("failing", 5)), "t");
    expect(none.found[0]).toBe("No trial succeeded");
    expect(none.found[1]).toContain("No trial succeeded (5 error)");
    expect([none.leaders, none.top, none.importance]).toEqual([[], [], {}]);
    const content = await readJournal(await study("failing", 5));
    const empty = { ...content, trials: [], result: new SearchResult([], content.definition) };
    expect(collectReport(empty, "t").found).toEqual(["No trial has finished yet"]);
  });
});

it("shows normalised values as if they had been measured beside the baseline", async () => {
  const journal = join(mkdtempSync(join(tmpdir(), "attune-normalised-")), "s.attune.jsonl");
  let calls = 0;
  await defineSearch({
    space: { n: int(1, 20, { default: 10 }) },
    objectives: { ms: "minimize" },
    evaluator: inline({ normalize: { every: 2 } }),
    objective: ({ n }) => ({ ms: n * (++calls > 8 ? 3 : 1) }), // from then on everything takes three times as long
    first: [8, 9, 5, 15, 12, 7, 4, 3].map((n) => ({ n })),
    trials: 8,
    journal,
  }).start();
  const { trials, found, facts } = collectReport(await readJournal(journal), "t");
  // 7 was measured when everything was slow already, and the baseline not yet again
  expect(trials.values).toEqual({ ms: [10, 8, 9, 5, 15, 12, 21, 4, 3] });
  expect(found[0]).toBe("Best ms 9, −70.0 % against the baseline's 30");
  expect(facts).toContainEqual(["values", "normalised: as if measured beside the baseline"]);
});

describe("the rows of a timeline", () => {
  const trial = (writer: string, startedAt: number, finishedAt: number, worker?: number): TrialRecord<unknown> =>
    ({ writer, startedAt, finishedAt, duration: finishedAt - startedAt, worker }) as TrialRecord<unknown>;
  const session = (host: string, pid: number): { process: ProcessIdentity } => ({ process: { host, pid, start: "" } });

  it("are the workers of each session, by its process, and its host where there are several", () => {
    const trials = [trial("a", 0, 10, 10), trial("b", 0, 10, 0), trial("b", 1, 2, 1), trial("a", 11, 12, 2)];
    const of = [1, 2, 3, 0];
    expect(lanesOf([trials[0]!, trials[3]!], new Map())).toEqual({ names: ["worker 2", "worker 10"], of: [1, 0] });
    const here = new Map([
      ["a", session("x", 7)],
      ["b", session("x", 9)],
    ]);
    expect(lanesOf(trials, here)).toEqual({ names: ["7 worker 2", "7 worker 10", "9 worker 0", "9 worker 1"], of });
    const there = new Map([...here, ["b", session("y", 9)]]);
    expect(lanesOf(trials, there).names).toEqual(["x 7 worker 2", "x 7 worker 10", "y 9 worker 0", "y 9 worker 1"]);
  });

  it("are as many as trials ran at a time, where workers are not known", () => {
    const given = [trial("a", 0, 10), trial("a", 5, 12), trial("a", 10, 20), trial("a", 12, 14)];
    expect(lanesOf(given, new Map())).toEqual({ names: ["1", "2"], of: [0, 1, 0, 1] });
    const two = lanesOf([trial("a", 0, 10), trial("b", 0, 10), trial("b", 1, 2), trial("a", 11, 12)], new Map());
    expect(two).toEqual({ names: ["session 1 1", "session 2 1", "session 2 2"], of: [0, 1, 2, 0] });
  });

  it("are those that ran the trials of a search with three workers, also of pruned and failed ones", async () => {
    const journal = join(mkdtempSync(join(tmpdir(), "attune-lanes-")), "s.attune.jsonl");
    const worked: (number | undefined)[] = [];
    await defineSearch({
      space: { x: int(0, 1000) },
      objective: async (_, { number, worker }) => {
        worked[number] = worker;
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (number === 4) throw new Error("no luck");
        return number;
      },
      trials: 9,
      evaluator: inline({ workers: 3 }),
      journal,
    }).start();
    const content = await readJournal(journal);
    expect(content.trials.map(({ worker }) => worker)).toEqual(worked);
    expect(collectReport(content, "t").lanes).toEqual(["worker 0", "worker 1", "worker 2"]);
    expect(collectReport(content, "t").trials.lane).toEqual(worked);
  });
});
