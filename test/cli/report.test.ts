import { describe, expect, it } from "vitest";
import { charts } from "../../src/charts/index.ts";
import { HOSTILE, study } from "../charts/studies.ts";
import { Place } from "./attune.ts";

describe("attune report", () => {
  it("writes a page beside the journal that may load nothing", async () => {
    const place = new Place();
    const journal = await study("one", 30);
    const { code, stdout } = await place.attune("report", journal);
    expect([code, stdout.trim()]).toEqual([0, `file://${journal.replace(".attune.jsonl", ".attune.html")}`]);
    const { stdout: page } = await place.attune("report", journal, "-o", "-");
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toMatch(/<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-/);
    expect(page).not.toMatch(/<(script|link|img)[^>]* (src|href)="(?!data:)/);
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    expect(page).not.toContain(HOSTILE);
    const held = /<script type="application\/json" id="data">(.*)<\/script>/.exec(page)![1]!;
    const data = JSON.parse(held) as { failures: { message: string }[] };
    expect(data.failures[0]!.message).toContain(HOSTILE);
  });

  it("carries the licences of what it holds", async () => {
    const place = new Place();
    const { stdout: page } = await place.attune("report", await study("one", 30), "-o", "-");
    expect(page).toContain("Copyright 2017-2026 The Apache Software Foundation");
    expect(page).toContain("Copyright (c) 2017, Baidu Inc.");
  });

  it("says what is wrong", async () => {
    const place = new Place();
    expect(await place.attune("report", "none.jsonl")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Cannot find") as string,
    });
    const { code, stderr } = await place.attune("report", await study("one", 30), "-o", place.directory);
    expect([code, stderr]).toEqual([1, expect.stringContaining("Cannot write")]);
  });
});

describe("attune plot", () => {
  it("draws what says most", async () => {
    const place = new Place();
    const one = await place.attune("plot", await study("one", 30));
    expect([one.code, one.stderr]).toEqual([0, ""]);
    for (const text of ["● best so far   B baseline", "importance (PED-ANOVA)", "mode <b> │", "failures\n"])
      expect(one.stdout).toContain(text);
    const { stdout } = await place.attune("plot", await study("two", 30));
    expect(stdout).toContain("● Pareto front   B baseline");
  });

  it("draws one chart, of one objective", async () => {
    const place = new Place();
    const journal = await study("two", 30);
    for (const chart of ["history", "front", "hypervolume", "importance", "slices", "failures"]) {
      const { code, stdout } = await place.attune("plot", journal, chart);
      expect([chart, code]).toEqual([chart, 0]);
      expect(stdout.split("\n").length).toBeGreaterThan(3);
    }
    expect((await place.attune("plot", journal, "history", "--objective", "quality")).stdout).toMatch(/^ +quality\n/);
  });

  it("draws every chart of the page as SVG", async () => {
    const place = new Place();
    const journals = [await study("one", 30), await study("two", 30)];
    const { stdout: help } = await place.attune("plot", "--help");
    for (const { name } of charts) {
      expect(help).toContain(`"${name}"`);
      const journal = journals[name === "front" || name === "hypervolume" ? 1 : 0]!;
      expect(await place.attune("plot", journal, name, "--svg", `${name}.svg`, "--width", "640")).toMatchObject({
        code: 0,
        stdout: "",
        stderr: "",
      });
      const svg = place.read(`${name}.svg`);
      expect(svg).toMatch(/^<svg width="640" height="\d+" [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
      expect(svg).toMatch(/<\/svg>\s*$/);
      expect(svg).not.toMatch(/<script|<b>|<i>|NaN/);
      expect(svg.match(/<path|<rect|<circle|<use/g)!.length).toBeGreaterThan(5);
    }
    const { stdout } = await place.attune("plot", journals[0]!, "history", "--svg", "-", "--dark");
    expect(stdout).toContain("#171b21");
  });

  it("says what cannot be drawn", async () => {
    const place = new Place();
    const journal = await study("one", 30);
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [["nonsense"], "Allowed choices are history, front"],
      [["timeline"], "A terminal cannot show `timeline`: draw it with --svg FILE"],
      [["--objective", "speed"], 'Expected `--objective` to be one of ms, got "speed"'],
      [["--width", "10"], "Expected `--width` to be an integer from 200 to 10000"],
      [["front", "--svg", "a.svg"], "A front needs several objectives."],
    ];
    for (const [words, message] of wrong)
      expect(await place.attune("plot", journal, ...words)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(message) as string,
      });
    expect(await place.attune("plot", journal, "front")).toMatchObject({
      code: 0,
      stdout: "A front needs several objectives.\n",
    });
  });
});
