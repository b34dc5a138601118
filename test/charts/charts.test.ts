import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { charts } from "../../src/charts/index.ts";
import { bestLine } from "../../src/charts/history.ts";
import { lines, tick, worstDrawn } from "../../src/charts/parts.ts";
import { ABSENT, partsOf, placeOf, textAt } from "../../src/charts/scale.ts";
import { dark, light, type Theme } from "../../src/charts/theme.ts";
import { barsOf } from "../../src/charts/timeline.ts";
import { thinned, Trials } from "../../src/charts/trials.ts";
import { collectReport } from "../../src/charts/report/collect.ts";
import type { ReportAxis, ReportData } from "../../src/charts/report/report-data.ts";
import { readJournal } from "../../src/search/read-journal.ts";
import { study, wideStudy } from "./studies.ts";

const trialsOf = async (journal: string): Promise<Trials> => new Trials(collectReport(await readJournal(journal), "a"));
const usual = (trials: Trials, chart: (typeof charts)[number]): Record<string, string> =>
  Object.fromEntries((chart.selects?.(trials) ?? []).map(({ key, chosen }) => [key, chosen]));

/** Trials of one numeric parameter, in which the rest is left empty. */
function plain(fate: string, part: Partial<ReportData["trials"]> = {}): Trials {
  const n = fate.length;
  const column = (x: number): number[] => Array.from({ length: n }, () => x);
  const axes: ReportAxis[] = [{ name: "x", low: 0, high: 1, size: null, log: false, ordered: true }];
  const trials = {
    number: [...column(0).keys()],
    fate,
    values: { v: column(1) },
    params: [column(0)],
    start: column(0),
    duration: column(1),
    lane: column(0),
    failure: column(-1),
    ...part,
  };
  const objectives = [{ name: "v", direction: "minimize" as const }];
  return new Trials({
    title: "",
    facts: [],
    found: [],
    objectives,
    axes,
    trials,
    baseline: undefined,
    leaders: [],
    top: [],
    volume: [],
    importance: {},
    failures: [],
    causes: [],
    curves: [],
    reporting: 0,
    lanes: ["1"],
  });
}

describe("charts", () => {
  it.each([
    ["one", () => study("one", 40)],
    ["two", () => study("two", 40)],
    ["three", () => study("three", 40)],
    ["failing", () => study("failing", 5)],
    ["wide", () => wideStudy(60, 20)],
    ["a single trial", () => study("two", 1)],
  ] as const)("can all be drawn of %s, or say why not", async (_, journal) => {
    const trials = await trialsOf(await journal());
    for (const chart of charts) {
      const missing = chart.missing(trials);
      if (missing !== undefined) {
        expect(missing).toMatch(/^[A-Z].*\.$/);
        continue;
      }
      const chosen = usual(trials, chart);
      for (const select of chart.selects?.(trials) ?? []) {
        expect(select.values).toContain(select.chosen);
        for (const value of select.values.slice(0, 3))
          for (const theme of [light, dark])
            expect(chart.option(trials, { ...chosen, [select.key]: value }, { theme, width: 360 }).series).not.toEqual(
              [],
            );
      }
      for (const width of [340, 620, 1240]) {
        expect(chart.height(trials, chosen, width)).toBeGreaterThan(50);
        expect(JSON.stringify(chart.option(trials, chosen, { theme: light, width }))).not.toMatch(/NaN|undefined/);
      }
      expect(chart.note(trials, chosen)).toMatch(/\.$/);
    }
  });

  it("stand in docs/using-results.md, each once", () => {
    const page = readFileSync("docs/using-results.md", "utf8");
    const rows = Array.from(page.matchAll(/^\| `(\w+)` +\|/gm), ([, name]) => name);
    expect(rows.sort()).toEqual(charts.map(({ name }) => name).sort());
  });

  it("have colours that can be read on their surface", () => {
    const luminance = (hex: string): number => {
      const [r, g, b] = [1, 3, 5].map((at) => ((parseInt(hex.slice(at, at + 2), 16) / 255 + 0.055) / 1.055) ** 2.4);
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
    };
    const contrast = (a: string, b: string): number => {
      const [x, y] = [luminance(a), luminance(b)].sort((p, q) => p - q);
      return (y! + 0.05) / (x! + 0.05);
    };
    for (const theme of [light, dark] satisfies Theme[]) {
      for (const text of [theme.ink, theme.muted]) expect(contrast(text, theme.surface)).toBeGreaterThan(4.5);
      for (const mark of [theme.trial, theme.best, theme.failed, theme.scale.at(-1)!])
        expect(contrast(mark, theme.surface)).toBeGreaterThan(3);
    }
  });

  it("draw the best so far over feasible trials alone", () => {
    const trials = plain("cciccf", { values: { v: [5, 6, 1, 3, 4, 0] } });
    expect(bestLine(trials, "v", 9)).toEqual([
      [0, 5, 0],
      [3, 3, 3],
      [9, 3, 3],
    ]);
  });

  it("leave out the worst only where the others could not be told apart", () => {
    const values = Array.from({ length: 100 }, (_, i) => i / 100);
    expect(worstDrawn(values)).toBe(Infinity);
    expect(worstDrawn([...values, 1000])).toBeLessThan(2);
    expect(worstDrawn([3, 3, 3, 90])).toBe(Infinity);
    expect(worstDrawn([])).toBe(Infinity);
    const trials = plain("c".repeat(101), { values: { v: [...values, 1000] } });
    expect(trials.range("v")).toMatchObject({ log: false, beyond: 1 });
  });

  it("put short trials of a timeline together, each fate with its share of the height", () => {
    const n = 9000;
    const fate = Array.from({ length: n }, (_, i) => (i % 4 === 0 ? "f" : "c")).join("");
    const bars = barsOf(
      plain(fate, {
        start: [...Array(n).keys()].map((i) => i / 10),
        duration: Array(n).fill(0.1),
        number: [...Array(n).keys()],
      }),
    );
    expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(n);
    expect(bars.length).toBeLessThan(n + 1);
    const failed = bars.filter((bar) => bar.fate === "f").reduce((sum, { low, high }) => sum + high - low, 0);
    const complete = bars.filter((bar) => bar.fate === "c").reduce((sum, { low, high }) => sum + high - low, 0);
    expect(failed / (failed + complete)).toBeCloseTo(0.25, 1);
    const long = barsOf(plain("cf", { start: [0, 10], duration: [10, 5] }));
    expect(long).toMatchObject([
      { from: 0, to: 10, low: 0, high: 1 },
      { from: 10, to: 15, fate: "f" },
    ]);
  });

  it("place values and the absent along an axis, and cut it into parts", () => {
    const log: ReportAxis = { name: "x", low: 1, high: 100, size: null, log: true, ordered: true };
    expect(placeOf(log, 10)).toBeCloseTo(0.5);
    expect(textAt(log, 0.5)).toBe("10");
    expect([placeOf(log, NaN), textAt(log, ABSENT), textAt(log, 1.05)]).toEqual([ABSENT, "absent", ""]);
    const named: ReportAxis = {
      name: "m",
      low: 0,
      high: 2,
      size: 3,
      log: false,
      ordered: false,
      labels: ["a", "b", "c"],
    };
    expect(partsOf(named).labels).toEqual(["a", "b", "c"]);
    expect([0, 1, 2, NaN].map((x) => partsOf(named).of(x))).toEqual([0, 1, 2, -1]);
    const whole: ReportAxis = { name: "n", low: 1, high: 64, size: 64, log: true, ordered: true };
    const parts = partsOf(whole, 10);
    for (let x = 1; x <= 64; x++) {
      const [from, to = from] = parts.labels[parts.of(x)]!.split(" – ").map(Number);
      expect(x >= from! && x <= to!).toBe(true);
    }
  });

  it("escape what stands in a tooltip, and keep numbers short", () => {
    expect(lines([`<b>"&'`])).toBe("&#60;b&#62;&#34;&#38;&#39;");
    expect(lines(["x".repeat(500)]).length).toBe(200);
    expect([123456, 2.5e10, 1e-5, 0.1 + 0.2, 0].map(tick)).toEqual(["123,456", "2.5e10", "1e-5", "0.3", "0"]);
  });

  it("thin evenly, and never leave out what must be kept", () => {
    const all = [...Array(1000).keys()];
    const fewer = thinned(all, 100, new Set([501, 999]));
    expect(fewer).toContain(501);
    expect(fewer).toContain(999);
    expect(fewer.length).toBeLessThanOrEqual(102);
    expect(thinned(all, 5000)).toBe(all);
  });
});
