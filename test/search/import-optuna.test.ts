import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { importOptuna } from "../../src/search/import-optuna.ts";
import { readJournal } from "../../src/search/read-journal.ts";
import { defineSearch } from "../../src/search/search.ts";
import { choice, float, int, optional } from "../../src/space/index.ts";
import { optuna } from "../../src/trackers/index.ts";

const directory = mkdtempSync(join(tmpdir(), "attune-import-"));
afterAll(() => rmSync(directory, { recursive: true }));
const golden = new URL("../golden/optuna/optuna-5.0.0.log", import.meta.url).pathname;
let made = 0;
const place = (name = "x.jsonl"): string => join(directory, `${made++}-${name}`);

/** The objective's own space for the study "svm ü" of the reference files. */
const svm = (more: object = {}) => ({
  C: float(1e-5, 10, { log: true }),
  kernel: choice(["rbf", "poly", null, true, 1.5, "ü NaN"]),
  degree: optional(int(2, 8, { step: 2 })),
  dropout: float(0, 1, { step: 0.1 }),
  width: int(1, 64, { log: true }),
  growing: float(0, 8),
  only: "x",
  arch: "native",
  ...more,
});

describe("importOptuna", () => {
  it("gives a result to analyse, with everything that Optuna knew", async () => {
    const { study, space, result, taken, left } = await importOptuna(golden, { study: "svm ü" });
    expect([study, taken]).toEqual(["svm ü", 16]);
    expect(left).toEqual([
      { number: 16, why: "it is running" },
      { number: 17, why: "it is waiting" },
    ]);
    expect(space.toJSON()).toEqual({
      type: "object",
      of: {
        C: { type: "float", low: 1e-5, high: 10, log: true },
        kernel: { type: "choice", values: ["rbf", "poly", null, true, 1.5, "ü NaN"] },
        degree: { type: "optional", of: { type: "int", low: 2, high: 8, step: 2 }, absent: expect.any(Number) },
        dropout: { type: "float", low: 0, high: 1, step: 0.1 },
        width: { type: "int", low: 1, high: 64, log: true },
        growing: { type: "float", low: 0, high: 7 },
        only: { type: "constant", value: "x" },
      },
    });
    const [first] = result.trials;
    expect(first).toMatchObject({
      state: "complete",
      source: "enqueued",
      params: { C: 1, kernel: "poly", degree: 4, dropout: 0.7, width: 1, growing: 7, only: "x" },
      values: { value: 1, rss: 12.5 },
      reports: [
        { step: 1, values: { value: 2 } },
        { step: 2, values: { value: 3 } },
      ],
      startedAt: expect.any(Number),
    });
    expect(result.objectives).toEqual([{ name: "value", direction: "maximize" }]);
    const states = ["complete", "pruned", "failed"].map((s) => result.trials.filter(({ state }) => state === s).length);
    expect(states).toEqual([12, 2, 2]);
    expect(result.best.params).toMatchObject({ C: expect.any(Number) });
  });

  it("takes constraints for limits, so that the front is Optuna's, and names objectives as told", async () => {
    const { result, space } = await importOptuna(golden, { study: "two", names: ["t", "r"] });
    expect(result.constraints).toEqual({ constraint_0: { max: 0 }, constraint_1: { max: 0 } });
    expect(result.feasible.length).toBeLessThan(result.trials.length);
    expect(result.feasible.every(({ values }) => values["constraint_0"]! <= 0)).toBe(true);
    expect(result.objectives.map(({ name }) => name)).toEqual(["t", "r"]);
    expect(space.problem({ x: 0 })).toBeUndefined();
    expect(space.problem({ x: 0, k: 5, z: 2 })).toBeUndefined();
  });

  it("begins a search of one's own space: the sampler knows what was tried, the budget counts it", async () => {
    const journal = place();
    const spec = {
      space: svm(),
      objectives: { score: "maximize" },
      objective: () => ({ score: 0.5 }),
      sampler: "tpe",
      trials: 20,
      journal,
    } as const;
    const own = defineSearch(spec);
    const { taken, left } = await importOptuna(golden, { study: "svm ü", journal, search: own });
    expect([taken, left.length]).toEqual([16, 2]);
    const warnings: string[] = [];
    const result = await own.start({ warn: (text) => warnings.push(text) });
    expect(warnings).toEqual([]);
    expect(result.trials).toHaveLength(20);
    expect(result.trials[0]!.params).toMatchObject({ C: 1, arch: "native" });
    expect(result.trials[0]!.values).toMatchObject({ score: 1 });
    expect((await readJournal(journal)).trials).toHaveLength(20);
  });

  it("takes only what the search's space and rules allow, and says why not", async () => {
    const search = defineSearch({
      space: svm({ growing: float(0, 2) }),
      where: [(p) => (p as { kernel: unknown }).kernel !== null || "no null"],
      objectives: { value: "maximize" },
      objective: () => ({ value: 1 }),
    });
    const { left, result } = await importOptuna(golden, { study: "svm ü", search });
    const why = new Set(left.map(({ why }) => why));
    expect(why).toContain("`growing` cannot be 7");
    expect(why).toContain("no null");
    expect(result.trials.every(({ params }) => (params as { growing: number }).growing <= 2)).toBe(true);
    const { degree: _, ...smaller } = svm();
    const search2 = defineSearch({
      space: { ...smaller, kernel: "poly" },
      objectives: { value: "maximize" },
      objective: () => ({ value: 1 }),
    });
    const none = importOptuna(golden, { study: "svm ü", search: search2 });
    await expect(none).rejects.toThrow("can be taken: trial 0: `degree` is not in the space");
    const poly = defineSearch({
      space: svm({ kernel: "poly" }),
      objectives: { value: "maximize" },
      objective: () => ({ value: 1 }),
    });
    const some = await importOptuna(golden, { study: "svm ü", search: poly });
    expect(some.left.map(({ why }) => why)).toContain("`kernel` cannot be null");
    expect(some.result.trials.every(({ params }) => "degree" in (params as object))).toBe(true);
  });

  it("brings objectives into the search's order by their names, and refuses those that do not agree", async () => {
    const two = (objectives: Record<string, "minimize" | "maximize">) =>
      defineSearch({ space: { x: float(-1, 1) }, objectives, objective: () => ({}) });
    const { result } = await importOptuna(golden, { study: "two", search: two({ rate: "maximize", ms: "minimize" }) });
    for (const { params, values } of result.trials.slice(0, 6))
      expect(values).toMatchObject({ ms: (params as { x: number }).x, rate: 0 - (params as { x: number }).x });
    await expect(importOptuna(golden, { study: "two", search: two({ a: "minimize", b: "minimize" }) })).rejects.toThrow(
      'The study "two" is after minimize ms, maximize rate, the search after minimize a, minimize b',
    );
    await expect(importOptuna(golden, { study: "two", search: two({ a: "minimize" }) })).rejects.toThrow("must agree");
  });

  it("gives back a mirrored study as it was: space, limits, errors of measurement, seed", async () => {
    const [journal, log] = [place(), place("study.log")];
    const search = defineSearch({
      space: svm({ deep: { list: choice([[1, 2], [3]]) } }),
      objectives: { ms: "minimize" },
      constraints: { rss: { max: 5 } },
      objective: (p) => ({ ms: [p.C, p.C + 1, p.C + 3], rss: p.width }),
      sampler: "random",
      trials: 25,
      seed: 5,
      journal,
      trackers: [optuna({ file: log, study: "s" })],
    });
    const result = await search.start();
    const { result: again } = await importOptuna(log);
    const facts = ({ trials }: typeof result) =>
      trials.map(({ params, state, values, stderr, measured, source }) => ({
        params,
        state,
        values,
        stderr,
        measured,
        source,
      }));
    expect(facts(again as never)).toEqual(facts(result));
    expect(again.constraints).toEqual(result.constraints);
    const copy = place();
    await importOptuna(log, { journal: copy });
    const resumed = await search.with({ journal: copy, trackers: [], trials: 30 }).start();
    expect(resumed.trials).toHaveLength(30);
  });

  it.each([
    [{ study: "none" }, 'There is no study "none" in '],
    [{ study: "svm ü", journal: golden }, "Expected a new journal to import into, but "],
    [{ study: "two", names: ["a", "a"] }, "Expected 2 different names"],
    [{ stduy: "two" }, "Unknown option `stduy` of importOptuna. Did you mean `study`?"],
    [{ study: "two", search: {} }, "Expected `search` to be made by defineSearch"],
  ])("refuses %j", (options, message) => expect(importOptuna(golden, options as never)).rejects.toThrow(message));

  it("refuses what is no file of Optuna's, and one of which nothing can be taken, and leaves no journal", async () => {
    await expect(importOptuna(join(directory, "none.log"))).rejects.toThrow("there is no such file");
    await expect(importOptuna(directory)).rejects.toThrow("there is no such file");
    const text = place("x.log");
    writeFileSync(text, '{"attune":"journal"}\n');
    await expect(importOptuna(text)).rejects.toThrow("Line 1 of");
    writeFileSync(text, "SQLite format 3\0 and then nothing");
    await expect(importOptuna(text)).rejects.toMatchObject({ code: "journal" });
    const [journal, search] = [
      place(),
      defineSearch({
        space: { other: float(0, 1) },
        objectives: { value: "maximize" },
        objective: () => ({ value: 1 }),
      }),
    ];
    await expect(importOptuna(golden, { study: "svm ü", journal, search })).rejects.toThrow(
      'None of the 18 trials of the study "svm ü" can be taken: trial 0: `other` is missing',
    );
    await expect(readJournal(journal)).rejects.toThrow("Cannot find the journal");
  });
});
