import { describe, expect, it } from "vitest";
import type { AttemptOptions } from "../../src/core/attempt-policy.ts";
import type { Verdict } from "../../src/core/pruner.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import type { TrialContext } from "../../src/core/evaluator.ts";
import { inline, processes } from "../../src/evaluators/index.ts";
import { stepLimits } from "../../src/evaluators/step-limits.ts";
import { attemptPolicy } from "../../src/core/attempt-policy.ts";
import { openEvaluator } from "../../src/search/open-evaluator.ts";
import { bareTask } from "./provided.ts";

/** Ten reports, then 99; with what was said to them. */
async function run(
  options: AttemptOptions,
  verdict: Verdict = "continue",
  limited: readonly string[] = [],
): Promise<{ readonly outcome: Outcome; readonly steps: number[]; readonly runs: number }> {
  let runs = 0;
  const objective = async (_: unknown, trial: TrialContext): Promise<number> => {
    runs++;
    for (let step = 1; step <= 10; step++)
      if (step % 2) await trial.report(step, { value: step / 10, rss: step });
      else trial.reportSync(step, { value: step / 10, rss: step });
    return 99;
  };
  const workload = { objective, names: ["value"], limited, log: () => {} };
  await using evaluator = await openEvaluator(inline(options), workload, undefined);
  const steps: number[] = [];
  const said = (step: number): Verdict => (steps.push(step), verdict);
  const task = bareTask(1, { report: (step) => said(step), reportSync: (step) => said(step) });
  return { outcome: await evaluator.evaluate(task), steps, runs };
}

describe("limits on steps", () => {
  it("complete a run at its last step, with what it reported there", async () => {
    for (const maxSteps of [4, 5, 3.5]) {
      const { outcome, steps } = await run({ maxSteps });
      const last = Math.ceil(maxSteps);
      expect(outcome).toEqual({ state: "complete", values: { value: { value: last / 10 }, rss: { value: last } } });
      expect(steps).toEqual(Array.from({ length: last }, (_, i) => i + 1));
    }
    expect((await run({ maxSteps: 20 })).outcome).toMatchObject({ values: { value: { value: 99 } } });
  });

  it("hold whatever the pruner says at the last step, and need every name that a limit is on", async () => {
    expect((await run({ minSteps: 4, maxSteps: 4 }, "prune")).outcome).toMatchObject({ state: "complete" });
    expect((await run({ maxSteps: 4 }, "continue", ["rss"])).outcome).toMatchObject({ state: "complete" });
    expect((await run({ maxSteps: 4 }, "continue", ["watts"])).outcome).toMatchObject({
      state: "failed",
      failure: { kind: "invalid", message: "Expected the objective to return `watts`, got `value`, `rss`" },
    });
  });

  it("let nobody be pruned before the first of them", async () => {
    const { outcome, steps } = await run({ minSteps: 6 }, "prune");
    expect([outcome.state, steps.length]).toEqual(["pruned", 6]);
    expect((await run({}, "prune")).steps).toEqual([1]);
  });

  it("hold for each repeat", async () => {
    const { outcome, runs } = await run({ maxSteps: 3, repeats: 3 });
    expect([outcome, runs]).toMatchObject([{ state: "complete", values: { value: { value: 0.3, samples: 3 } } }, 3]);
  });

  it("leave an evaluator alone that has none", async () => {
    const evaluator = await processes().open({ module: "file:///none.mjs", names: [], log: () => {} });
    expect(stepLimits(evaluator, attemptPolicy({}), { names: [] })).toBe(evaluator);
    await evaluator[Symbol.asyncDispose]();
  });

  it("are checked before anything runs", () => {
    expect(() => inline({ minSteps: -1 })).toThrow("Expected `minSteps` to be a finite number ≥ 0, got -1");
    expect(() => inline({ minSteps: 5, maxSteps: 4 })).toThrow("Expected `maxSteps` to be a finite number ≥ 5, got 4");
  });
});
