import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { choice, float } from "../../src/space/index.ts";
import { attempt } from "../../src/evaluators/custom.ts";
import type { Evaluator } from "../../src/core/evaluator.ts";
import { inline, processes } from "../../src/evaluators/index.ts";
import { worker, type WorkerOptions } from "../../src/evaluators/worker.ts";
import { defineSearch } from "../../src/search/search.ts";
import { contractTask } from "../../src/testing/contract-task.ts";
import { complete, expectFailure } from "../../src/testing/evaluator-subject.ts";

const rogue = fileURLToPath(new URL("../fixtures/programs/rogue.mjs", import.meta.url));
const rogueWorker = (deed: string, options?: WorkerOptions): ReturnType<typeof worker> =>
  worker([process.execPath, rogue, deed], options);

describe("worker()", () => {
  const open = async (deed: string, options?: WorkerOptions): Promise<{ evaluator: Evaluator; lines: string[] }> => {
    const lines: string[] = [];
    const log = (line: string): void => void lines.push(line);
    const objective = rogueWorker(deed, options);
    return { evaluator: await processes({ workers: 1 }).open({ objective, names: ["value"], log }), lines };
  };

  it.each([
    ["greets", undefined, "evaluator", /^A worker broke the protocol: Unexpected token .*hello/],
    ["silent", { startLimit: 300 }, "objective", /^A worker was not ready within 300 ms$/],
    ["dies", undefined, "objective", /^The worker process exited with code 3 before it was ready:\nno licence found$/],
    ["modern", undefined, "evaluator", /^The worker speaks protocol 2, attune 1$/],
  ])("ends with a clear error when the program %s in the handshake", async (deed, options, code, message) => {
    const { evaluator } = await open(deed, options);
    const outcome = evaluator.evaluate(contractTask("return"));
    await expect(outcome).rejects.toThrow(message);
    await expect(outcome).rejects.toMatchObject({ code });
    await evaluator[Symbol.asyncDispose]();
  });

  it.each([
    ["garbage", "crash", /^the worker broke the protocol: Unexpected token .*time: 3/],
    ["torn", "timeout", /^took longer than 300 ms$/],
    ["odd", "crash", /^the worker broke the protocol: not a message of a worker: .*splendid/],
    ["other", "crash", /^the worker broke the protocol: it answered for trial \d+, which it does not run$/],
    ["ignores", "timeout", /^took longer than 300 ms$/],
    ["leaves", "crash", /^the worker process exited with code 0$/],
  ] as const)(
    "records a failure when the program's answer is wrong (%s), and goes on with another",
    async (deed, kind, message) => {
      const { evaluator } = await open(deed);
      expect(await evaluator.evaluate(contractTask("return", 0))).toEqual(complete(0));
      const limited = kind === "timeout" ? { timeout: 300 } : {};
      expectFailure(await evaluator.evaluate(contractTask("return", 2, limited)), kind, message);
      expect(await evaluator.evaluate(contractTask("return", 0))).toEqual(complete(0));
      await evaluator[Symbol.asyncDispose]();
    },
  );

  it("takes the first of two answers, says so, and replaces the program", async () => {
    const { evaluator, lines } = await open("twice");
    const [first, second] = [contractTask("return", 2), contractTask("return", 3)];
    expect(await evaluator.evaluate(first)).toEqual(complete(2));
    expect(await evaluator.evaluate(second)).toEqual(complete(3));
    expect(lines).toContain(
      `a worker broke the protocol and is replaced: it answered for trial ${first.number}, which it does not run`,
    );
    expect(first.places).not.toEqual(second.places);
    await evaluator[Symbol.asyncDispose]();
  });

  it("refuses what is reported of a trial that the program does not run", async () => {
    const { evaluator } = await open("reports");
    const task = contractTask("return", 2);
    expect(await evaluator.evaluate(task)).toEqual(complete(1));
    expect(task.reports).toEqual([]);
    await evaluator[Symbol.asyncDispose]();
  });

  it("loses no trial of a search, whatever the program does", async () => {
    const result = await defineSearch({
      space: { x: choice([0, 1]), noise: float(0, 1) },
      objective: rogueWorker("garbage"),
      evaluator: processes({ workers: 2 }),
      sampler: "random",
      seed: 1,
      trials: 12,
    }).start();
    const states = result.trials.map(({ state, params }) => [state, params.x]);
    expect(new Set(states.map(String))).toEqual(new Set(["complete,0", "failed,1"]));
    expect(states).toHaveLength(12);
  });

  it("says that a program is not there, or its directory", async () => {
    const start = async (objective: ReturnType<typeof worker>): Promise<unknown> => {
      await using evaluator = await inline().open({ objective, names: ["value"], log: () => {} });
      return await evaluator.evaluate(contractTask("return"));
    };
    await expect(start(worker(["/no/such/program"]))).rejects.toThrow(
      "Cannot start a worker: cannot run `/no/such/program`: not found (ENOENT)",
    );
    await expect(start(worker(["true"], { cwd: "/no/such/place" }))).rejects.toThrow(
      "there is no directory /no/such/place (ENOENT)",
    );
  });

  it("refuses what is no program, or no option, before anything runs", () => {
    expect(() => worker([] as never)).toThrow(
      'Expected worker() to be given a list of texts such as ["./bench-server"], got []',
    );
    expect(() => worker("./prog" as never)).toThrow("Expected worker() to be given a list of texts");
    expect(() => worker([""])).toThrow('Expected the program of worker() to have a name, got ""');
    expect(() => worker(["p"], { shell: true } as object)).toThrow("Unknown option `shell` of worker");
    expect(() => worker(["p"], { cwd: "" })).toThrow('Expected `worker.cwd` to be a path, got ""');
    expect(() => worker(["p"], { env: { A: 1 } as never })).toThrow("Expected `worker.env` to be an object of texts");
    expect(() => worker(["p"], { startLimit: 0 })).toThrow("Expected `worker.startLimit` to be a number > 0, got 0");
  });

  it("has a JSON form, and is given the environment and directory of its options over the evaluator's", async () => {
    const script =
      'read hello; echo \'{"type":"ready","version":1}\'; read run; ' +
      'echo "{\\"type\\":\\"returned\\",\\"number\\":1,\\"value\\":{\\"value\\":$A,\\"b\\":$B,\\"in\\":${#PWD}}}"; read end';
    const objective = worker(["sh", "-c", script], { env: { A: "5" } });
    expect(objective.toJSON()).toEqual({ worker: ["sh", "-c", script], env: { A: "5" } });
    const around = processes({ workers: 1, cwd: "/", env: { A: "1", B: "2" } });
    await using evaluator = await around.open({ objective, names: ["value"], log: () => {} });
    expect(await evaluator.evaluate({ ...contractTask("return"), number: 1 })).toMatchObject({
      values: { value: { value: 5 }, b: { value: 2 }, in: { value: 1 } },
    });
    const elsewhere = worker(["sh", "-c", script], { env: { A: "5" }, cwd: "/usr" });
    await using placed = await around.open({ objective: elsewhere, names: ["value"], log: () => {} });
    expect(await placed.evaluate({ ...contractTask("return"), number: 1 })).toMatchObject({
      values: { in: { value: 4 } },
    });
  });

  it("is an objective for evaluators of one's own, which get a process for each call", async () => {
    const lines: string[] = [];
    const log = (line: string): void => void lines.push(line);
    const workload = { objective: rogueWorker("ignores"), names: ["value"], log };
    expect(await attempt(contractTask("return", 0), workload)).toEqual(complete(0));
    const hanging = contractTask("return", 1);
    const outcome = attempt(hanging, workload);
    hanging.controller.abort("stopped");
    expect(await outcome).toEqual({ state: "cancelled", reason: "stopped" });
    const asking = { ...workload, objective: rogueWorker("asks") };
    expect(await attempt(contractTask("return", 1, { verdict: "prune" }), asking)).toEqual({ state: "pruned" });
    expect(lines).toEqual(["told prune"]);
    const busy = { ...workload, objective: rogueWorker("busy") };
    expect(await attempt(contractTask("return", 1), busy)).toEqual({ state: "later", after: 5, reason: "busy" });
    const failing = { ...workload, objective: rogueWorker("garbage") };
    expectFailure(await attempt(contractTask("return", 1), failing), "crash", /broke the protocol/);
  });
});
