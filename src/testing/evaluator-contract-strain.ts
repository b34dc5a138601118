import { expect, it } from "vitest";
import { complete, expectFailure, type Subject } from "./evaluator-subject.ts";
import { contractTask } from "./contract-task.ts";

/** Milliseconds for which trials are poured through an evaluator; those that start a process for each run fewer. */
const POURING = 5_000;

/** What an evaluator must bear: much data, many trials, much output, and those that use more than they may. */
export function strainContract<O extends object>(subject: Subject<O>): void {
  const { info } = subject;

  it("carries large parameters and values", async () => {
    const text = "é€\n".repeat(350_000);
    const outcome = await subject.run("large", 9_999, { text });
    expect(outcome).toMatchObject({ state: "complete", values: { value: { value: text.length } } });
    const { values } = outcome as { values: Record<string, { value: number }> };
    expect(Object.keys(values)).toHaveLength(10_000);
    expect(values["a name of some length, number 9998"]).toEqual({ value: 9_998.25 });
  });

  it("runs many trials, more than it has workers for at a time", async () => {
    const end = performance.now() + POURING;
    for (let x = 0; x < 500 && performance.now() < end; x += 20) {
      const xs = Array.from({ length: 20 }, (_, i) => x + i);
      expect(await Promise.all(xs.map((each) => subject.run("return", each)))).toEqual(xs.map(complete));
    }
  });

  it("cancels a trial that waits for a worker, at once", async () => {
    const holding = [contractTask("hang"), contractTask("hang")];
    const held = holding.map((task) => subject.evaluator.evaluate(task));
    const waiting = contractTask("return");
    const outcome = subject.evaluator.evaluate(waiting);
    waiting.controller.abort("not needed");
    expect(await outcome).toEqual({ state: "cancelled", reason: "not needed" });
    for (const task of holding) task.controller.abort("stopped");
    for (const each of await Promise.all(held)) expect(each).toEqual({ state: "cancelled", reason: "stopped" });
  });

  if (info.isolates !== "nothing")
    it("goes on while a trial floods its output", async () => {
      const flood = contractTask("flood", 20);
      const outcomes = await Promise.all([subject.evaluator.evaluate(flood), subject.run("return", 2)]);
      expect(outcomes).toEqual([complete(20), complete(2)]);
      const lines = 1_000 * Math.ceil(20e6 / (1_000 * 121));
      const found = await subject.linesOf(flood.number, lines);
      expect(found).toHaveLength(lines);
      expect(new Set(found)).toEqual(new Set(["flood ".repeat(20)]));
      await subject.works();
    });

  if (info.limits.includes("memory"))
    it("ends what holds more memory than it may", async () => {
      await using evaluator = await subject.open(1, undefined, { memory: 400e6 });
      const outcome = await evaluator.evaluate(contractTask("allocate", 2_000));
      expectFailure(outcome, "memory", /400/);
      expect(await evaluator.evaluate(contractTask("return", 3))).toEqual(complete(3));
    });

  if (info.limits.includes("cpuSeconds"))
    it("ends what uses more processor time than it may", async () => {
      await using evaluator = await subject.open(1, undefined, { cpuSeconds: 0.5 });
      const outcome = await evaluator.evaluate(contractTask("spin"));
      expectFailure(outcome, "timeout", /^used .* s of processor time, more than the limit of 0\.5 s$/);
      expect(await evaluator.evaluate(contractTask("sleep", 700))).toEqual(complete(700));
    });
}
