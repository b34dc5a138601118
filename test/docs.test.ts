import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { readCsv } from "../src/formats/csv.ts";
import type { EvaluatorDefinition } from "../src/core/evaluator.ts";
import * as evaluators from "../src/evaluators/index.ts";
import { readSearch } from "../src/search/json-spec.ts";

const run = promisify(execFile);
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];
const blocks = (page: string, language: string): string[] =>
  Array.from(
    readFileSync(page, "utf8").matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "gm")),
    ([, code]) => code!,
  );

/** A benchmark that understands the options of the examples. */
const BENCH = `const n = Number(process.argv[process.argv.findIndex((a) => a === "-t" || a === "--level") + 1]) || 1;
console.log("took " + (10 + n) + " ms, time: " + (20 - n));`;

/** A directory in which \`attune\` is on the path, as the pages assume. */
function workplace(): { directory: string; env: NodeJS.ProcessEnv } {
  const directory = mkdtempSync(join(tmpdir(), "attune-docs-"));
  writeFileSync(join(directory, "bench.mjs"), BENCH);
  writeFileSync(
    join(directory, "attune"),
    `#!/bin/sh\nexec "${process.execPath}" "${resolve("dist/cli/main.js")}" "$@"\n`,
    { mode: 0o755 },
  );
  return { directory, env: { ...process.env, PATH: `${directory}${delimiter}${process.env["PATH"]}` } };
}

describe("the README", () => {
  it("names its two first commands, and both exist", () => {
    const [start, test] = blocks("README.md", "sh");
    expect([start, test]).toEqual(["npm start\n", "npm test\n"]);
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
    expect(scripts["prestart"]).toBe("node scripts/setup.mjs");
    expect(scripts["pretest"]).toBe("node scripts/setup.mjs");
    expect(scripts["start"]).toContain("run examples/codecs/tune.ts");
  });

  it("shows a program and commands that work, in this order", async () => {
    const { directory, env } = workplace();
    const [program] = blocks("README.md", "ts");
    expect(program).toMatch(/^\/\/ tune\.ts\n/);
    writeFileSync(join(directory, "tune.ts"), program!);
    for (const block of blocks("README.md", "sh").slice(2)) {
      const { stdout } = await run("sh", ["-euc", block], { cwd: directory, env });
      expect(stdout).toMatch(/Pareto front|Best/);
    }
    expect(readdirSync(directory)).toEqual(expect.arrayContaining(["tune.attune.jsonl", "tune.attune.csv"]));
  });
});

describe("docs/command-line.md", () => {
  it("shows commands that work", async () => {
    for (const block of blocks("docs/command-line.md", "sh")) {
      const { directory, env } = workplace();
      expect((await run("sh", ["-euc", block], { cwd: directory, env })).stdout).toContain("Best");
    }
  });
  it("shows a JSON search that is one", async () => {
    const shown = blocks("docs/command-line.md", "json")
      .map((text) => JSON.parse(text) as object)
      .filter((json) => "command" in json);
    expect(shown).toHaveLength(1);
    await expect(readSearch(shown[0] as never, ".")).resolves.toHaveProperty("search");
  });
});

describe("docs/from-deephyper.md", () => {
  it("shows programs that work", async () => {
    const { directory, env } = workplace();
    mkdirSync(join(directory, "node_modules"));
    symlinkSync(resolve("."), join(directory, "node_modules/attune"));
    const names = blocks("docs/from-deephyper.md", "ts").map((program) => {
      const name = /^\/\/ (\w+\.ts): /.exec(program)![1]!;
      writeFileSync(join(directory, name), program);
      return name;
    });
    expect(names).toEqual(["model.ts", "optimise.ts"]);
    const jiti = resolve("node_modules/jiti/lib/jiti-cli.mjs");
    const { stdout } = await run(process.execPath, [jiti, "optimise.ts"], { cwd: directory, env });
    expect(stdout).toMatch(/job 19 \w+ after/);
    expect(stdout).toMatch(/the last leaves 0 running\n$/);
    const rows = readCsv(readFileSync(join(directory, "results.csv"), "utf8"));
    expect(rows.length).toBeGreaterThan(20);
  });
  it("names everything that DeepHyper's evaluators have", () => {
    const text = readFileSync("docs/from-deephyper.md", "utf8");
    for (const name of (
      "Evaluator run_function num_workers callbacks FAIL_RETURN_VALUE PYTHON_EXE convert_for_csv create method method_kwargs " +
      "thread process subprocess ray dump_evals saved_keys log_dir execute gather ALL BATCH size submit Job READY RUNNING DONE " +
      "create_job decode ProcessPoolEvaluator SubprocessEvaluator ThreadPoolEvaluator RayEvaluator address password num_cpus " +
      "num_gpus num_cpus_per_task num_gpus_per_task ray_kwargs DeephyperRuntimeError"
    ).split(" "))
      expect(text, name).toMatch(new RegExp(`\`[^\`\n]*\\b${name}\\b[^\`\n]*\``));
  });
});

describe("docs/promises.md", () => {
  it("has a row of tests for each of the ten, and names sources that exist", () => {
    const page = readFileSync("docs/promises.md", "utf8");
    const rows = Array.from(page.matchAll(/^\| (\d+)\. .*$/gm), ([row, number]) => [Number(number), row] as const);
    expect(rows.map(([number]) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const [number, row] of rows) {
      const [, , kept = "", tests = ""] = row.split("|");
      expect(tests, `promise ${number}`).toMatch(/\]\(\.\.\/test\/[\w./-]+\.(test|test-d)\.ts\)/);
      for (const [, source] of kept.matchAll(/`([\w-]+\/[\w/-]+\.ts)`/g))
        expect(existsSync(join("src", source!)), source).toBe(true);
    }
  });
});

describe("docs/evaluators.md", () => {
  it("says of each evaluator what it declares", () => {
    const rows = readFileSync("docs/evaluators.md", "utf8").matchAll(/^\| `(\w+)`\s+\|.*\|(.*)\|$/gm);
    const told = new Map(
      Array.from(rows, ([, name, limits]) => [name, [...limits!.matchAll(/`(\w+)`/g)].map((m) => m[1])]),
    );
    for (const { info } of Object.values(evaluators) as readonly EvaluatorDefinition[])
      expect(told.get(info.name)).toEqual(
        process.platform === "linux" ? info.limits : expect.arrayContaining([...info.limits]),
      );
  });
  it("shows programs that work", async () => {
    const { directory, env } = workplace();
    mkdirSync(join(directory, "node_modules"));
    symlinkSync(resolve("."), join(directory, "node_modules/attune"));
    const [handed, own] = blocks("docs/evaluators.md", "ts");
    writeFileSync(join(directory, "handed.ts"), handed!);
    writeFileSync(join(directory, "own.ts"), own!);
    const options = { cwd: directory, env };
    expect((await run("attune", ["run", "handed.ts"], options)).stdout).toContain("Best");
    const jiti = resolve("node_modules/jiti/lib/jiti-cli.mjs");
    expect((await run(process.execPath, [jiti, "own.ts"], options)).stdout).toMatch(/^\{ x: 0\.[\d]+ \}\n$/);
  });
});

describe("docs/optuna.md", () => {
  it("shows programs and commands that work, in this order", async () => {
    const { directory, env } = workplace();
    mkdirSync(join(directory, "node_modules"));
    symlinkSync(resolve("."), join(directory, "node_modules/attune"));
    for (const program of blocks("docs/optuna.md", "ts"))
      writeFileSync(join(directory, /^\/\/ (\w+\.ts)/.exec(program)![1]!), program);
    const [watch, warmStart] = blocks("docs/optuna.md", "sh");
    const options = { cwd: directory, env };
    await run("sh", ["-euc", watch!], options);
    expect(readFileSync(join(directory, "tune.optuna.log"), "utf8").split("\n").length).toBeGreaterThan(21);
    const { stdout } = await run("sh", ["-euc", warmStart!], options);
    expect(stdout).toMatch(/Left out: trials? .*: `kernel` cannot be "poly"\n/);
    expect(stdout).toMatch(/Imported \d+ of 21 trials of the study "tune" into \.\/wider\.attune\.jsonl/);
    expect(stdout).toContain("Best");
    const jiti = resolve("node_modules/jiti/lib/jiti-cli.mjs");
    const analysed = await run(process.execPath, [jiti, "analyse.ts"], options);
    expect(analysed.stdout).toMatch(/^tune: 21 trials, 0 left out\n\[ 'rate', 'layers', 'kernel' \] 0\.\d+\n$/);
  });
});

describe("CONTRIBUTING.md", () => {
  it("shows a sampler that type-checks as it stands and keeps the contract", async () => {
    const [diff] = blocks("CONTRIBUTING.md", "diff");
    const code = diff!
      .split("\n")
      .slice(
        1,
        diff!.split("\n").findIndex((line) => line.startsWith("+++ b/src/samplers/index.ts")),
      )
      .map((line) => line.slice(1))
      .join("\n");
    const path = resolve("test/fixtures/halton.ts");
    const text = code.replaceAll('"../core/', '"../../src/core/');
    expect(readFileSync(path, "utf8").replace(/\s+|,(?=\s*[)}])/g, "")).toBe(text.replace(/\s+|,(?=\s*[)}])/g, ""));
  });
});

describe("every page", () => {
  it.each(pages)("%s has links that lead somewhere", (page) => {
    for (const [, target] of readFileSync(page, "utf8").matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) {
      expect(() => readdirOrRead(join(page, "..", target!)), `${page} links to ${target}`).not.toThrow();
    }
  });
});

function readdirOrRead(path: string): void {
  try {
    readFileSync(path);
  } catch {
    readdirSync(path);
  }
}
