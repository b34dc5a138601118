import { readFileSync } from "node:fs";
import { tableFromIPC } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { SearchResult } from "../../src/index.ts";
import { Place, program } from "./attune.ts";

const tune = program(
  `space: { level: int(1, 9), schedule: variant({ static: {}, dynamic: { chunk: int(1, 64) } }) }, trials: 30, seed: 3,
  baseline: { level: 9, schedule: { kind: "static" } },
  objective: (p: { level: number; schedule: { kind: string; chunk?: number } }) => p.level + (p.schedule.kind === "dynamic" ? 0 : 5)`,
);

async function tuned(files: Record<string, string> = {}): Promise<Place> {
  const place = new Place({ "tune.ts": tune, ...files });
  expect((await place.attune("run", "tune.ts", "-e", "inline")).code).toBe(0);
  return place;
}

describe.concurrent("the winner", () => {
  it("is written as environment, header and template, and to a file", async () => {
    const place = await tuned({ "t.conf": "level {level}\nchunk {schedule.chunk}\n" });
    const env = await place.attune("best", "tune.attune.jsonl", "--format", "env");
    expect(env.stdout).toMatch(
      /^# Trial \d+ of tune\.attune\.jsonl, found by attune\n# value 1, baseline 14\nLEVEL=1\nSCHEDULE_KIND=dynamic\nSCHEDULE_CHUNK=\d+\n$/,
    );
    await place.attune("best", "tune.attune.jsonl", "-f", "json", "-o", "best.json");
    expect(JSON.parse(place.read("best.json"))).toMatchObject({ level: 1, schedule: { kind: "dynamic" } });
    const filled = await place.attune("best", "tune.attune.jsonl", "--template", "t.conf");
    expect(filled.stdout).toMatch(/^level 1\nchunk \d+\n$/);
    const first = await place.attune("best", "tune.attune.jsonl", "--template", "t.conf", "--trial", "0");
    expect(first.stdout).toBe("level 9\n"); // the static schedule has no chunk
    const both = await place.attune("best", "tune.attune.jsonl", "-f", "env", "--template", "t.conf");
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining("exclude each other") });
  });

  it("is told beside the baseline that it was normalised by", async () => {
    const place = new Place({
      "slower.ts": program(
        `space: { n: int(1, 20, { default: 10 }) }, baseline: { n: 10 }, first: [8, 9, 15, 7, 4, 3].map((n) => ({ n })), trials: 6,
        evaluator: inline({ normalize: { every: 2 } }),
        objective: (() => { let calls = 0; return ({ n }: { n: number }) => n * (++calls > 5 ? 3 : 1); })()`,
        'import { inline } from "attune";',
      ),
    });
    expect((await place.attune("run", "slower.ts")).code).toBe(0);
    const { stdout } = await place.attune("best", "slower.attune.jsonl", "-f", "env", "--trial", "6");
    // three times as slow by then as the first baseline, which took 10
    expect(stdout).toBe("# Trial 6 of slower.attune.jsonl, found by attune\n# value 9, baseline 30\nN=3\n");
  });

  it("is applied to a file, shown before, and reverted", async () => {
    const config = "level = 9 # slow\n[schedule]\nkind = 'static'\nchunk = 0\n";
    const place = await tuned({ "config.ini": config });
    const dry = await place.attune("apply", "config.ini", "--dry-run");
    expect(dry.stdout).toMatch(/level +1 +9 +1/);
    expect(place.read("config.ini")).toBe(config);
    const applied = await place.attune("apply", "config.ini");
    expect(applied.stderr).toContain("Back: attune apply config.ini --revert");
    expect(place.read("config.ini")).toMatch(/^level = 1 # slow\n\[schedule\]\nkind = 'dynamic'\nchunk = \d+\n$/);
    await place.attune("apply", "config.ini", "--trial", "0"); // again: the values before the first are kept
    expect((await place.attune("apply", "config.ini", "--revert")).code).toBe(0);
    expect(place.read("config.ini")).toBe(config);
    const twice = await place.attune("apply", "config.ini", "--revert");
    expect(twice).toMatchObject({ code: 2, stderr: expect.stringContaining("Cannot revert config.ini") });
  });

  it("is in every table that its journal is exported as", async () => {
    const place = await tuned();
    const journal = "tune.attune.jsonl";
    for (const format of ["arrow", "compileiq", "jsonl"])
      expect((await place.attune("export", journal, "-f", format, "-o", `t.${format}`)).code).toBe(0);
    const arrow = tableFromIPC(readFileSync(place.path("t.arrow")));
    const lines = place.read("t.jsonl").trim().split("\n");
    expect(arrow.numRows).toBe(lines.length);
    expect(Math.min(...(arrow.getChild("values.value") as Iterable<number>))).toBe(1);
    expect(lines.map((line) => (JSON.parse(line) as { values: { value: number } }).values.value)).toContain(1);
    const { trials, best } = SearchResult.fromCsv(place.path("t.compileiq"), { objectives: { value: "minimize" } });
    expect(best.values.value).toBe(1);
    expect(trials[0]!.source).toBe("baseline");
  });

  it("is not applied where nothing assigns it, or nobody knows from where", async () => {
    const place = await tuned({ "other.ini": "speed = 1\n" });
    const nothing = await place.attune("apply", "other.ini");
    expect(nothing).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Expected other.ini to assign a parameter"),
    });
    expect(place.read("other.ini")).toBe("speed = 1\n");
    const alone = new Place({ "other.ini": "level = 1\n" });
    expect((await alone.attune("apply", "other.ini")).stderr).toContain("Expected --from JOURNAL");
  });
});
