import { describe, expect, it } from "vitest";
import type { TrackerDefinition } from "../../src/core/tracker.ts";
import { readCsv } from "../../src/formats/csv.ts";
import * as trackers from "../../src/trackers/index.ts";
import { Place, SQUARE } from "./attune.ts";

const rows = (place: Place, file: string): number => readCsv(place.read(file)).length;
const SEARCH = {
  space: { n: { type: "int", low: 1, high: 1000 } },
  command: ["node", "-e", "console.log(process.env.ATTUNE_PARAM_N)"],
  sampler: "random",
  trials: 4,
};

describe.concurrent("attune run --tracker", () => {
  it("names every tracker in its help", async () => {
    const { stdout } = await new Place().attune("run", "--help");
    const told = /--tracker <name\[=file\]>\s+([^]*?)\n\s+--csv/.exec(stdout)![1]!;
    for (const { info } of Object.values(trackers) as readonly TrackerDefinition[])
      expect(told).toMatch(new RegExp(`\\b${info.name}\\b`));
  });

  it("follows trials of other processes, beside the journal or in a file that it is given", async () => {
    const place = new Place({ "tune.ts": SQUARE });
    const words = [
      "--tracker",
      "csv",
      "--tracker",
      "profile=busy.csv",
      "-t",
      "log=run/log.txt",
      "-t",
      "summary=now.txt",
    ];
    const { code, stderr } = await place.attune("run", "tune.ts", "-w", "2", ...words);
    expect([code, stderr]).toEqual([0, expect.stringContaining("8 trials, auto, 2 processes")]);
    expect(place.files).toEqual([
      "busy.csv",
      "now.txt",
      "run",
      "tune.attune.csv",
      "tune.attune.jsonl",
      "tune.attune.trials.csv",
      "tune.ts",
    ]);
    expect(rows(place, "tune.attune.trials.csv")).toBe(1 + 8);
    expect(rows(place, "busy.csv")).toBe(1 + 2 + 2 * 8);
    expect(place.read("run/log.txt")).toMatch(
      /search started: auto, processes, 2 workers\n[^]*search ended: trials\n$/,
    );
    expect(place.read("now.txt")).toContain("8/8 trials");
    expect((await place.attune("run", "tune.ts", "-t", "csv", "--trials", "12")).code).toBe(0);
    expect(rows(place, "tune.attune.trials.csv")).toBe(1 + 12);
  });

  it("has trackers of a search in JSON, with their options; the command line replaces them", async () => {
    const json = {
      ...SEARCH,
      trackers: [
        { name: "csv", file: "out/trials.csv" },
        { name: "log", file: "log.jsonl", format: "json" },
      ],
    };
    const place = new Place({ "tuning/search.json": JSON.stringify(json) });
    expect((await place.attune("run", "tuning/search.json")).code).toBe(0);
    expect(rows(place, "tuning/out/trials.csv")).toBe(1 + 4);
    for (const line of place.read("tuning/log.jsonl").trim().split("\n"))
      expect(JSON.parse(line)).toHaveProperty("event");
    const log = place.read("tuning/log.jsonl");
    expect((await place.attune("run", "tuning/search.json", "--trials", "6", "-t", "none")).code).toBe(0);
    expect(place.read("tuning/log.jsonl")).toBe(log);
  });

  it.each([
    [["disabled=x"], 'Expected `--tracker disabled` without a value, got "x": disabled takes none'],
    [["csv="], 'Expected `--tracker csv=FILE`, got "csv="'],
    [["cvs"], 'Expected `tracker` to be "csv" or another of'],
    [["log", "--tracker", "=x"], "Expected `tracker` to be one of"],
  ])("refuses %j before anything runs", async ([name, ...more], says) => {
    const place = new Place({ "tune.ts": SQUARE });
    const { code, stderr } = await place.attune("run", "tune.ts", "--tracker", name!, ...more);
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
    expect(place.files).toEqual(["tune.ts"]);
  });
});
