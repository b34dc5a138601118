import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { isCiqCsv, trialsFromCiqCsv, trialsToCiqCsv } from "../../src/formats/ciq-csv.ts";
import { SearchResult } from "../../src/index.ts";
import { trial } from "../analysis/trials.ts";

const directory = mkdtempSync(join(tmpdir(), "attune-ciq-"));
afterAll(() => rmSync(directory, { recursive: true }));
const objectives = [
  { name: "ms", direction: "minimize" },
  { name: "mb", direction: "maximize" },
] as const;

describe("CompileIQ's columns", () => {
  it("are written in the documented order, with * for what failed and {} for the baseline", () => {
    const baseline = { ...trial(0, { a: 1 }, { ms: 2, mb: 3 }), source: "baseline" as const };
    const text = trialsToCiqCsv([baseline, { ...trial(1, { a: "x,y" }, "error"), generation: 2 }], objectives);
    const [head, first, second] = text.split("\n");
    expect(head).toBe("metadata,generation,score_1,score_2,params");
    expect(first).toMatch(/^".*baseline.*",0,2,3,\{\}$/);
    expect(second).toMatch(/^".*failed.*",2,\*,\*,"\{""a"":""x,y""\}"$/);
  });

  it("are read back", () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true });
    const row = fc.record({
      params: fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue(), { minKeys: 1 }),
      ms: value,
      mb: value,
    });
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const trials = rows.map(({ params, ms, mb }, i) =>
          trial(i, JSON.parse(JSON.stringify(params)) as object, { ms, mb }),
        );
        const read = trialsFromCiqCsv(trialsToCiqCsv(trials, objectives), ["ms", "mb"]);
        expect(read.map(({ params, values }) => ({ params, values }))).toEqual(
          trials.map(({ params, values }) => ({ params, values: { ms: values.ms! + 0, mb: values.mb! + 0 } })),
        );
      }),
    );
  });

  it("of older tables, with a lone score, opaque parameters and empty fields, are read too", () => {
    const text = "metadata,generation,score,params\n{},0,1.5,deadbeef\n{},1,*,cafe\n{},1,,cafe\n";
    expect(isCiqCsv(text)).toBe(true);
    expect(trialsFromCiqCsv(text)).toMatchObject([
      { state: "complete", params: "deadbeef", values: { score_1: 1.5 }, generation: 0 },
      { state: "failed", params: "cafe", values: {} },
      { state: "failed" },
    ]);
  });

  it("become a result by its path, with the names of its objectives", () => {
    const path = join(directory, "dump.csv");
    writeFileSync(
      path,
      trialsToCiqCsv([trial(0, { a: 1 }, { ms: 2, mb: 3 }), trial(1, { a: 2 }, { ms: 2, mb: 4 })], objectives),
    );
    const result = SearchResult.fromCsv(path, { objectives: { ms: "minimize", mb: "maximize" } });
    expect(result.paretoFront().map(({ params }) => params)).toEqual([{ a: 2 }]);
  });

  it("must be there, and hold numbers", () => {
    expect(() => trialsFromCiqCsv("a,b\n1,2\n")).toThrow(
      "Expected a CSV with columns `score_1` … and `params`, got `a`, `b`",
    );
    expect(() => trialsFromCiqCsv("score_1,params\nhigh,{}\n")).toThrow(
      'in line 2 of the CSV to be numbers or *, got "high"',
    );
    expect(() => trialsFromCiqCsv("score_1,params\n1,{}\n", ["a", "b"])).toThrow(
      "Expected 1 names, one per score, got 2",
    );
  });
});
