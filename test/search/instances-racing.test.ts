import { describe, expect, it } from "vitest";
import { definePruner, type Verdict } from "../../src/core/pruner.ts";
import type { Report } from "../../src/core/sampler.ts";
import { defineSearch, grid, inline, instances, int, memory } from "../../src/index.ts";

const quiet = { warn: () => {} };
const over = ["a", "b", "c", "d"];

/** A pruner that says what a function says, and keeps what it was told. */
function heard(verdict: (number: number, report: Report) => Verdict) {
  const reports: [number: number, step: number, losses: readonly number[]][] = [];
  let maxSteps: number | undefined;
  const pruner = definePruner({ name: "heard", summary: "" }, () => (setting) => {
    maxSteps = setting.maxSteps;
    return {
      report: (number, report) => (reports.push([number, report.step, report.losses]), verdict(number, report)),
      tell: () => {},
    };
  })();
  return { pruner, reports, maxSteps: () => maxSteps };
}

function search(pruner: ReturnType<typeof heard>["pruner"], more: object = {}) {
  const seen: string[] = [];
  const found = defineSearch({
    space: { x: int(1, 4, { default: 1 }) },
    objectives: { ms: "maximize" },
    objective: instances({ over, order: "given" }, ({ x }: { x: number }, name) => {
      seen.push(`${x}${name}`);
      return { ms: x * (1 + over.indexOf(name)) };
    }),
    sampler: grid(),
    pruner,
    trials: 3,
    seed: 1,
    journal: memory(),
    ...more,
  });
  return { found, seen };
}

describe("racing", () => {
  it("shows the pruner each instance as a step, and measures no further one when it prunes", async () => {
    const { pruner, reports, maxSteps } = heard((number, { step }) =>
      number === 2 && step === 2 ? "prune" : "continue",
    );
    const { found, seen } = search(pruner);
    const { trials } = await found.start(quiet);
    expect(maxSteps()).toBe(4);
    const two = trials.find(({ number }) => number === 2)!;
    const { x } = two.params;
    expect(two).toMatchObject({ state: "pruned", values: {} });
    expect(two.reports.map(({ instance, values }) => [instance, values])).toEqual([
      ["a", { ms: x }],
      ["b", { ms: 2 * x }],
    ]);
    expect(seen.filter((run) => run.startsWith(`${x}`))).toEqual([`${x}a`, `${x}b`]);
    expect(reports.filter(([number]) => number === 2)).toEqual([
      [2, 1, [-x]],
      [2, 2, [-2 * x]],
    ]);
    for (const { number, state, reports: all } of trials)
      if (number !== 2) expect([state, all.length]).toEqual(["complete", 4]);
  });

  it("prunes nothing after the last instance, and never the baseline", async () => {
    const late = heard((_, { step }) => (step === 4 ? "prune" : "continue"));
    expect((await search(late.pruner).found.start(quiet)).trials.map(({ state }) => state)).toEqual(
      Array<string>(4).fill("complete"),
    );
    const all = heard(() => "prune");
    const { trials } = await search(all.pruner).found.start(quiet);
    expect(trials.map(({ state, reports }) => [state, reports.length])).toEqual([
      ["complete", 4],
      ["pruned", 1],
      ["pruned", 1],
      ["pruned", 1],
    ]);
  });

  it("compares normalised values where the search does", async () => {
    const { pruner, reports } = heard(() => "continue");
    const { found } = search(pruner, { evaluator: inline({ normalize: true }) });
    const { trials } = await found.start(quiet);
    for (const { number, params } of trials)
      expect(reports.filter(([of]) => of === number).map(([, step, losses]) => [step, losses])).toEqual(
        [1, 2, 3, 4].map((step) => [step, [-params.x]]), // the baseline's x is 1
      );
  });

  it("adds up what the instances cost that a pruned trial saw", async () => {
    const { pruner } = heard((number, { step }) => (number > 0 && step === 3 ? "prune" : "continue"));
    const { found } = search(pruner, {
      objective: instances({ over }, () => ({ ms: 1, cost: 2 })),
    });
    const { trials } = await found.start(quiet);
    expect(trials.map(({ cost }) => cost)).toEqual([8, 6, 6, 6]);
  });
});
