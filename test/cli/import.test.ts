import { cpSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { jsonLines, Place, type PrintedTrial, program, started } from "./attune.ts";

const golden = resolve("test/golden/optuna/optuna-5.0.0.log");

describe("attune import optuna", () => {
  const place = new Place({
    "tune.ts": program(
      "space: { x: float(-1, 1), arch: 'native' }, objectives: { ms: 'minimize', rate: 'maximize' }, trials: 9, objective: ({ x }) => ({ ms: x, rate: -x })",
    ),
    "other.ts": program("space: { y: float(-1, 1) }, objective: () => 1"),
  });
  const attune = (...words: string[]) => place.attune(...words);

  it("writes a journal that every command reads", async () => {
    expect(await attune("import", "optuna", golden, "--study", "svm ü", "-o", "svm.jsonl")).toEqual({
      code: 0,
      stderr: "",
      stdout:
        "Left out: trial 16: it is running\nLeft out: trial 17: it is waiting\n" +
        'Imported 16 of 18 trials of the study "svm ü" into svm.jsonl\nGo on with: attune show svm.jsonl\n',
    });
    expect((await attune("show", "svm.jsonl")).stdout).toContain("12 complete, 2 pruned, 2 failed");
    const [best] = jsonLines<PrintedTrial>((await attune("best", "svm.jsonl", "--json")).stdout);
    const all = jsonLines<PrintedTrial>((await attune("show", "svm.jsonl", "--json")).stdout);
    expect(best!.values["value"]).toBe(Math.max(...all.map(({ values }) => values["value"] ?? -Infinity)));
    expect((await attune("export", "svm.jsonl")).stdout.split("\n")).toHaveLength(18);
  });

  it("begins the search of a file, which then just runs on", async () => {
    const imported = await attune("import", "optuna", golden, "--study", "two", "--for", "tune.ts");
    expect(imported.stdout).toContain("into ./tune.attune.jsonl\nGo on with: attune run tune.ts\n");
    const { code, stderr } = await attune("run", "tune.ts", "--quiet", "-e", "inline");
    expect([code, stderr]).toEqual([0, ""]);
    const trials = jsonLines<PrintedTrial>((await attune("show", "tune.attune.jsonl", "--json")).stdout);
    expect(trials.filter((trial) => !("twin" in trial))).toHaveLength(9);
    expect(trials[0]!.params).toEqual({ x: expect.any(Number), arch: "native" });
    const elsewhere = await attune("import", "optuna", golden, "--study", "two", "--for", "tune.ts", "-o", "b.jsonl");
    expect(elsewhere.stdout).toContain("into b.jsonl\nGo on with: attune run tune.ts --journal b.jsonl\n");
  });

  it("is adopted by a changed space as any journal is", async () => {
    await attune("import", "optuna", golden, "--study", "two", "--names", "ms,rate", "-o", "two.jsonl");
    place.write(
      "flat.ts",
      program(
        "space: { x: float(-2, 2) }, objectives: { ms: 'minimize', rate: 'maximize' }, trials: 8, objective: ({ x }) => ({ ms: x, rate: -x })",
      ),
    );
    const run = await attune("run", "flat.ts", "--quiet", "-e", "inline", "--journal", "two.jsonl", "--adopt");
    expect(run.code).toBe(0);
    expect(run.stderr).toContain("1 of 7 trials do not fit and are set aside:\n  trial 6: `k` is not in the space");
  });

  it.each([
    [["optuna", "none.log"], 2, "Cannot import none.log: there is no such file"],
    [["optuna", golden], 2, "Expected `study` to name one of the 2 studies in "],
    [
      ["optuna", golden, "--study", "two", "-o", "tune.ts"],
      2,
      "Expected a new journal to import into, but tune.ts exists",
    ],
    [["optuna", golden, "--study", "two", "--for", "other.ts"], 2, "they must agree in number and direction"],
    [["optuna", golden, "--study", "two", "--names", "a"], 2, "Expected 2 different names"],
    [["optuna", "tune.ts", "-o", "new.jsonl"], 1, "Line 1 of tune.ts is not one of an Optuna journal"],
    [["hyperopt", "x"], 2, "Allowed choices are optuna."],
  ])("refuses %j", async (words, code, message) => {
    const ran = await attune("import", ...words);
    expect([ran.code, ran.stdout]).toEqual([code, ""]);
    expect(ran.stderr).toContain(message);
  });
});

it("names what is missing where SQLite cannot be read", async () => {
  const place = new Place({ "x.db": "SQLite format 3\0 and nothing more" });
  for (const part of ["dist", "package.json", "node_modules/commander", "node_modules/jiti"])
    cpSync(part, place.path(part), { recursive: true });
  const { code, stderr } = await started(
    process.execPath,
    [place.path("dist/cli/main.js"), "import", "optuna", "x.db"],
    place.directory,
  ).ended;
  if (process.getBuiltinModule("node:sqlite") === undefined)
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /^error: Reading SQLite needs Node ≥ 22\.13, or the package libsql beside attune: npm install libsql \(/,
      ),
    ]);
  else expect([code, stderr]).toEqual([1, expect.stringContaining("x.db")]);
});

describe("attune export --format optuna", () => {
  const place = new Place({
    "tune.ts": program(
      "space: { x: int(0, 99, { default: 50 }) }, trials: 12, seed: 3, objective: ({ x }) => { if (x % 7 === 0) throw new Error('seven'); return x; }",
    ),
  });
  beforeAll(async () => {
    expect((await place.attune("run", "tune.ts", "-q", "-e", "inline", "-t", "optuna")).code).toBe(0);
  });

  it("writes what the tracker mirrors", async () => {
    const lines = (text: string): string[] =>
      text
        .replaceAll(/"worker_id":"[^"]*"/g, "")
        .split("\n")
        .slice(0, -1);
    const { stdout } = await place.attune("export", "tune.attune.jsonl", "-f", "optuna");
    expect(lines(stdout)).toHaveLength(5 + 13);
    // the mirror may have seen a trial begin before it saw its end
    expect(lines(place.read("tune.optuna.log")).slice(0, 4)).toEqual(lines(stdout).slice(0, 4));
    await place.attune("export", "tune.attune.jsonl", "-f", "optuna", "-o", "again.log", "--study", "again");
    expect(place.read("again.log")).toContain('"study_name":"again"');
    const imports = ["again.log", "tune.optuna.log"].map(async (file) => {
      await place.attune("import", "optuna", file, "-o", `${file}.jsonl`);
      return (await place.attune("export", `${file}.jsonl`)).stdout;
    });
    const original = (await place.attune("export", "tune.attune.jsonl")).stdout;
    for (const imported of await Promise.all(imports)) expect(cells(imported)).toEqual(cells(original));
  });

  it("never writes over a file", async () => {
    const before = place.read("tune.optuna.log");
    const ran = await place.attune("export", "tune.attune.jsonl", "-f", "optuna", "-o", "tune.optuna.log");
    expect(ran).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Expected a new file for the Optuna journal, but tune.optuna.log exists"),
    });
    expect(place.read("tune.optuna.log")).toBe(before);
  });
});

/** The rows of a table, without times, numbers and generations: rejected trials are not mirrored. */
function cells(csv: string): string[] {
  const [head, ...rows] = csv.trimEnd().split("\n");
  const skipped = ["number", "generation", "duration"].map((name) => head!.split(",").indexOf(name));
  return rows
    .map((row) =>
      row
        .split(",")
        .filter((_, i) => !skipped.includes(i))
        .join(","),
    )
    .sort();
}
