import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type AttemptOptions, attemptPolicy } from "../core/attempt-policy.ts";
import type { Evaluator } from "../core/evaluator.ts";
import { measuring } from "../evaluators/measuring.ts";
import type { ContractParams } from "./contract-objective.ts";
import { type ContractTask, contractTask } from "./contract-task.ts";
import { expectFailure, type Subject } from "./evaluator-subject.ts";

/** The part of the evaluator contract about attempts of several runs, and about a baseline beside them. */
export function measuringContract<O extends object>(subject: Subject<O>): void {
  const { info } = subject;
  const baseline = (): ContractParams => ({ do: "tally", x: 5 });
  const measured = (options: AttemptOptions): Evaluator<ContractParams> =>
    measuring(subject.evaluator, { policy: attemptPolicy(options), names: ["value"], log: () => {}, baseline });
  const clean = ({ dir }: ContractTask): Promise<void> => rm(dir, { recursive: true });

  it("runs an attempt several times, in one directory", async () => {
    const task = contractTask("tally", 3);
    expect(await measured({ repeats: 3 }).evaluate(task)).toMatchObject({
      state: "complete",
      values: { value: { value: 6, samples: 3 } },
    });
    await clean(task);
    const reporting = contractTask("report", 3);
    expect(await measured({ repeats: 3 }).evaluate(reporting)).toMatchObject({ values: { value: { value: 3 } } });
    expect(reporting.reports).toHaveLength(2);
    expectFailure(await measured({ repeats: 3 }).evaluate(contractTask("throw", 4)), "error", /^thrown for 4/);
    if (info.limits.includes("timeout"))
      expectFailure(
        await measured({ repeats: 500 }).evaluate(contractTask("sleep", 20, { timeout: 300 })),
        "timeout",
        /^took longer than 300 ms$/,
      );
    await subject.works();
  });

  it("measures the baseline in a directory of its own, and normalises by it", async () => {
    const evaluator = measured({ repeats: 3, normalize: true });
    const tasks = [contractTask("tally", 3), contractTask("tally", -4)];
    const outcomes = await Promise.all(tasks.map((task) => evaluator.evaluate(task)));
    expect(outcomes).toMatchObject([
      { values: { value: { value: 6, normalized: { value: 0.3 } } }, normalizedBy: { values: { value: 20 } } },
      { values: { value: { value: -8, normalized: { value: -0.4 } } }, normalizedBy: { values: { value: 20 } } },
    ]);
    for (const task of tasks) {
      expect(existsSync(join(task.dir, "baseline"))).toBe(false);
      await clean(task);
    }
  });

  it("measures the baseline in turn with the trial", async () => {
    const task = contractTask("tally", 3);
    const outcome = await measured({ repeats: 3, normalize: { interleave: true } }).evaluate(task);
    expect(outcome).toMatchObject({ values: { value: { value: 6, normalized: { value: 0.3, stderr: 0 } } } });
    await clean(task);
  });
}
