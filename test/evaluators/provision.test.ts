import { describe, expect, it } from "vitest";
import { attemptPolicy } from "../../src/core/attempt-policy.ts";
import type { Evaluator } from "../../src/core/evaluator.ts";
import { provide } from "../../src/evaluators/provision.ts";
import { bareTask, provided } from "./provided.ts";

describe("provide", () => {
  it("hands the task on with a directory and leases, and the outcome back", async () => {
    const task = bareTask(4, { attempt: 2, params: { x: 1 }, timeout: 50 });
    const { evaluator } = provided({ resources: { port: [8080] } }, async (given) => {
      expect(given).toMatchObject({ number: 4, attempt: 2, params: { x: 1 }, timeout: 50, leases: { port: ["8080"] } });
      expect(given.signal).toBe(task.signal);
      expect(given.dir).toMatch(/[/\\]4\.2$/);
      return { state: "complete", values: { y: { value: 1 } } };
    });
    expect(await evaluator.evaluate(task)).toEqual({ state: "complete", values: { y: { value: 1 } } });
    await evaluator[Symbol.asyncDispose]();
  });

  it("runs at a time what the evaluator and the tokens allow, and follows the evaluator", async () => {
    const told: (() => void)[] = [];
    let concurrency = 2;
    let disposed = 0;
    const inner: Evaluator = {
      get concurrency() {
        return concurrency;
      },
      evaluate: async () => ({ state: "pruned" }),
      watch: (changed) => void told.push(changed),
      async [Symbol.asyncDispose]() {
        disposed++;
      },
    };
    const evaluator = provide(inner, attemptPolicy({ resources: { gpu: { tokens: 7, each: 2 } } }));
    let changes = 0;
    evaluator.watch?.(() => changes++);
    expect(evaluator.concurrency).toBe(2);
    concurrency = 100;
    told[0]!();
    expect([evaluator.concurrency, changes]).toEqual([3, 1]);
    await evaluator[Symbol.asyncDispose]();
    expect(disposed).toBe(1);
    const free = provide(inner, attemptPolicy({}));
    expect(free.concurrency).toBe(100);
    await free[Symbol.asyncDispose]();
  });
});
