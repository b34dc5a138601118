import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { python3 } from "./equipment.ts";

const run = promisify(execFile);
const fresh = (): string => mkdtempSync(join(tmpdir(), "attune-examples-"));
const attune = async (args: readonly string[], cwd = fresh()): Promise<string> =>
  (await run(process.execPath, [resolve("dist/cli/main.js"), ...args], { cwd })).stdout;

describe("the examples", () => {
  it("are all named in their README", () => {
    const page = readFileSync("examples/README.md", "utf8");
    for (const name of readdirSync("examples").filter((file) => file !== "README.md")) expect(page).toContain(name);
  });

  it("codecs: a front of real codecs over a real corpus of at least 1 MB and five kinds of data", async () => {
    const files = readdirSync("examples/codecs/corpus", { withFileTypes: true }).filter(
      (entry) => entry.isFile() && entry.name !== "README.md",
    );
    expect(files.length).toBeGreaterThanOrEqual(5);
    expect(
      files.reduce((sum, { name }) => sum + statSync(join("examples/codecs/corpus", name)).size, 0),
    ).toBeGreaterThan(1e6);
    const cwd = fresh();
    const stdout = await attune(["run", resolve("examples/codecs/tune.ts"), "--trials", "4"], cwd);
    expect(stdout).toMatch(/Pareto front: \d+ trials?/);
    expect(stdout).toMatch(/against the baseline, trial 0( \(\*\))?: bytes 5\d\d,\d{3}, ms/); // what gzip makes of it, by the version of zlib
    expect(readdirSync(cwd).sort()).toEqual(["tune.attune.csv", "tune.attune.jsonl"]);
  });

  it("instances: settings for several kinds of data, and whether the gain holds on others", async () => {
    const cwd = fresh();
    const example = resolve("examples/instances/tune.ts");
    expect(await attune(["run", example, "--trials", "12", "--seed", "1", "-w", "1"], cwd)).toMatch(
      /Best: trial \d+, ratio/,
    );
    const best = await attune(["best", "tune.attune.jsonl", "--per-instance"], cwd);
    for (const kind of ["kernels.jsonl", "landscape.ppm", "losses.f32", "parser.wasm", "python-reference.txt"])
      expect(best).toContain(kind);
    const report = await attune(["validate", example, "--top", "1", "--repeats", "5"], cwd);
    expect(report).toMatch(/^training-runs\.csv +\d/m);
    expect(report).toMatch(/^zod-schemas\.ts\.txt +\d/m);
    expect(report).toContain("on the holdout, which no trial saw");
    expect(report).not.toContain("kernels.jsonl");
  });

  it("command.json: a command tuned as it is", async () =>
    expect(await attune(["run", resolve("examples/command.json"), "--trials", "2"])).toContain("Best: trial"));

  it("measure.ts: a search whose times have intervals, checked before", async () => {
    const example = resolve("examples/measure.ts");
    expect(await attune(["check", example, "--runs", "2"])).toMatch(/^ms +[\d.]+ +± /m);
    expect(await attune(["run", example, "--trials", "2"])).toMatch(/Best: trial .*, ms \S+ ± /);
  });

  it("training: jobs of a script with settings by path, whose best step counts", async () => {
    const cwd = fresh();
    const stdout = await attune(["run", resolve("examples/training/jobs.ts"), "--trials", "4", "--no-check"], cwd);
    expect(stdout).toMatch(/Best: trial \d+, loss\/validation 0\.\d+/);
    const journal = readFileSync(join(cwd, "jobs.attune.jsonl"), "utf8");
    expect(journal.match(/"name":"moons: settings\.model\.hidden=/g)!.length).toBe(5);
    expect(journal.match(/"trial-reported"/g)!.length).toBe(150);
  });

  it("quadratic.ts: a search from code", async () => {
    const { stdout } = await run(process.execPath, [
      resolve("node_modules/jiti/lib/jiti-cli.mjs"),
      resolve("examples/quadratic.ts"),
    ]);
    expect(Number(/^(\S+) at x = /.exec(stdout)?.[1])).toBeLessThan(0.2);
  });

  it.runIf(python3.found)("python: a front of classifiers, trained in one process per worker", async () => {
    const stdout = await attune(["run", resolve("examples/python/search.json"), "--trials", "6", "-w", "2"]);
    expect(stdout).toMatch(/Pareto front: \d+ trials?/);
  });
});
