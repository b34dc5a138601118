import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Evaluator, Workload } from "../../src/core/evaluator.ts";
import { command } from "../../src/evaluators/command.ts";
import { threads, type ThreadsOptions } from "../../src/evaluators/threads.ts";
import type { ContractParams } from "../../src/testing/contract-objective.ts";
import { contractTask, contractWorkload, isAlive, until } from "../../src/testing/contract-task.ts";
import { realClock } from "../../src/system/clock.ts";

const fixture = (name: string): string => new URL(`../fixtures/modules/${name}`, import.meta.url).href;
const open = (
  workload: Partial<Workload<ContractParams>> = {},
  options: ThreadsOptions = { workers: 1 },
): Promise<Evaluator<ContractParams>> => threads(options).open<ContractParams>({ ...contractWorkload(), ...workload });

describe("threads", () => {
  it("refuses wrong options, limits that it cannot keep, and closures", async () => {
    expect(() => threads({ workers: 0 })).toThrow("Expected `workers` to be an integer ≥ 1, got 0");
    expect(() => threads({ cwd: "/" } as object)).toThrow("Unknown option `cwd` of threads");
    expect(() => threads({ execArgv: "--x" as never })).toThrow("Expected `execArgv` to be a list of texts");
    expect(() => threads({ memory: 1e9 } as object)).toThrow("The evaluator `threads` cannot keep a `memory` limit");
    const { objective, names } = contractWorkload();
    await expect(threads().open({ objective: objective!, names, log: () => {} })).rejects.toThrow(
      "Expected the objective for threads() to live in a module, got a closure",
    );
  });

  it.each([
    ["throws.mjs", /Cannot load .*throws\.mjs.*: the module is broken/],
    ["no-search.mjs", /to export a search: `export default defineSearch.*or an objective function/],
    ["exits.mjs", /The worker thread exited with code 9 before it was ready:\nno licence found/],
  ])("rejects when the module cannot be used: %s", async (name, message) => {
    await using evaluator = await open({ module: fixture(name) });
    await expect(evaluator.evaluate(contractTask("return"))).rejects.toThrow(message);
  });

  it("rejects when Node cannot start a thread so", async () => {
    await using evaluator = await open({}, { workers: 1, execArgv: ["--max-old-space-size=90"] });
    await expect(evaluator.evaluate(contractTask("return"))).rejects.toThrow(/Cannot start a worker: .*execArgv/);
  });

  it("starts threads of this process as it needs them, each with its own environment", async () => {
    const options = { workers: 3, env: { EXTRA: "5", EXPECTED_CWD: process.cwd() } };
    await using evaluator = await open({ module: fixture("where.mjs") }, options);
    const first = contractTask("return");
    expect(await evaluator.evaluate(first)).toMatchObject({
      values: { value: { value: 0 }, extra: { value: 5 }, inside: { value: 1 } },
    });
    expect(process.env["EXTRA"]).toBeUndefined();
    const tasks = [contractTask("return"), contractTask("return")];
    await Promise.all(tasks.map((task) => evaluator.evaluate(task)));
    expect(tasks.map(({ places }) => places[0])).toMatchObject([{ worker: 0 }, { worker: 1, pid: process.pid }]);
    expect(tasks[0]!.places).toEqual(first.places);
  });

  it("survives an objective that fills the heap of its thread", async () => {
    await using evaluator = await open({}, { workers: 1, resourceLimits: { maxOldGenerationSizeMb: 40 } });
    expect(await evaluator.evaluate(contractTask("memory"))).toMatchObject({
      failure: { kind: "memory", message: "the worker thread ran out of heap memory" },
    });
    expect(await evaluator.evaluate(contractTask("return", 4))).toMatchObject({ state: "complete" });
  });

  it("really ends a thread that never yields: only one that blocks in native code is given up, and that is said", async () => {
    const lines: string[] = [];
    await using evaluator = await open({ log: (line) => lines.push(line) });
    const spin = contractTask("spin", 1, { timeout: 100 });
    expect(await evaluator.evaluate(spin)).toMatchObject({ failure: { kind: "timeout" } });
    expect(lines).toEqual([]);
  });

  it("costs nothing while an objective that never waits has to wait for a verdict", async () => {
    await using evaluator = await open();
    await evaluator.evaluate(contractTask("return"));
    const task = contractTask("report-sync", 3, { report: () => realClock.sleep(1_000).then(() => "prune") });
    const before = process.cpuUsage();
    expect(await evaluator.evaluate(task)).toEqual({ state: "pruned" });
    const { user, system } = process.cpuUsage(before);
    expect(user + system).toBeLessThan(500_000); // of about a second, which a loop would fill
  });

  it("keeps the end of stderr for failures", async () => {
    await using evaluator = await open();
    await evaluator.evaluate(contractTask("stderr", 1));
    const outcome = await evaluator.evaluate(contractTask("stderr", 2));
    const { stderr } = (outcome as { failure: { stderr: string } }).failure;
    expect(stderr).toMatch(/^[^]{4000,}\nlast words of 2\n$/);
    expect(stderr).not.toContain("last words of 1");
  });

  it("replaces a thread that says what is no message", async () => {
    await using evaluator = await open({ module: fixture("thread-garbage.mjs") });
    expect(await evaluator.evaluate(contractTask("return", 0))).toMatchObject({
      failure: { kind: "crash", message: expect.stringContaining("not a message of a worker") as unknown },
    });
    expect(await evaluator.evaluate(contractTask("return", 2))).toMatchObject({ state: "complete" });
  });

  it("runs commands without a module", async () => {
    const objective = command(["sh", "-c", 'echo "{\\"value\\": $0}"', "{x}"]);
    const { names, log } = contractWorkload();
    await using evaluator = await threads({ workers: 1 }).open<ContractParams>({ objective, names, log });
    expect(await evaluator.evaluate(contractTask("return", 7))).toMatchObject({ values: { value: { value: 7 } } });
  });

  it.runIf(process.platform === "linux")("ends what an objective has started, and what it waits for", async () => {
    await using evaluator = await open();
    const task = contractTask("grandchild", 1, { timeout: 500 });
    expect(await evaluator.evaluate(task)).toMatchObject({ failure: { kind: "timeout" } });
    await until(() => !isAlive(task.reports[0]!.values["value"]!));
    const blocked = await open({ module: fixture("spawn-sync.mjs") });
    expect(await blocked.evaluate(contractTask("return", 1, { timeout: 300 }))).toMatchObject({
      failure: { kind: "timeout" },
    });
    await blocked[Symbol.asyncDispose]();
  });

  it.runIf(process.platform === "linux")("leaves nothing behind when the main process is killed", async () => {
    const driver = spawn(process.execPath, [fileURLToPath(fixture("worker-driver.mjs")), "grandchild", "threads"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let pid = 0;
    for await (const line of createInterface({ input: driver.stdout }))
      if (line.startsWith("grandchild")) {
        pid = Number(line.split(" ")[1]);
        break;
      }
    expect(isAlive(pid)).toBe(true);
    driver.kill("SIGKILL");
    await once(driver, "exit");
    await until(() => !isAlive(pid));
  });
});
