import { beforeAll, describe, expect, it } from "vitest";
import { jsonLines, Place, type PrintedTrial, program } from "./attune.ts";

const CALLED = "import { writeFileSync } from 'node:fs';";

describe.concurrent("attune sample", () => {
  const place = new Place({
    "tune.ts": program(
      "space: { x: float(0, 1), mode: choice(['a', 'b']), deep: { n: int(1, 9) } }, objective: () => { writeFileSync('called', ''); return 1; }",
      CALLED,
    ),
  });
  const sample = (...words: string[]) => place.attune("sample", "tune.ts", ...words);

  it("prints as many configurations as asked for, the same for the same seed, and calls nothing", async () => {
    const [one, two, other] = await Promise.all([
      sample("-n", "5", "--json", "--seed", "1"),
      sample("-n", "5", "--json", "--seed", "1"),
      sample("-n", "5", "--json", "--seed", "2"),
    ]);
    expect(one.code).toBe(0);
    expect(jsonLines(one.stdout)).toHaveLength(5);
    expect(jsonLines(one.stdout)[0]).toMatchObject({ x: expect.any(Number), deep: { n: expect.any(Number) } });
    expect(two.stdout).toBe(one.stdout);
    expect(other.stdout).not.toBe(one.stdout);
    expect(place.files).toEqual(["tune.ts"]);
  });

  it("prints a table of at most six digits", async () => {
    const { stdout } = await sample("-n", "3");
    const [head, , ...rows] = stdout.trim().split("\n");
    expect(head!.trim().split(/\s+/)).toEqual(["x", "mode", "deep.n"]);
    expect(rows).toHaveLength(3);
    for (const row of rows)
      expect(
        row
          .trim()
          .split(/\s+/)[0]!
          .replace(/^0\.0*/, "").length,
      ).toBeLessThanOrEqual(6);
  });

  it("refuses a wrong number", async () => {
    expect(await sample("-n", "0")).toMatchObject({
      code: 2,
      stderr: "error: Expected `--number` to be an integer ≥ 1, got 0\n",
    });
  });
});

describe.concurrent("attune best, show and export", () => {
  const place = new Place({
    "tune.ts": program(
      `space: { x: int(0, 99, { default: 50 }) }, constraints: { size: { max: 90 } }, trials: 12, seed: 3,
  objective: ({ x }) => { if (x % 7 === 0) throw new Error('seven'); return { value: x, size: x }; }`,
    ),
  });
  let trials: PrintedTrial[] = [];
  beforeAll(async () => {
    const { code, stderr } = await place.attune("run", "tune.ts", "-e", "inline", "-w", "1");
    expect(stderr).toMatch(/complete(, \d+ failed)?, and the baseline, in /);
    expect(code).toBe(0);
    trials = jsonLines<PrintedTrial>((await place.attune("show", "tune.attune.jsonl", "--json")).stdout);
  });
  const ranked = (): number[] =>
    trials
      .filter(({ state, values }) => state === "complete" && values["size"]! <= 90)
      .map(({ values }) => values["value"]!)
      .toSorted((a, b) => a - b);

  it("best prints the report, or the trial", async () => {
    const [report, json] = await Promise.all([
      place.attune("best", "tune.attune.jsonl"),
      place.attune("best", "tune.attune.jsonl", "--json"),
    ]);
    expect(report.stdout).toMatch(/^Best: trial \d+, value \d+/);
    expect(report.stdout).toContain("B baseline");
    expect(jsonLines<PrintedTrial>(json.stdout).map(({ values }) => values["value"])).toEqual(ranked().slice(0, 1));
  });

  it("best --top prints the k best", async () => {
    const [text, json, wrong] = await Promise.all([
      place.attune("best", "tune.attune.jsonl", "--top", "3"),
      place.attune("best", "tune.attune.jsonl", "--top", "3", "--json"),
      place.attune("best", "tune.attune.jsonl", "--top", "x"),
    ]);
    expect(text.stdout.trim().split("\n")).toHaveLength(5);
    expect(jsonLines<PrintedTrial>(json.stdout).map(({ values }) => values["value"])).toEqual(ranked().slice(0, 3));
    expect(wrong).toMatchObject({ code: 2, stderr: 'error: Expected `--top` to be an integer, got "x"\n' });
  });

  it("show prints settings, counts and results", async () => {
    const [some, all] = await Promise.all([
      place.attune("show", "tune.attune.jsonl"),
      place.attune("show", "tune.attune.jsonl", "--all"),
    ]);
    expect(some.stdout).toContain("study      minimize value, seed 3\n");
    expect(some.stdout).toContain("auto, inline, 1 worker, 12 of 12 trials");
    expect(some.stdout).toContain("Best: trial");
    expect(all.stdout).toMatch(/^ +0 {2}complete +50 +±0 % +50$/m);
  });

  it("export prints CSV and JSON, or writes them", async () => {
    const [csv, json, file, bad] = await Promise.all([
      place.attune("export", "tune.attune.jsonl"),
      place.attune("export", "tune.attune.jsonl", "--format", "json"),
      place.attune("export", "tune.attune.jsonl", "-f", "json", "-o", "out/trials.json"),
      place.attune("export", "tune.attune.jsonl", "-o", "tune.ts/trials.csv"),
    ]);
    expect(csv.stdout).toBe(place.read("tune.attune.csv"));
    expect(csv.stdout.trim().split("\n")).toHaveLength(trials.length + 1);
    const listed = JSON.parse(json.stdout) as PrintedTrial[];
    expect(listed.map(({ number }) => number)).toEqual(trials.map(({ number }) => number));
    expect(file.stdout).toBe("");
    expect(JSON.parse(place.read("out/trials.json"))).toEqual(listed);
    expect(bad.code).toBe(1);
    expect(bad.stderr).toContain("Cannot write tune.ts/trials.csv");
  });

  it("writes nothing while it reads, and may be cut short", async () => {
    const before = place.read("tune.attune.jsonl");
    const { code, stderr } = await place.shell(
      "set -o pipefail; $ATTUNE show tune.attune.jsonl --json | (exec 0<&-; sleep 1)",
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(place.read("tune.attune.jsonl")).toBe(before);
  });
});
