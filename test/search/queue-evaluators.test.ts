import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { EvaluatorDefinition } from "../../src/core/evaluator.ts";
import * as evaluators from "../../src/evaluators/index.ts";
import { readCsv } from "../../src/formats/csv.ts";
import { type Job, openQueue, type QueueOptions } from "../../src/index.ts";
import { contractObjective, type ContractParams } from "../../src/testing/contract-objective.ts";
import { contractWorkload, isAlive } from "../../src/testing/contract-task.ts";
import { until } from "./until.ts";

type Deed = ContractParams["do"];
const { module } = contractWorkload();
const configs = (n: number, deed: Deed): ContractParams[] => Array.from({ length: n }, (_, x) => ({ do: deed, x }));
const states = (jobs: readonly Job[]): string[] => jobs.map(({ failure, state }) => failure?.kind ?? state);

for (const definition of Object.values(evaluators) as readonly EvaluatorDefinition<{ workers?: number }>[])
  describe(`a queue on ${definition.info.name}`, () => {
    const open = (workers: number, options: QueueOptions<ContractParams, { value: number }> = {}) =>
      openQueue({
        objective: contractObjective as (params: ContractParams) => number,
        module: module!,
        evaluator: definition({ workers }),
        ...options,
      });

    it("gives each configuration its own result", async () => {
      await using queue = await open(2);
      queue.submit(configs(10, "return"));
      const jobs = await queue.gather("all");
      expect(jobs).toHaveLength(10);
      for (const { params, values, outcome } of jobs) {
        expect(values["value"]).toBe(params.x);
        expect(outcome).toEqual({ state: "complete", values: { value: { value: params.x } } });
      }
    });

    it("with one worker: a batch of one, then close; every job is in the table once", async () => {
      const queue = await open(1);
      queue.submit(configs(10, "sleep").map((config) => ({ ...config, x: config.x + 50 })));
      const gathered = await queue.gather("batch", 1);
      const cancelled = await queue.close();
      expect(gathered.length).toBeGreaterThanOrEqual(1);
      expect(cancelled.length).toBeGreaterThanOrEqual(1);
      expect(new Set(states(cancelled))).toEqual(new Set(["cancelled"]));
      expect([...gathered, ...(await queue.gather("all")), ...cancelled].map(({ number }) => number).sort()).toEqual(
        Array.from({ length: 10 }, (_, i) => i),
      );
      const path = await queue.dump(mkdtempSync(join(tmpdir(), "attune-queue-")));
      const [header, ...rows] = readCsv(readFileSync(path!, "utf8"));
      expect(rows.map((row) => Number(row[header!.indexOf("number")])).sort()).toEqual(
        Array.from({ length: 10 }, (_, i) => i),
      );
      expect(rows.filter((row) => row[header!.indexOf("state")] === "cancelled")).toHaveLength(cancelled.length);
    });

    it("refills its workers while the caller does something else", async () => {
      await using queue = await open(2);
      const jobs = queue.submit(configs(6, "sleep").map((config) => ({ ...config, x: 30 })));
      await until(() => jobs.every(({ state }) => state === "complete")); // and nobody gathers
      expect(await queue.gather("batch", 6)).toHaveLength(6);
    });

    it("takes every form of result, and makes data of every failure", async () => {
      await using queue = await open(2);
      const deeds: Deed[] = ["return", "named", "samples", "async", "throw", "nan", "wrong-names", "nothing", "text"];
      queue.submit(deeds.map((deed) => ({ do: deed, x: 0 })));
      const jobs = (await queue.gather("all")).sort((a, b) => a.number - b.number);
      expect(states(jobs)).toEqual([
        "complete",
        "complete",
        "complete",
        "complete",
        "error",
        "invalid",
        "invalid",
        "invalid",
        "error",
      ]);
      expect(jobs.map(({ values }) => values)).toEqual([
        { value: 0 },
        { value: 0, extra: 0 },
        { value: 0 },
        { value: 0 },
        {},
        {},
        {},
        {},
        {},
      ]);
    });

    it("hands every call what is fixed", async () => {
      await using queue = await openQueue({
        objective: contractObjective as (params: ContractParams) => number,
        module: module!,
        evaluator: definition({ workers: 1 }),
        fixed: { x: 12 },
      });
      queue.submit([{ do: "return" }]);
      expect(await queue.gather("all")).toMatchObject([{ params: { do: "return" }, values: { value: 12 } }]);
    });

    it("repeats what failed as its policy says", async () => {
      await using queue = await open(1, { evaluator: definition({ workers: 1, retry: { error: 2 } }) });
      queue.submit([{ do: "throw", x: 1 }]);
      expect(await queue.gather("all")).toMatchObject([{ state: "failed", attempt: 3 }]);
    });

    it("ends with its time limit, one record for each job", async () => {
      const queue = await open(2, { timeLimit: 1_000 });
      const jobs = queue.submit(configs(4, "hang"));
      const gathered = await queue.gather("all");
      expect(states(gathered)).toEqual(["cancelled", "cancelled", "cancelled", "cancelled"]);
      expect(gathered[0]).toMatchObject({ reason: "the time limit of 1000 ms is over" });
      expect(new Set(gathered)).toEqual(new Set(jobs));
      await queue.close();
    });

    if (definition.info.limits.includes("timeout"))
      it("ends a job at its limit, and runs the others", async () => {
        await using queue = await open(2, { timeout: 5_500 });
        queue.submit([{ do: "hang", x: 1 }, { do: "hang", x: 2 }, ...configs(4, "return")]);
        const jobs = await queue.gather("all");
        expect(states(jobs).sort()).toEqual(["complete", "complete", "complete", "complete", "timeout", "timeout"]);
      });

    const { isolates } = definition.info;
    if (isolates !== "nothing") {
      it("outlives workers that crash", async () => {
        await using queue = await open(2);
        const worst = isolates === "processes" ? "signal" : "exit";
        queue.submit([{ do: worst, x: 0 }, { do: "exit", x: 3 }, ...configs(4, "return")]);
        const jobs = (await queue.gather("all")).sort((a, b) => a.number - b.number);
        expect(states(jobs)).toEqual(["crash", "crash", "complete", "complete", "complete", "complete"]);
        queue.submit(configs(4, "return"));
        expect(states(await queue.gather("all"))).toEqual(["complete", "complete", "complete", "complete"]);
      });

      it("stops the work when it is closed, also what never yields", async () => {
        const queue = await open(2);
        queue.submit([{ do: "pid", x: 0 }]);
        const [{ values }] = (await queue.gather("all")) as [Job];
        queue.submit([...configs(2, "spin"), ...configs(2, "return")]);
        await until(() => queue.jobs.filter(({ state }) => state === "running").length === 2);
        expect(states(await queue.close())).toEqual(["cancelled", "cancelled", "cancelled", "cancelled"]);
        if (isolates === "processes") expect(isAlive(values["value"]!)).toBe(false);
      });
    }
  });
