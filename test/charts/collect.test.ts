import { describe, expect, it } from "vitest";
import { collectReport } from "../../src/charts/report/collect.ts";
import { lanesOf } from "../../src/charts/report/lanes.ts";
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

describe("the rows of a timeline", () => {
  const trial = (writer: string, startedAt: number, finishedAt: number): TrialRecord<unknown> =>
    ({ writer, startedAt, finishedAt, duration: finishedAt - startedAt }) as TrialRecord<unknown>;

  it("are as many as trials ran at a time, in each session", () => {
    const alone = lanesOf([trial("a", 0, 10), trial("a", 5, 12), trial("a", 10, 20), trial("a", 12, 14)]);
    expect(alone).toEqual({ names: ["1", "2"], of: [0, 1, 0, 1] });
    const two = lanesOf([trial("a", 0, 10), trial("b", 0, 10), trial("b", 1, 2), trial("a", 11, 12)]);
    expect(two).toEqual({ names: ["1.1", "2.1", "2.2"], of: [0, 1, 2, 0] });
  });
});
