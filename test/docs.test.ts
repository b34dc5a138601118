import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { readCsv } from "../src/formats/csv.ts";
import type { EvaluatorDefinition } from "../src/core/evaluator.ts";
import * as evaluators from "../src/evaluators/index.ts";
import type { TrackerDefinition } from "../src/core/tracker.ts";
import { readSearch } from "../src/search/json-spec.ts";
import { lifeOfAStudy } from "../src/testing/tracker-contract.ts";
import * as trackers from "../src/trackers/index.ts";
import { gcc, python3 } from "./equipment.ts";

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

describe("docs/ask-and-tell.md", () => {
  const bash = spawnSync("bash", ["--version"]).status === 0;
  it.runIf(bash)("shows a loop in bash that works", async () => {
    const { directory, env } = workplace();
    const [loop] = blocks("docs/ask-and-tell.md", "bash");
    const { stdout } = await run("bash", ["-euc", loop!], { cwd: directory, env });
    expect(stdout).toMatch(/^(complete\n){6}Best: trial \d, ms \d+\n/);
  });
  it.runIf(python3.found)("shows a loop in Python that works", async () => {
    const { directory, env } = workplace();
    const [loop] = blocks("docs/ask-and-tell.md", "python");
    const { stdout } = await run("python3", ["-c", loop!], { cwd: directory, env });
    const best = JSON.parse(stdout) as { state: string; values: object; reports: object[] };
    expect(best).toMatchObject({ state: "complete", reports: [{ step: 1 }, { step: 2 }] });
    expect(Object.keys(best.values)).toEqual(["loss"]);
  });
});

describe("docs/other-languages.md", () => {
  const page = "docs/other-languages.md";
  const shown = (language: string): { directory: string; env: NodeJS.ProcessEnv; script: string } => {
    const [text] = blocks(page, language);
    const place = workplace();
    writeFileSync(join(place.directory, /^(?:#|\/\/) ([\w.]+)\n/.exec(text!)![1]!), text!);
    return { ...place, script: blocks(page, "sh")[language === "python" ? 0 : 1]! };
  };
  it.runIf(python3.found)("shows a Python objective that works", async () => {
    const { directory, env, script } = shown("python");
    const { stdout, stderr } = await run("sh", ["-euc", script], { cwd: directory, env });
    expect(stderr).toContain("trained on 10000");
    expect(stdout).toContain("Best");
  });
  it.runIf(gcc.found)("shows a worker program that works", async () => {
    const { directory, env, script } = shown("c");
    expect((await run("sh", ["-euc", script], { cwd: directory, env })).stdout).toContain("Best");
  });
});

describe("docs/instances.md", () => {
  it("shows a program and commands that work", async () => {
    const { directory, env } = workplace();
    mkdirSync(join(directory, "node_modules"));
    symlinkSync(resolve("."), join(directory, "node_modules/attune"));
    const [program] = blocks("docs/instances.md", "ts");
    writeFileSync(join(directory, "tune.ts"), program!);
    const [gzip, asked] = blocks("docs/instances.md", "sh");
    const sh = async (script: string): Promise<string> =>
      (await run("sh", ["-euc", script], { cwd: directory, env })).stdout;
    expect(await sh(gzip!)).toContain("Best");
    expect(await sh("attune run tune.ts --seed 1")).toContain("Best");
    const told = await sh(asked!);
    expect(told).toMatch(/^instance +trial +share/m);
    expect(told).toMatch(/serves? all instances best/);
    expect(told).toContain("trial 12 ");
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

describe("docs/simulation.md, docs/runners.md and docs/from-ax.md", () => {
  const programs = async (page: string): Promise<string[]> => {
    const { directory, env } = workplace();
    mkdirSync(join(directory, "node_modules"));
    symlinkSync(resolve("."), join(directory, "node_modules/attune"));
    const jiti = resolve("node_modules/jiti/lib/jiti-cli.mjs");
    const options = { cwd: directory, env };
    const said: string[] = [];
    for (const [i, program] of blocks(`docs/${page}.md`, "ts").entries()) {
      const name = /^\/\/ (\w+\.ts)/.exec(program)?.[1] ?? `program${i}.ts`;
      writeFileSync(join(directory, name), program);
      const exports = program.includes("export default");
      const ran = exports ? run("attune", ["run", name], options) : run(process.execPath, [jiti, name], options);
      said.push((await ran).stdout);
    }
    return said;
  };
  it("show programs that work", async () => {
    const [workers, pruner] = await programs("simulation");
    expect(workers).toMatch(/^4 workers: \d+ trials, 100 h, best .*\n8 workers: .*\n16 workers: 200 trials, /);
    const [whole, pruned] = Array.from(pruner!.matchAll(/: (\d+) h of work, best 0\.1/g), ([, hours]) => Number(hours));
    expect(whole).toBe(833);
    expect(pruned).toBeLessThan(whole! / 2);
    const [local, own] = await programs("runners");
    expect(local).toContain("Best");
    expect(own).toBe("5\n");
    expect(await programs("from-ax")).toEqual([expect.stringMatching(/^stagnation after \d+ trials: 0\.\d+ at/)]);
  });
  it("name everything that Ax's runners and its orchestrator have", () => {
    const text = readFileSync("docs/from-ax.md", "utf8");
    for (const name of (
      "SingleRunningTrialMixin poll_trial_status trials SyntheticRunner dummy_metadata SimulatedBackendRunner simulator sample_runtime_func " +
      "run stop reason sample_runtime_unif low high TorchXRunner tracker_base component component_const_params scheduler cfg trial_idx " +
      "Scheduler BackendSimulator max_concurrency time_scaling failure_rate internal_clock max_pending_trials total_trials " +
      "tolerated_trial_failure_rate init_seconds_between_polls timeout_hours wait_for_running_trials early_stopping_strategy " +
      "global_stopping_strategy from_stored_experiment CANDIDATE STAGED RUNNING COMPLETED FAILED EARLY_STOPPED ABANDONED STALE"
    ).split(" "))
      expect(text, name).toMatch(new RegExp(`\`[^\`\n]*\\b${name}\\b[^\`\n]*\``));
  });
});

describe("docs/from-ablator.md", () => {
  it("shows a program that works", async () => {
    const { directory, env } = workplace();
    mkdirSync(join(directory, "node_modules"));
    symlinkSync(resolve("."), join(directory, "node_modules/attune"));
    writeFileSync(join(directory, "reserve.ts"), blocks("docs/from-ablator.md", "ts")[0]!);
    const jiti = resolve("node_modules/jiti/lib/jiti-cli.mjs");
    const { stdout } = await run(process.execPath, [jiti, "reserve.ts"], { cwd: directory, env });
    expect(stdout).toMatch(/^12 trials, \d+ dropped\n$/);
  });
  it("names everything that Ablator's samplers have", () => {
    const text = readFileSync("docs/from-ablator.md", "utf8");
    for (const name of (
      "BaseSampler eager_sample internal_repr trial_id update_trial metrics state unlock drop GridSampler configs OptunaSampler " +
      "SearchAlgo SearchSpace optim_metrics Optim TrialState StopIteration"
    ).split(" "))
      expect(text, name).toMatch(new RegExp(`\`[^\`\n]*\\b${name}\\b[^\`\n]*\``));
  });
});

/** A training program that reports, for the pages about jobs. */
const TRAIN = `import { existsSync, readFileSync } from "node:fs";
const { epochs = 3, model = { layers: 1 } } = existsSync(process.argv[2]) ? JSON.parse(readFileSync(process.argv[2])) : {};
const rate = Number(process.argv[process.argv.indexOf("--rate") + 1]);
for (let step = 1; step <= epochs; step++)
  console.log(JSON.stringify({ step, "loss/validation": rate / step + model.layers, "accuracy/test": 1 - rate / step }));`;

describe("docs/jobs.md", () => {
  it("shows programs that work", async () => {
    const { directory, env } = workplace();
    mkdirSync(join(directory, "node_modules"));
    symlinkSync(resolve("."), join(directory, "node_modules/attune"));
    writeFileSync(join(directory, "train.mjs"), TRAIN);
    for (const program of blocks("docs/jobs.md", "ts"))
      writeFileSync(join(directory, /^\/\/ (\w+\.ts)/.exec(program)![1]!), program);
    const options = { cwd: directory, env };
    expect((await run("attune", ["run", "jobs.ts"], options)).stdout).toMatch(
      /Best: trial \d+, loss\/validation [\d.]+/,
    );
    const jiti = resolve("node_modules/jiti/lib/jiti-cli.mjs");
    const { stdout } = await run(process.execPath, [jiti, "night.ts"], options);
    expect(stdout).toMatch(/^\d run after 50 ms\n/);
    expect(stdout.match(/^\S+\.\d+ complete /gm)).toHaveLength(12);
    expect(stdout).toMatch(/^train: .* [\d.]+ 5$/m);
    expect(stdout).toMatch(/\n0 jobs left, 9940 iterations, 60 minutes of compute time\n$/);
  });
});

describe("docs/from-clearml.md", () => {
  const page = "docs/from-clearml.md";
  it("shows a program that works", async () => {
    const { directory, env } = workplace();
    mkdirSync(join(directory, "node_modules"));
    symlinkSync(resolve("."), join(directory, "node_modules/attune"));
    writeFileSync(join(directory, "train.mjs"), TRAIN);
    writeFileSync(join(directory, "optimise.ts"), blocks(page, "ts")[0]!);
    const jiti = resolve("node_modules/jiti/lib/jiti-cli.mjs");
    const { stdout } = await run(process.execPath, [jiti, "optimise.ts"], { cwd: directory, env });
    expect(stdout.match(/^base task at 0\.\d+: 0\.\d+, best base task at/gm)).toHaveLength(8);
    expect(stdout.match(/^\S+\.\d \{ rate: /gm)).toHaveLength(3);
  });
  it("maps every name of the optimiser", () => {
    const cells = Array.from(readFileSync(page, "utf8").matchAll(/^\| ([^|]+)\|/gm), ([, cell]) => cell!).join("\n");
    for (const name of (
      "OptimizerOptuna create_job get_created_jobs_ids get_created_jobs_tasks get_objective_metric get_running_jobs " +
      "get_top_experiments top_k helper_create_job base_task_id parameter_override task_overrides tags parent kwargs monitor_job " +
      "budget.compute_time.update budget.iterations.update process_step set_job_class job_class TrainsJob " +
      "set_job_default_parent job_parent_task_id project_name set_job_naming_scheme naming_function set_optimizer_task task start " +
      "HyperParameterOptimizer hyper_parameters objective_metric_title objective_metric_series objective_metric_sign " +
      "UniformParameterRange LogUniformParameterRange UniformIntegerParameterRange DiscreteParameterRange ParameterSet " +
      "max_number_of_concurrent_tasks execution_queue total_max_jobs max_iteration_per_job min_iteration_per_job " +
      "time_limit_per_job compute_time_limit optimization_time_limit set_time_limit get_time_limit reached_time_limit " +
      "pool_period_min elapsed is_active is_running wait stop job_complete_callback allow_caching optuna_sampler optuna_pruner"
    ).split(" "))
      expect(cells, name).toMatch(new RegExp(`\\b${name.replaceAll(".", "\\.")}\\b`));
  });
});

describe("docs/promises.md", () => {
  it("has a row of tests for each, and names sources that exist", () => {
    const page = readFileSync("docs/promises.md", "utf8");
    const rows = Array.from(page.matchAll(/^\| (\d+)\. .*$/gm), ([row, number]) => [Number(number), row] as const);
    expect(rows.map(([number]) => number)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    for (const [number, row] of rows) {
      const [, , kept = "", tests = ""] = row.split("|");
      expect(tests, `promise ${number}`).toMatch(/\]\(\.\.\/test\/[\w./-]+\.(test|test-d)\.ts\)/);
      for (const [, source] of kept.matchAll(/`([\w-]+\/[\w/-]+\.ts)`/g))
        expect(existsSync(join("src", source!)), source).toBe(true);
    }
  });
});

describe("docs/problems.md", () => {
  it("shows commands and a program that work", async () => {
    const { directory, env } = workplace();
    mkdirSync(join(directory, "node_modules"));
    symlinkSync(resolve("."), join(directory, "node_modules/attune"));
    const [commands] = blocks("docs/problems.md", "sh");
    const { stdout } = await run("sh", ["-euc", commands!], { cwd: directory, env });
    expect(stdout).toContain("hartmann6: loss after 60 trials, 5 seeds");
    expect(stdout).toContain('"problem":"noisy (bbob f=8 d=5 instance=1) sd=0.5"');
    const [program] = blocks("docs/problems.md", "ts");
    writeFileSync(join(directory, "own.ts"), program!);
    const jiti = resolve("node_modules/jiti/lib/jiti-cli.mjs");
    const told = (await run(process.execPath, [jiti, "own.ts"], { cwd: directory, env })).stdout;
    expect(told).toMatch(/^30 1\.72\d+\n\[ \d.*\] \{ f1: \{ value: .*, stderr: 0\.1 \} \}\n\d[\d.]+\n$/);
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

describe("docs/measurement.md", () => {
  it("shows a program and a command that work", async () => {
    const { directory, env } = workplace();
    const [, , program] = blocks("docs/measurement.md", "ts");
    writeFileSync(join(directory, "tune.ts"), program!);
    for (const block of blocks("docs/measurement.md", "sh"))
      expect((await run("sh", ["-euc", block], { cwd: directory, env })).stdout).toContain("Best");
    const [head] = readCsv(readFileSync(join(directory, "tune.attune.csv"), "utf8"));
    expect(head).toContain("normalized.ms");
  });
  it("shows a search that measures and a check that work", async () => {
    const { directory, env } = workplace();
    mkdirSync(join(directory, "node_modules"));
    symlinkSync(resolve("."), join(directory, "node_modules/attune"));
    const [sorting, check] = blocks("docs/measurement.md", "ts")
      .slice(0, 2)
      .map((program) => {
        const name = /^\/\/ (\w+\.ts)/.exec(program)![1]!;
        writeFileSync(join(directory, name), program);
        return name;
      });
    const options = { cwd: directory, env };
    expect((await run("attune", ["run", sorting!], options)).stdout).toMatch(/Best: trial .* ± /);
    const jiti = resolve("node_modules/jiti/lib/jiti-cli.mjs");
    const { stdout } = await run(process.execPath, [jiti, check!], options);
    expect(stdout).toMatch(/ ms each, [\d.]+ ms in all, a gain of 0\.0\d+ can be shown/);
  });
});

describe("docs/analysis.md", () => {
  it("shows commands and a program that work", async () => {
    const { directory, env } = workplace();
    mkdirSync(join(directory, "node_modules"));
    symlinkSync(resolve("."), join(directory, "node_modules/attune"));
    const [program] = blocks("docs/analysis.md", "ts");
    writeFileSync(join(directory, "analyse.ts"), program!);
    const tune = `import { choice, defineSearch, int } from "attune";
export default defineSearch({
  space: { level: int(1, 9, { default: 5 }), mode: choice(["slow", "fast"], { default: "slow" }) },
  objectives: { ms: "minimize" },
  objective: ({ level, mode }) => (mode === "slow" ? 20 : 10) * level,
  sampler: "random", evaluator: "inline", trials: 40, seed: 1,
});`;
    writeFileSync(join(directory, "tune.ts"), tune);
    const [commands] = blocks("docs/analysis.md", "sh");
    const options = { cwd: directory, env };
    const { stdout } = await run("sh", ["-euc", commands!], options);
    for (const said of [
      /^Importance for ms/m,
      /^ {2}slow +\d/m,
      /^No trial failed$/m,
      /^ms: 100 and /m,
      /^Kept: trial/m,
    ])
      expect(stdout).toMatch(said);
    expect(existsSync(join(directory, "report.json"))).toBe(true);
    const jiti = resolve("node_modules/jiti/lib/jiti-cli.mjs");
    const analysed = await run(process.execPath, [jiti, "analyse.ts"], options);
    expect(analysed.stdout).toMatch(
      /^true \{ level: \d, mode: 'fast' \} [\d.]+\nlevel true \[\]\n(\{.*\} gain (true|false)\n){2}2 repeats\n$/,
    );
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
    expect(stdout).toMatch(/Imported \d+ of 2\d trials of the study "tune" into \.\/wider\.attune\.jsonl/);
    expect(stdout).toContain("Best");
    const jiti = resolve("node_modules/jiti/lib/jiti-cli.mjs");
    const analysed = await run(process.execPath, [jiti, "analyse.ts"], options);
    expect(analysed.stdout).toMatch(/^tune: 2\d trials, 0 left out\n\[ 'rate', 'layers', 'kernel' \] 0\.\d+\n$/);
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

describe("docs/trackers.md", () => {
  const page = readFileSync("docs/trackers.md", "utf8");
  it("shows programs that work", async () => {
    const { directory, env } = workplace();
    mkdirSync(join(directory, "node_modules"));
    symlinkSync(resolve("."), join(directory, "node_modules/attune"));
    const [tune, webhook] = blocks("docs/trackers.md", "ts");
    writeFileSync(join(directory, "tune.ts"), tune!);
    writeFileSync(join(directory, "webhook.ts"), webhook!);
    const options = { cwd: directory, env };
    expect((await run("attune", ["run", "tune.ts"], options)).stdout).toContain("Best");
    expect(readdirSync(directory)).toEqual(
      expect.arrayContaining(["run.jsonl", "trials.csv", "tune.attune.profile.csv"]),
    );
    const told: { trial: number }[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString()));
      request.on("end", () => response.end(void told.push(JSON.parse(body) as { trial: number })));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const jiti = resolve("node_modules/jiti/lib/jiti-cli.mjs");
    const { stdout } = await run(process.execPath, [jiti, "webhook.ts", url], options);
    server.close();
    expect(told.length).toBeGreaterThan(0);
    expect(stdout).toBe(`search-ended\ntold of trial ${Math.max(...told.map(({ trial }) => trial))}\n`);
  });
  it("has every tracker with its options, and every event", () => {
    const rows = Array.from(page.matchAll(/^\| (`[^|]+`) *\|/gm), ([, cell]) => cell!);
    for (const { info } of Object.values(trackers) as readonly TrackerDefinition[])
      expect(rows).toContainEqual(expect.stringContaining(`\`${info.name}\``));
    for (const [event] of lifeOfAStudy) expect(rows).toContainEqual(expect.stringContaining(`\`${event.type}\``));
  });
  it("maps every name of the trackers, callbacks and reports elsewhere", () => {
    const elsewhere = page.slice(page.indexOf("## Names elsewhere"));
    const cells = Array.from(elsewhere.matchAll(/^\| ([^|]+)\|/gm), ([, cell]) => cell!).join("\n");
    for (const name of (
      "tracker_config TrackerConfig TrackerTypes LOGURU MLFLOW DISABLED BaseTracker tracker_type setup cleanup search_starts " +
      "search_ends generation_starts generation_ends pre_objective post_objective task_id node_id DisabledTrackerConfig " +
      "DefaultTrackerConfig LoguruTrackerConfig MLflowTrackerConfig experiment_name run_name tracking_uri description " +
      "score_names log_config dump_results callbacks on_launch on_done on_done_other on_gather on_close ProfilingCallback " +
      "LoggerCallback TqdmCallback SearchEarlyStopping CSVLoggerCallback set_report_period get_top_experiments " +
      "job_complete_callback get_created_jobs_ids get_created_jobs_tasks get_running_jobs get_objective_metric set_optimizer_task"
    ).split(" "))
      expect(cells, name).toMatch(new RegExp(`\\b${name}\\b`));
  });
});
