import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { command } from "../../src/evaluators/command.ts";
import type { ProcessesOptions } from "../../src/evaluators/process-options.ts";
import { processes } from "../../src/evaluators/processes.ts";
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
    ["exits.mjs", /exited with code 9 before it was ready:\nno licence found/],
    ["missing.mjs", /Cannot find .*missing\.mjs/],
  ])("rejects when the module cannot be used: %s", async (name, message) => {
    await using evaluator = await open({ module: fixture(name) });
    const outcome = evaluator.evaluate(contractTask("return"));
    await expect(outcome).rejects.toThrow(message);
    await expect(outcome).rejects.toMatchObject({ code: "objective" });
  });

  it("takes a worker that was killed while it loaded for lost, and starts another", async () => {
    const directory = await mkdtemp(join(tmpdir(), "attune-killed-"));
    const env = { KILLED: join(directory, "killed") };
    await using evaluator = await open({ module: fixture("killed-while-loading.mjs") }, { workers: 1, env });
    const message = expect.stringMatching(/SIGKILL before it was ready/) as unknown;
    expect(await evaluator.evaluate(contractTask("return", 3))).toMatchObject({ failure: { kind: "lost", message } });
    expect(await evaluator.evaluate(contractTask("return", 4))).toMatchObject({ state: "complete" });
    await rm(directory, { recursive: true });
  });

  it("rejects when its Node cannot be started", async () => {
    await using evaluator = await open({}, { workers: 1, execPath: "/no/such/node" });
    await expect(evaluator.evaluate(contractTask("return"))).rejects.toThrow(
      "Cannot start a worker: cannot run `/no/such/node`: not found (ENOENT)",
    );
  });

  it("blames the directory that is missing, not its Node", async () => {
    await using evaluator = await open({}, { workers: 1, cwd: "/no/such/directory" });
    await expect(evaluator.evaluate(contractTask("return"))).rejects.toThrow(
      `Cannot start a worker: cannot run \`${process.execPath}\`: there is no directory /no/such/directory (ENOENT)`,
    );
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

  it("takes limits that are numbers above 0", () => {
    expect(() => processes({ memory: 0 })).toThrow("Expected `memory` to be a finite number ≥ 1, got 0");
    expect(() => processes({ cpuSeconds: 0 })).toThrow("Expected `cpuSeconds` to be a number > 0, got 0");
    expect(() => processes({ execArgv: "--x" as never })).toThrow(
      'Expected `execArgv` to be a list of texts, got "--x"',
    );
  });

  it("runs a module that exports a function, and a command without any module", async () => {
    await using evaluator = await open({ module: fixture("function.mjs") });
    const task = contractTask("return", 4, { attempt: 2 });
    expect(await evaluator.evaluate(task)).toEqual({
      state: "complete",
      values: { value: { value: 5 }, attempt: { value: 2 } },
    });
    const objective = command(["sh", "-c", "echo ms=$0", "{x}"], { values: { value: /ms=([0-9]+)/ } });
    const { names, log } = contractWorkload();
    await using commands = await processes({ workers: 1 }).open<ContractParams>({ objective, names, log });
    expect(await commands.evaluate(contractTask("return", 7))).toMatchObject({ values: { value: { value: 7 } } });
  });

  it.each(["its Node", "its module"])("loses only the attempt when a worker cannot be replaced: %s", async (what) => {
    const folder = await mkdtemp(join(tmpdir(), "attune-test-"));
    const [execPath, vanished, away] = ["node", "vanished", "away"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await symlink(process.execPath, execPath);
    const options = { workers: 1, execPath, env: { VANISHED: vanished } };
    await using evaluator = await open({ module: fixture("function.mjs") }, options);
    expect(await evaluator.evaluate(contractTask("return", -1))).toMatchObject({ failure: { exitCode: 5 } });
    if (what === "its Node") await rename(execPath, away);
    else await writeFile(vanished, "");
    expect(await evaluator.evaluate(contractTask("return", 1))).toMatchObject({
      state: "failed",
      failure: {
        kind: "lost",
        message: expect.stringMatching(/^Cannot start a worker: .*ENOENT|the licence server is gone/) as unknown,
      },
    });
    if (what === "its Node") await rename(away, execPath);
    else await rm(vanished);
    expect(await evaluator.evaluate(contractTask("return", 1))).toMatchObject({ state: "complete" });
    await rm(folder, { recursive: true });
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

  it.runIf(process.platform === "linux")("lets a flood of logged lines fill no memory", async () => {
    let [lines, strange] = [0, 0];
    const log = (line: string, trial?: number): void => {
      lines++;
      if (trial !== task.number || line.length !== 1_000) strange++;
    };
    await using evaluator = await open({ module: fixture("log-flood.mjs"), log }, { workers: 1, memory: 400e6 });
    const task = contractTask("return", 500_000);
    expect(await evaluator.evaluate(task)).toMatchObject({ state: "complete" });
    await expect.poll(() => lines, { timeout: 30_000 }).toBe(500_000);
    expect(strange).toBe(0);
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
