import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { processes, type ProcessesOptions } from "../../src/evaluators/processes.ts";
import type { Evaluator, Workload } from "../../src/core/evaluator.ts";
import { realClock } from "../../src/system/clock.ts";
import type { ContractParams } from "../../src/testing/contract-objective.ts";
import { contractTask, contractWorkload, isAlive } from "../../src/testing/contract-task.ts";

const fixture = (name: string): string => new URL(`../fixtures/modules/${name}`, import.meta.url).href;
const open = (
  workload: Partial<Workload<ContractParams>> = {},
  options: ProcessesOptions = { workers: 1 },
): Promise<Evaluator<ContractParams>> =>
  processes(options).open<ContractParams>({ ...contractWorkload(), ...workload });

async function gone(pid: number): Promise<boolean> {
  for (let i = 0; i < 200 && isAlive(pid); i++) await realClock.sleep(10);
  return !isAlive(pid);
}

describe("processes", () => {
  it("refuses wrong options, and closures, before anything runs", async () => {
    expect(() => processes({ workers: 1.5 })).toThrow("Expected `workers` to be an integer ≥ 1, got 1.5");
    expect(() => processes({ argv: [] } as object)).toThrow("Unknown option `argv` of processes");
    const { objective, names } = contractWorkload();
    await expect(processes().open({ objective: objective!, names, log: () => {} })).rejects.toThrow(
      "Expected the objective for processes() to live in a module, got a closure: run the file with `attune run`, or pass `module`",
    );
  });

  it.each([
    ["throws.mjs", /Cannot load .*throws\.mjs.*: the module is broken/],
    ["no-search.mjs", /Expected .*no-search\.mjs to export a search: `export default defineSearch/],
    ["no-objective.mjs", /Expected the search in .*no-objective\.mjs to have an `objective` function/],
    ["exits.mjs", /exited with code 9 before it had loaded its module:\nno licence found/],
    ["missing.mjs", /Cannot find .*missing\.mjs/],
  ])("rejects when the module cannot be used: %s", async (name, message) => {
    await using evaluator = await open({ module: fixture(name) });
    const outcome = evaluator.evaluate(contractTask("return"));
    await expect(outcome).rejects.toThrow(message);
    await expect(outcome).rejects.toMatchObject({ code: "objective" });
  });

  it("rejects when its Node cannot be started", async () => {
    await using evaluator = await open({}, { workers: 1, execPath: "/no/such/node" });
    await expect(evaluator.evaluate(contractTask("return"))).rejects.toThrow(/Cannot start a worker: .*ENOENT/);
  });

  it("starts workers as it needs them, with their environment", async () => {
    const cwd = tmpdir();
    const options = { workers: 3, env: { EXTRA: "5", EXPECTED_CWD: cwd }, execArgv: ["--max-old-space-size=90"], cwd };
    await using evaluator = await open({ module: fixture("where.mjs") }, options);
    const first = contractTask("return");
    const values = { value: { value: 0 }, extra: { value: 5 }, flags: { value: 1 }, inside: { value: 1 } };
    expect(await evaluator.evaluate(first)).toEqual({ state: "complete", values });
    const tasks = [contractTask("return"), contractTask("return")];
    await Promise.all(tasks.map((task) => evaluator.evaluate(task)));
    expect(tasks.map(({ places }) => (places[0] as { worker: number }).worker)).toEqual([0, 1]);
    expect(tasks[0]!.places).toEqual(first.places);
  });

  it("keeps the end of stderr for failures, logs lines, and never takes stdout for the protocol", async () => {
    const lines: [string, number | undefined][] = [];
    await using evaluator = await open({ log: (line, trial) => lines.push([line, trial]) });
    await evaluator.evaluate(contractTask("stderr", 1));
    const task = contractTask("stderr", 2);
    const outcome = await evaluator.evaluate(task);
    expect(outcome).toMatchObject({ state: "failed", failure: { kind: "error", message: "after writing" } });
    const { stderr } = (outcome as { failure: { stderr: string } }).failure;
    expect(stderr).toMatch(/^[^]{4000,}\nlast words of 2\n$/);
    expect(Buffer.byteLength(stderr)).toBe(4096);
    expect(stderr).not.toContain("last words of 1");
    expect(lines).toContainEqual(["last words of 2", task.number]);
    expect(lines).toContainEqual([expect.stringContaining('"state":"pruned"'), task.number]);
    const quiet = await evaluator.evaluate(contractTask("throw"));
    expect(quiet).not.toHaveProperty("failure.stderr");
  });

  it("tells a lack of memory from other crashes", async () => {
    await using evaluator = await open({}, { workers: 1, execArgv: ["--max-old-space-size=40"] });
    expect(await evaluator.evaluate(contractTask("memory"))).toMatchObject({
      failure: { kind: "memory", message: "the worker process ran out of heap memory" },
    });
    expect(await evaluator.evaluate(contractTask("return", 4))).toMatchObject({ state: "complete" });
  });

  it("ends what an objective has started, even if it ignores SIGTERM", async () => {
    await using evaluator = await open();
    const task = contractTask("grandchild", 1, { timeout: 500 });
    expect(await evaluator.evaluate(task)).toMatchObject({ failure: { kind: "timeout" } });
    expect(await gone(task.reports[0]!.values["value"]!)).toBe(true);
  });

  it("ends a command that a worker runs in a process group of its own", async () => {
    const file = join(tmpdir(), `attune-test-${process.pid}`);
    await using evaluator = await open({ module: fixture("command-search.ts") });
    const task = { ...contractTask("return", 1, { timeout: 600 }), params: { file } as never };
    expect(await evaluator.evaluate(task)).toMatchObject({ failure: { kind: "timeout" } });
    expect(await gone(Number(await readFile(file, "utf8")))).toBe(true);
    await rm(file);
  });

  it("replaces a worker that breaks the protocol", async () => {
    await using evaluator = await open({ module: fixture("garbage.mjs") });
    expect(await evaluator.evaluate(contractTask("return", 0))).toMatchObject({
      failure: {
        kind: "crash",
        message: expect.stringContaining('not a message of a worker: {"type":"done"') as unknown,
      },
    });
    expect(await evaluator.evaluate(contractTask("return", 2))).toMatchObject({ state: "complete" });
  });

  it("cancels a trial that waits for its worker to start, and keeps the worker", async () => {
    await using evaluator = await open();
    const task = contractTask("return");
    const outcome = evaluator.evaluate(task);
    task.controller.abort("stopped");
    expect(await outcome).toEqual({ state: "cancelled", reason: "stopped" });
    expect(task.places).toEqual([]);
    expect(await evaluator.evaluate(contractTask("return", 2))).toMatchObject({ state: "complete" });
  });

  it.each(["spin", "grandchild"])("leaves nothing behind when the main process is killed: %s", async (deed) => {
    const driver = spawn(process.execPath, [fileURLToPath(fixture("worker-driver.mjs")), deed], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const pids: number[] = [];
    for await (const line of createInterface({ input: driver.stdout })) {
      pids.push(Number(line.split(" ")[1]));
      if (pids.length === (deed === "spin" ? 1 : 2)) break;
    }
    expect(pids.every(isAlive)).toBe(true);
    driver.kill("SIGKILL");
    await once(driver, "exit");
    for (const pid of pids) expect(await gone(pid)).toBe(true);
  });
});
