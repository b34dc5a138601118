import { describe, expect, it } from "vitest";
import type { EvaluatorDefinition } from "../core/evaluator.ts";
import type { Outcome } from "../core/outcome.ts";
import { realClock } from "../system/clock.ts";
import { contractTask, isAlive } from "./contract-task.ts";
import { measuringContract } from "./evaluator-contract-measuring.ts";
import { strainContract } from "./evaluator-contract-strain.ts";
import { trialContract } from "./evaluator-contract-trial.ts";
import { complete, expectFailure, placed, Subject } from "./evaluator-subject.ts";

/**
 * What every evaluator must do, as a vitest suite. What only some can do is asked of `info`: those that isolate must
 * survive what they say they do, and those that keep a limit must keep it.
 */
export function evaluatorContract<O extends object>(definition: EvaluatorDefinition<O>, options?: O): void {
  const { info } = definition;

  describe(`the evaluator ${info.name}`, () => {
    const subject = new Subject<O>(definition, options);
    const run = subject.run.bind(subject);

    it("says what it is", () => {
      expect(info.name).toMatch(/^[a-z][A-Za-z]*$/);
      expect(info.summary).not.toBe("");
    });

    trialContract(subject);
    strainContract(subject);
    measuringContract(subject);

    it("gives every task its own outcome", async () => {
      expect(subject.evaluator.concurrency).toBe(2);
      const xs = Array.from({ length: 20 }, (_, i) => i);
      const outcomes = await Promise.all(xs.map((x) => run(x % 2 ? "return" : "sleep", x)));
      expect(outcomes).toEqual(xs.map(complete));
    });

    it("takes samples, names, standard errors and further names", async () => {
      expect(await run("samples", 3)).toMatchObject({ values: { value: { value: 3, samples: 3 } } });
      expect(await run("named", 3)).toEqual({
        state: "complete",
        values: { value: { value: 3 }, extra: { value: 6 } },
      });
      expect(await run("async", 3)).toEqual({ state: "complete", values: { value: { value: 3, stderr: 0.5 } } });
    });

    it("tells the objective which trial it is, and the task where it runs", async () => {
      const task = contractTask("context", 0, { attempt: 2, baseline: true, seed: 4_294_967_295 });
      const outcome = await subject.evaluator.evaluate(task);
      const values = { value: task.number, attempt: 2, baseline: 1, seed: 4_294_967_295, names: 1 };
      expect(outcome).toEqual({
        state: "complete",
        values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])),
      });
      expect(task.places).toHaveLength(1);
    });

    it("makes data of what goes wrong, and goes on", async () => {
      const thrown = await run("throw", 4);
      expectFailure(thrown, "error", /^thrown for 4 \(E_CONTRACT\)$/);
      expect(thrown).toMatchObject({ failure: { stack: expect.stringContaining("contract-objective") as unknown } });
      expectFailure(await run("text"), "error", /^a text$/);
      expectFailure(await run("nan"), "invalid", /`value`.*finite number, got NaN/);
      expectFailure(await run("wrong-names"), "invalid", /return `value`, got `velue`/);
      expectFailure(await run("nothing"), "invalid", /got undefined/);
      await subject.works();
    });

    it("passes reports on, and waits for the verdict", async () => {
      const task = contractTask("report", 3);
      expect(await subject.evaluator.evaluate(task)).toEqual(complete(3));
      expect(task.reports).toEqual([
        { step: 1, values: { value: 3 } },
        { step: 2, values: { value: 4, extra: 7 } },
      ]);
    });

    it("unwinds a trial that is to be pruned", async () => {
      const task = contractTask("report", 3, { verdict: "prune" });
      expect(await subject.evaluator.evaluate(task)).toEqual({ state: "pruned" });
      expect(task.reports).toHaveLength(1);
    });

    it("prunes a trial that forgot to await its report, and lives", async () => {
      expect(await run("forgotten-report", 3, { verdict: "prune" })).toEqual({ state: "pruned" });
      const refusing = contractTask("forgotten-report", 3, { report: () => Promise.reject(new Error("refused")) });
      expect(await subject.evaluator.evaluate(refusing)).toEqual(complete(3));
      expectFailure(await run("report-nan"), "invalid", /report of `value`.*finite number, got NaN/);
      await subject.works();
    });

    it("hands an objective the refusal of its report", async () => {
      const task = contractTask("report", 3, { report: () => Promise.reject(new Error("no such trial")) });
      expectFailure(await subject.evaluator.evaluate(task), "error", /no such trial/);
    });

    it("cancels a trial whose signal aborts", async () => {
      const task = contractTask("hang");
      const outcome = subject.evaluator.evaluate(task);
      await placed(task);
      task.controller.abort("stopped");
      expect(await outcome).toEqual({ state: "cancelled", reason: "stopped" });
      const late = contractTask("return");
      late.controller.abort({ state: "failed", failure: { kind: "lost", message: "gone" } });
      expectFailure(await subject.evaluator.evaluate(late), "lost", /gone/);
      await subject.works();
    });

    if (info.limits.includes("timeout"))
      it("ends what takes too long", async () => {
        expectFailure(await run("hang", 1, { timeout: 150 }), "timeout", /^took longer than 150 ms$/);
        expect(await run("sleep", 1, { timeout: 30_000 })).toEqual(complete(1));
        await subject.works();
      });

    if (info.isolates !== "nothing") {
      it("survives an objective that exits or leaves a rejection", async () => {
        const outcomes = await Promise.all([run("exit", 3), run("rejection"), run("return", 9)]);
        expectFailure(outcomes[0], "crash", /exited with code 3/);
        expect(outcomes[0]).toMatchObject({ failure: { exitCode: 3 } });
        expectFailure(outcomes[1], "error", /nobody caught this/);
        expect(outcomes[2]).toEqual(complete(9));
        await subject.works();
      });

      it("ends an objective that never yields, at its limit or when it is cancelled", async () => {
        const cancelled = contractTask("spin");
        const outcomes = Promise.all([run("spin", 1, { timeout: 150 }), subject.evaluator.evaluate(cancelled)]);
        await placed(cancelled);
        cancelled.controller.abort("stopped");
        const [late, stopped] = await outcomes;
        expectFailure(late, "timeout", /took longer than 150 ms/);
        expect(stopped).toEqual({ state: "cancelled", reason: "stopped" });
        await subject.works();
      });
    }

    if (info.isolates === "processes")
      it("survives an objective that is killed", async () => {
        const outcomes = await Promise.all([run("signal"), run("return", 9)]);
        expectFailure(outcomes[0], "crash", /SIGKILL/);
        expect(outcomes[0]).toMatchObject({ failure: { signal: "SIGKILL" } });
        expect(outcomes[1]).toEqual(complete(9));
        await subject.works();
      });

    it("runs no more than it says at once", async () => {
      let [running, most] = [0, 0];
      const counted = async (): Promise<void> => {
        while (running >= subject.evaluator.concurrency) await realClock.sleep(1);
        running++;
        most = Math.max(most, running);
        await run("sleep", 5);
        running--;
      };
      await Promise.all(Array.from({ length: 8 }, counted));
      expect(most).toBe(2);
    });

    it("ends everything when it is disposed, more than once", async () => {
      const other = await subject.open(2);
      const pids = await Promise.all(["pid", "pid"].map(() => other.evaluate(contractTask("pid"))));
      const hanging = contractTask("hang");
      const outcome = other.evaluate(hanging);
      await placed(hanging);
      await Promise.all([other[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]);
      await other[Symbol.asyncDispose]();
      expect(await outcome).toMatchObject({ state: "cancelled" });
      for (const { values } of pids as Extract<Outcome, { state: "complete" }>[])
        if (values["value"]!.value !== process.pid) expect(isAlive(values["value"]!.value)).toBe(false);
      await expect(other.evaluate(contractTask("return"))).rejects.toThrow(/closed/);
    });
  });
}
