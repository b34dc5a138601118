import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/core/random.ts";
import { csvRecord, readCsv } from "../../src/formats/csv.ts";
import { changeText, durationText, numberText, readDuration, readSize } from "../../src/formats/quantity.ts";
import { trialsFromCsv, trialsToCsv } from "../../src/formats/trial-table.ts";
import { spaces } from "../../src/testing/spaces.ts";

describe("CSV", () => {
  const field = fc.oneof(fc.string(), fc.constantFrom("", ",", '"', "\n", "\r\n", 'a "b", c'));
  it("reads what it writes, whatever stands in a field", () =>
    fc.assert(
      fc.property(
        fc
          .integer({ min: 2, max: 5 })
          .chain((n) => fc.array(fc.array(field, { minLength: n, maxLength: n }), { minLength: 1 })),
        (records) => {
          for (const end of ["\n", "\r\n"]) expect(readCsv(records.map(csvRecord).join(end) + end)).toEqual(records);
        },
      ),
    ));
  it("skips a byte order mark and empty lines, and refuses a quote that never closes", () => {
    expect(readCsv("\ufeffa,b\n\n1,\n")).toEqual([
      ["a", "b"],
      ["1", ""],
    ]);
    expect(() => readCsv('a,b\n"x')).toThrow("The CSV has a quote that never closes, in record 2");
  });
});

describe("a table of trials", () => {
  it("gives every configuration of every space back exactly", () =>
    fc.assert(
      fc.property(spaces, fc.integer(), (space, seed) => {
        const random = createRandom(seed);
        const rows = Array.from({ length: 4 }, (_, number) => ({
          number,
          state: "complete" as const,
          params: space.read(space.rowAt(space.cube.draw(() => random.uniform()))),
          values: { "m.s": 1 / 3, b: -2e-9 },
          stderr: (number ? { b: 0.1 } : {}) as Record<string, number>,
        }));
        const back = trialsFromCsv(trialsToCsv(rows));
        expect(back.map(({ number, params, values, stderr }) => ({ number, params, values, stderr }))).toEqual(
          rows.map(({ number, params, values, stderr }) => ({ number, params, values, stderr })),
        );
      }),
      { numRuns: 300 },
    ));
  it("gives what was measured on each instance back, whatever they are called", () => {
    const row = { params: { x: 1 }, values: { ms: 2, "ms.p9": 4 } };
    const on = (instance: string, step: number, value: number) => ({
      step,
      values: { ms: value, "ms.p9": 2 * value },
      instance,
    });
    const rows = [
      { ...row, reports: [on("b.txt", 1, 3), on('"a", b', 2, 1)] },
      { ...row, state: "pruned" as const, values: {}, reports: [on("b.txt", 1, 9)] },
      { ...row, reports: [{ step: 1, values: { ms: 7 } }] },
    ];
    const text = trialsToCsv(rows);
    expect(text.split("\n")[0]).toBe(
      'number,state,source,generation,duration,params.x,values.ms,values.ms.p9,instances.ms.b.txt,instances.ms.p9.b.txt,"instances.ms.""a"", b","instances.ms.p9.""a"", b",failure',
    );
    const back = trialsFromCsv(text);
    expect(back.map(({ reports }) => reports)).toEqual([rows[0]!.reports, rows[1]!.reports, undefined]);
  });
  it("has an empty field for a duration that nobody knows", () => {
    const text = trialsToCsv([{ params: { x: 1 }, values: { ms: 2 }, duration: NaN }]);
    expect(text).not.toContain("NaN");
    expect(trialsFromCsv(text)[0]).toMatchObject({ params: { x: 1 }, values: { ms: 2 } });
  });
  it("names the field that is no number", () =>
    expect(() => trialsFromCsv("params.x,values.ms\n1,fast\n")).toThrow(
      'Expected `ms` in line 2 of the CSV to be a number, got "fast"',
    ));
});

describe("quantities", () => {
  it.each([
    [0, "0"],
    [1234567, "1,234,567"],
    [3.14159, "3.142"],
    [0.00001234, "1.234e-5"],
    [12345.678, "12,346"],
    [-2.5, "-2.5"],
    [Infinity, "Infinity"],
  ])("%d reads %s", (x, text) => expect(numberText(x)).toBe(text));
  it.each([
    [8, 10, "−20.0 %"],
    [10, 10, "±0 %"],
    [10.05, 10, "+0.50 %"],
    [42, 10, "×4.2"],
    [0.0005, 10, "−99.9 %"],
    [3, 0, "+3"],
    [10.001, 10, "+0.01 %"],
    [-12, -10, "−20.0 %"],
  ])("%d against %d is %s", (value, base, text) => expect(changeText(value, base)).toBe(text));
  it.each([
    [85.4321, "85.4 ms"],
    [3200, "3.2 s"],
    [250_000, "4 min 10 s"],
    [7_500_000, "2 h 5 min"],
    [Number.NaN, "–"],
  ])("%d ms is %s", (ms, text) => expect(durationText(ms)).toBe(text));
  it.each([
    ["500ms", 500],
    ["10s", 10_000],
    ["1.5m", 90_000],
    ["2h", 7_200_000],
    ["1 d", 86_400_000],
  ])("%s is %d ms", (text, ms) => expect(readDuration(text)).toBe(ms));
  it.each(["10", "s", "-3s", "0s", "1w", ""])("%j is no time", (text) =>
    expect(() => readDuration(text, "--timeout")).toThrow(
      "Expected `--timeout` to be a time such as 500ms, 10s, 5m or 2h",
    ),
  );
  it.each([
    ["1B", 1],
    ["512M", 512e6],
    ["512m", 512e6],
    ["64MB", 64e6],
    ["1.5 Gi", 1.5 * 2 ** 30],
    ["2KiB", 2048],
    ["1T", 1e12],
    ["0.3k", 300],
  ])("%s is %d bytes", (text, bytes) => expect(readSize(text)).toBe(bytes));
  it.each(["512", "M", "-1M", "0G", "0.1B", "1 M i", "1X", "1iB", "1Bi", ""])("%j is no size", (text) =>
    expect(() => readSize(text, "--memory")).toThrow("Expected `--memory` to be a size such as 512M, 2G or 1.5Gi"),
  );
});
