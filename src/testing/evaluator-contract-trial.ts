import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { expect, it } from "vitest";
import { realClock } from "../system/clock.ts";
import { holdPhase } from "../system/host-lock.ts";
import { contractTask } from "./contract-task.ts";
import { complete, expectFailure, placed, type Subject } from "./evaluator-subject.ts";

/** What the `trial` that an objective is handed must do, whichever evaluator makes it. */
export function trialContract<O extends object>(subject: Subject<O>): void {
  const { info } = subject;

  it("passes on reports of objectives that never wait", async () => {
    const task = contractTask("report-sync", 3);
    expect(await subject.evaluator.evaluate(task)).toEqual(complete(3));
    expect(task.reports).toEqual([
      { step: 1, values: { value: 3 } },
      { step: 2, values: { value: 4, extra: 7 } },
    ]);
    const pruned = contractTask("report-sync", 3, { verdict: "prune" });
    expect(await subject.evaluator.evaluate(pruned)).toEqual({ state: "pruned" });
    expect(pruned.reports).toHaveLength(1);
    const refuse = (): never => {
      throw new Error("no such trial");
    };
    expectFailure(
      await subject.run("report-sync", 3, { report: refuse, reportSync: refuse }),
      "error",
      /no such trial/,
    );
    await subject.works();
  });

  if (info.isolates !== "nothing") {
    it("unwinds a report that is not answered when its trial is to end, and keeps the worker", async () => {
      const never = new Promise<never>(() => {});
      const task = contractTask("report-aborted", 3, { report: () => never });
      const outcome = subject.evaluator.evaluate(task);
      await placed(task);
      task.controller.abort("stopped");
      expect(await outcome).toEqual({ state: "cancelled", reason: "stopped" });
      expect(await subject.linesOf(task.number, 1)).toEqual(["unwound, aborted"]);
      const late = await subject.run("report-on", 3, { timeout: 150 });
      expectFailure(late, "timeout", /took longer than 150 ms/);
      await subject.works();
    });

    it("ends a worker that waits for a verdict when it is disposed", async () => {
      const other = await subject.open(1);
      const task = contractTask("report-on", 3, { report: () => new Promise(() => {}) });
      const outcome = other.evaluate(task);
      await placed(task);
      await other[Symbol.asyncDispose]();
      expect(await outcome).toMatchObject({ state: "cancelled" });
    });
  }

  it("shows what the objective has to say, line by line", async () => {
    const task = contractTask("log", 3);
    expect(await subject.evaluator.evaluate(task)).toEqual(complete(3));
    expect(await subject.linesOf(task.number, 2)).toEqual(["first 3", "second 3"]);
    if (info.isolates === "nothing") return;
    const printing = contractTask("print", 4);
    expect(await subject.evaluator.evaluate(printing)).toEqual(complete(4));
    expect((await subject.linesOf(printing.number, 2)).sort()).toEqual(["err 4", "out 4"]);
  });

  it("hands over the directory of the task, made when it is looked at", async () => {
    const unused = contractTask("dir", 0);
    expect(await subject.evaluator.evaluate(unused)).toEqual(complete(0));
    expect(existsSync(unused.dir)).toBe(false);
    const used = contractTask("dir", 2);
    expect(await subject.evaluator.evaluate(used)).toEqual(complete(2));
    expect(await subject.linesOf(used.number, 1)).toEqual([used.dir]);
    expect(existsSync(used.dir)).toBe(true);
    await rm(used.dir, { recursive: true });
  });

  it("finds in the directory of a trial what an earlier attempt has left there", async () => {
    const task = contractTask("resume");
    expect(await subject.evaluator.evaluate(task)).toEqual(complete(1));
    expect(await subject.evaluator.evaluate({ ...task, attempt: 2 })).toEqual(complete(2));
    await rm(task.dir, { recursive: true });
  });

  it("says that an attempt asks to be run again later", async () => {
    expect(await subject.run("later", 250)).toEqual({ state: "later", after: 250, reason: "not now" });
    await subject.works();
  });

  it("hands over what the task leases, and takes it back", async () => {
    const leasing = contractTask("leases", 0, { leases: { gpu: ["1", "3"], port: ["8001"] } });
    expect(await subject.evaluator.evaluate(leasing)).toMatchObject({ state: "complete" });
    const told = info.isolates === "nothing" ? "undefined undefined" : "1,3 1,3";
    expect(await subject.linesOf(leasing.number, 2)).toEqual(['{"gpu":["1","3"],"port":["8001"]}', told]);
    const none = contractTask("leases");
    await subject.evaluator.evaluate(none);
    expect(await subject.linesOf(none.number, 2)).toEqual(["{}", "undefined undefined"]);
  });

  it("hands over what trackers say about the attempt, and forgets it", async () => {
    const environment = { ATTUNE_CONTRACT: "said" };
    const told = contractTask("environment", 0, { environment });
    expect(await subject.evaluator.evaluate(told)).toMatchObject({ state: "complete" });
    const own = info.isolates === "nothing" ? "undefined" : "said";
    expect(await subject.linesOf(told.number, 1)).toEqual([`${JSON.stringify(environment)} ${own}`]);
    const none = contractTask("environment");
    await subject.evaluator.evaluate(none);
    expect(await subject.linesOf(none.number, 1)).toEqual(["{} undefined"]);
  });

  it("hands over the instance of the task, and forgets it", async () => {
    const measured = contractTask("instance", 3, { instance: { name: "large", value: { size: [64, 64] } } });
    expect(await subject.evaluator.evaluate(measured)).toEqual(complete(3));
    expect(await subject.linesOf(measured.number, 1)).toEqual(['{"size":[64,64]}']);
    const none = contractTask("instance");
    await subject.evaluator.evaluate(none);
    expect(await subject.linesOf(none.number, 1)).toEqual(["none"]);
  });

  it("numbers its workers", async () => {
    const outcomes = await Promise.all([subject.run("worker", 100), subject.run("worker", 100)]);
    expect(outcomes).toContainEqual(complete(0));
    if (subject.evaluator.concurrency > 1) expect(outcomes).toContainEqual(complete(1));
  });

  it("does exclusive work, when nobody else on this host does", async () => {
    expect(await subject.run("exclusive", 3)).toEqual(complete(4));
    let over = false;
    const waiting = await holdPhase("attune-contract", new AbortController().signal, async () => {
      const outcome = subject.run("exclusive", 5).finally(() => (over = true));
      await realClock.sleep(100);
      expect(over).toBe(false);
      return { outcome };
    });
    expect(await waiting.outcome).toEqual(complete(6));
  });
}
