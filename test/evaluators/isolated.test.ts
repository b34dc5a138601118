import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Outcome } from "../../src/core/outcome.ts";
import { isolated } from "../../src/evaluators/isolated.ts";
import { contractTask, contractWorkload, isAlive, until } from "../../src/testing/contract-task.ts";

const fixture = (name: string): string => new URL(`../fixtures/modules/${name}`, import.meta.url).href;
const valueOf = (outcome: Outcome): number =>
  (outcome as unknown as { values: { value: { value: number } } }).values.value.value;

/** The children of this process that run. */
function children(): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => {
      try {
        const [state, parent] = readFileSync(`/proc/${pid}/stat`, "latin1")
          .replace(/^.*\) /s, "")
          .split(" ");
        return Number(parent) === process.pid && state !== "Z" && readFileSync(`/proc/${pid}/cmdline`).includes("jiti");
      } catch {
        return false;
      }
    });
}

describe("isolated", () => {
  it("refuses wrong options", () => {
    expect(() => isolated({ workers: 0 })).toThrow("Expected `workers` to be an integer ≥ 1, got 0");
    expect(() => isolated({ spare: 1 } as object)).toThrow("Unknown option `spare` of isolated");
  });

  it("gives every attempt a process of its own, on the same few places, and ends each", async () => {
    await using evaluator = await isolated({ workers: 2 }).open(contractWorkload());
    const tasks = Array.from({ length: 6 }, () => contractTask("pid"));
    const pids = (await Promise.all(tasks.map((task) => evaluator.evaluate(task)))).map(valueOf);
    expect(new Set(pids).size).toBe(6);
    const places = tasks.map(({ places }) => places[0] as { worker: number; pid: number });
    expect(places.map(({ pid }) => pid)).toEqual(pids);
    expect([...new Set(places.map(({ worker }) => worker))].sort()).toEqual([0, 1]);
    for (const pid of pids) await until(() => !isAlive(pid));
  });

  it("starts no process before its attempt", async () => {
    await using evaluator = await isolated({ workers: 2 }).open(contractWorkload());
    if (process.platform === "linux") expect(children()).toEqual([]);
    expect(await evaluator.evaluate(contractTask("return", 2))).toMatchObject({ state: "complete" });
    if (process.platform === "linux") await until(() => children().length === 0);
  });

  it("does not blame an attempt for how its process ends", async () => {
    const lines: string[] = [];
    const workload = { ...contractWorkload(1, (line) => lines.push(line)), module: fixture("ends-badly.mjs") };
    const evaluator = await isolated().open(workload);
    const outcomes = [
      await evaluator.evaluate(contractTask("return", 1)),
      await evaluator.evaluate(contractTask("return", 2)),
    ];
    expect(outcomes.map(valueOf)).toEqual([1, 2]);
    await evaluator[Symbol.asyncDispose]();
    expect(lines.filter((line) => line.startsWith("the end"))).toEqual(["the end of 1", "the end of 2"]);
  });
});
