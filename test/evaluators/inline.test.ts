import { describe, expect, it, vi } from "vitest";
import type { ObjectiveFunction } from "../../src/core/evaluator.ts";
import type { Evaluator } from "../../src/core/evaluator.ts";
import { AttemptFailed } from "../../src/core/attempt-failed.ts";
import { TrialPruned } from "../../src/core/pruned.ts";
import { inline } from "../../src/evaluators/inline.ts";
import type { ContractParams } from "../../src/testing/contract-objective.ts";
import { contractTask } from "../../src/testing/contract-task.ts";
import { realClock } from "../../src/system/clock.ts";

const open = (
  objective: ObjectiveFunction<ContractParams>,
  workers: number = 1,
  log: (line: string) => void = () => {},
): Promise<Evaluator<ContractParams>> =>
  inline({ workers }).open<ContractParams>({ objective, names: ["value"], limited: ["rss"], log });

describe("inline", () => {
  it("refuses wrong options before anything runs", async () => {
    expect(() => inline({ workers: 0 })).toThrow("Expected `workers` to be an integer ≥ 1, got 0");
    expect(() => inline({ worker: 2 } as object)).toThrow("Unknown option `worker` of inline. Did you mean `workers`?");
    await expect(inline().open({ names: ["value"], log: () => {} })).rejects.toThrow(/objective function/);
  });

  it("holds the worker of an objective that ignores its signal until it settles", async () => {
    let settle = (): void => {};
    const stuck = new Promise<number>((resolve) => {
      settle = () => resolve(1);
    });
    const lines: string[] = [];
    const evaluator = await open(
      (params) => (params.do === "hang" ? stuck : { value: 1, rss: 1 }),
      2,
      (line) => lines.push(line),
    );
    let changes = 0;
    evaluator.watch!(() => changes++);
    const outcome = await evaluator.evaluate(contractTask("hang", 1, { timeout: 30 }));
    expect(outcome).toMatchObject({ failure: { kind: "timeout", message: "took longer than 30 ms" } });
    expect([evaluator.concurrency, changes]).toEqual([1, 1]);
    await vi.waitFor(
      () => expect(lines).toEqual([expect.stringContaining("goes on after its signal aborted")]),
      10_000,
    );
    settle();
    await stuck;
    await Promise.resolve();
    expect(await evaluator.evaluate(contractTask("return"))).toMatchObject({ state: "complete" });
    expect([evaluator.concurrency, changes]).toEqual([2, 2]);
    await evaluator[Symbol.asyncDispose]();
  });

  it("minds the signal and the limit of a task no longer than that runs: others may have the same signal", async () => {
    const signals: AbortSignal[] = [];
    const evaluator = await open(async ({ x }, { signal }) => (signals.push(signal), x));
    const task = contractTask("return", 1, { timeout: 50 });
    await evaluator.evaluate(task);
    await realClock.sleep(150);
    task.controller.abort("stopped");
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await evaluator[Symbol.asyncDispose]();
  });

  it("lets a trial wait while every worker is held", async () => {
    let settle = (): void => {};
    const stuck = new Promise<number>((resolve) => {
      settle = () => resolve(1);
    });
    const evaluator = await open((params) => (params.do === "hang" ? stuck : { value: 1, rss: 1 }));
    await evaluator.evaluate(contractTask("hang", 1, { timeout: 10 }));
    const waiting = evaluator.evaluate(contractTask("return"));
    const stopped = contractTask("return");
    const cancelled = evaluator.evaluate(stopped);
    stopped.controller.abort("stopped");
    expect(await cancelled).toEqual({ state: "cancelled", reason: "stopped" });
    settle();
    expect(await waiting).toMatchObject({ state: "complete" });
    await evaluator[Symbol.asyncDispose]();
  });

  it("calls a synchronous objective that took too long a timeout, and says once that it cannot be ended", async () => {
    const lines: string[] = [];
    const evaluator = await open(
      (params) => {
        const until = performance.now() + 20;
        while (performance.now() < until);
        return params.do === "async" ? new Promise(() => {}) : { value: 1, rss: 1 };
      },
      2,
      (line) => lines.push(line),
    );
    for (const deed of ["return", "return", "async"] as const)
      expect(await evaluator.evaluate(contractTask(deed, 1, { timeout: 5 }))).toMatchObject({
        failure: { kind: "timeout", message: "took longer than 5 ms" },
      });
    expect(lines).toEqual([
      expect.stringMatching(/beyond its limit of 5 ms without waiting for anything: inline\(\) cannot end/),
    ]);
    expect(evaluator.concurrency).toBe(1);
  });

  it.each([
    ["", '""'],
    [undefined, "undefined"],
  ])("fails an attempt that names no phase: %j", async (phase, shown) => {
    const evaluator = await open((_, trial) => trial.exclusive(phase as string, () => 1));
    expect(await evaluator.evaluate(contractTask("return"))).toMatchObject({
      failure: { kind: "error", message: `Expected the phase of exclusive() to be a text, got ${shown}` },
    });
  });

  it("runs no more at a time than it has workers, and numbers them", async () => {
    let [running, most] = [0, 0];
    const evaluator = await open(async (_, trial) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
      return { value: trial.worker, rss: 1 };
    }, 2);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => evaluator.evaluate(contractTask("return"))));
    expect(most).toBe(2);
    const workers = outcomes.map((outcome) => (outcome as { values?: object }).values);
    expect(new Set(workers.map((values) => JSON.stringify(values)))).toEqual(
      new Set(['{"value":{"value":0},"rss":{"value":1}}', '{"value":{"value":1},"rss":{"value":1}}']),
    );
  });

  it("aborts the objective's signal with a reason", async () => {
    let reason: unknown;
    const evaluator = await open(async (_, trial) => {
      await new Promise((resolve) => trial.signal.addEventListener("abort", resolve));
      reason = trial.signal.reason;
      trial.signal.throwIfAborted();
    });
    expect(await evaluator.evaluate(contractTask("hang", 1, { timeout: 10 }))).toMatchObject({
      failure: { kind: "timeout" },
    });
    expect(reason).toMatchObject({ name: "AbortError", message: "took longer than 10 ms" });
  });

  it("takes a failure, a pruning and a report out of the trial as they are", async () => {
    const failing = await open(() => {
      throw new AttemptFailed({ kind: "memory", message: "too big", exitCode: 137, stderr: "oops" });
    });
    expect(await failing.evaluate(contractTask("return"))).toEqual({
      state: "failed",
      failure: { kind: "memory", message: "too big", exitCode: 137, stderr: "oops" },
    });
    const pruning = await open(() => Promise.reject(new TrialPruned()));
    expect(await pruning.evaluate(contractTask("return"))).toEqual({ state: "pruned" });
    const taking = await open(async (params, { report }) => {
      await report(0.5, params.x);
      return { value: 1, rss: 1 };
    });
    const task = contractTask("report", 4);
    await taking.evaluate(task);
    expect(task.reports).toEqual([{ step: 0.5, values: { value: 4 } }]);
  });

  it("aborts the signal of a trial that is pruned, also when the objective goes on", async () => {
    let aborted = false;
    const evaluator = await open(async (_, trial) => {
      await trial.report(1, 1).catch(() => {});
      aborted = trial.signal.aborted;
      return { value: 1, rss: 1 };
    });
    expect(await evaluator.evaluate(contractTask("report", 1, { verdict: "prune" }))).toEqual({ state: "pruned" });
    expect(aborted).toBe(true);
  });

  it("needs the names of limits as well", async () => {
    const evaluator = await open(() => 3);
    expect(await evaluator.evaluate(contractTask("return"))).toMatchObject({
      failure: { kind: "invalid", message: "Expected the objective to return `rss`, got `value`" },
    });
  });
});
