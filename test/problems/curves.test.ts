import { expect, test } from "vitest";
import { learningCurves } from "../../src/problems/index.ts";
import { median } from "../../src/pruners/index.ts";
import { defineSearch } from "../../src/search/search.ts";

test("a search hears of every step, and its pruner ends what falls behind", async () => {
  const { space, evaluate, curve } = learningCurves({ steps: 20 });
  const spec = {
    space,
    objectives: { f1: "minimize" },
    objective: evaluate,
    trials: 40,
    sampler: "random",
    seed: 5,
  } as const;
  const whole = await defineSearch(spec).start();
  for (const { params, reports } of whole.trials)
    expect(reports.map(({ step, values }) => [step, values["f1"]])).toEqual(
      curve!(space.row(params)).map(([loss], i) => [i + 1, loss]),
    );
  const pruned = await defineSearch({ ...spec, pruner: median() }).start();
  const steps = (trials: typeof whole.trials): number => trials.reduce((sum, { reports }) => sum + reports.length, 0);
  expect(steps(whole.trials)).toBe(800);
  expect(steps(pruned.trials)).toBeLessThan(700);
  expect(pruned.best.values.f1).toBe(whole.best.values.f1);
});

test("curves cross: the order after one step is not that of the end", () => {
  const { space, curve } = learningCurves();
  const fast = curve!(space.row({ rate: 1, width: 64, decay: 0.03 }));
  const good = curve!(space.row({ rate: 0.02, width: 256, decay: 0.03 }));
  expect(fast[0]![0]).toBeLessThan(good[0]![0]!);
  expect(fast.at(-1)![0]).toBeGreaterThan(good.at(-1)![0]!);
});
