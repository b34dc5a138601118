import { describe, expect, it } from "vitest";
import type { Pruner, PrunerFactory } from "../../src/core/pruner.ts";
import type { Observation, Report } from "../../src/core/sampler.ts";
import { createRandom } from "../../src/core/random.ts";
import { dominance, hyperband, median, patient, percentile, successiveHalving, threshold, wilcoxon } from "../../src/pruners/index.ts"; // prettier-ignore
import { readPruner } from "../../src/search/json-pruner.ts";
import { startPruner } from "../../src/testing/race.ts";

const at = (elapsed: number, loss: number, step = elapsed): Report => ({ step, losses: [loss], elapsed });

function complete(pruner: Pruner, number: number, reports: readonly Report[], more: Partial<Observation> = {}): void {
  for (const report of reports) pruner.report(number, report);
  const losses = reports.at(-1)!.losses;
  pruner.tell({ number, state: "complete", unit: new Float64Array(), losses, constraints: [], cost: 1, duration: 1, reports, ...more }); // prettier-ignore
}

describe("pruning by time", () => {
  it("compares a trial with where complete ones stood at the same mark, whatever their steps", () => {
    const pruner = startPruner(median({ by: "time", interval: 100, warmup: 100, startup: 1 }), 1);
    complete(pruner, 0, [at(90, 9), at(150, 5), at(320, 2)]);
    expect(pruner.report(1, at(99, 50, 1)), "before the warm-up").toBe("continue");
    expect(pruner.report(1, at(110, 8.9, 2)), "it stood at 9 at 100 ms").toBe("continue");
    expect(pruner.report(1, at(190, 8, 3)), "once per mark").toBe("continue");
    expect(pruner.report(1, at(210, 5.5, 4)), "it stood at 5 at 200 ms").toBe("prune");
    expect(pruner.report(2, at(450, 1.9, 1)), "those that are over stand with their last").toBe("continue");
    expect(pruner.report(3, at(450, 2.1, 1))).toBe("prune");
  });

  it("holds a slow trial to the pace of fast ones, where steps would not", () => {
    const fast = Array.from({ length: 10 }, (_, i) => at(10 * (i + 1), 10 - i, i));
    const slow = fast.map(({ step, losses }) => at(50 * (step + 1), losses[0]!, step));
    const verdicts = (factory: PrunerFactory): string[] => {
      const pruner = startPruner(factory, 1);
      for (let number = 0; number < 5; number++) complete(pruner, number, fast);
      return slow.map((report) => pruner.report(9, report));
    };
    expect(verdicts(median())).not.toContain("prune");
    expect(verdicts(median({ by: "time", interval: 10 }))[0]).toBe("prune");
    expect(verdicts(successiveHalving({ by: "time", minResource: 20, factor: 2 }))).toContain("prune");
    expect(verdicts(successiveHalving({ minResource: 2, factor: 2 }))).not.toContain("prune");
  });
});

describe("hyperband", () => {
  const brackets = (factory: PrunerFactory, maxSteps?: number): Set<number | undefined> => {
    const setting = { objectives: 1, directions: ["minimize" as const], random: createRandom(0), warn: () => {} };
    const pruner = factory.create({ ...setting, ...(maxSteps === undefined ? {} : { maxSteps }) });
    return new Set(Array.from({ length: 2000 }, (_, number) => pruner.bracket!(number)));
  };

  it("has ⌊log(max / min)⌋ + 1 brackets, exactly", () => {
    for (const [max, count] of [
      [1, 1],
      [2.9, 1],
      [3, 2],
      [81, 5],
      [243, 6], // Math.log(243) / Math.log(3) is 4.999…
    ])
      expect(brackets(hyperband({ maxResource: max! })).size).toBe(count);
  });

  it("knows how far trials come by the limit on their steps", () => {
    expect(brackets(hyperband(), 27).size).toBe(4);
    expect(brackets(hyperband())).toEqual(new Set([undefined]));
  });
});

describe("wilcoxon", () => {
  const instances = (level: number): Report[] => Array.from({ length: 12 }, (_, i) => at(i, level + (i % 4)));

  it("compares with the best feasible trial, instance by instance, in any order", () => {
    const pruner = startPruner(wilcoxon({ startup: 4 }), 1);
    complete(pruner, 0, instances(0), { constraints: [1] });
    complete(pruner, 1, instances(1), { atLeast: true });
    complete(pruner, 2, instances(5));
    const worse = instances(6).toReversed();
    expect(worse.map((report) => pruner.report(3, report)).indexOf("prune")).toBe(3);
    expect(instances(4).map((report) => pruner.report(4, report))).not.toContain("prune");
  });
});

describe("patient", () => {
  it("passes brackets on, and everything that is told", () => {
    expect(startPruner(patient({ of: hyperband({ maxResource: 9 }), patience: 1 }), 1).bracket!(3)).toBeTypeOf(
      "number",
    );
    expect(startPruner(patient({ of: median(), patience: 1 }), 1).bracket).toBeUndefined();
  });
  it("of several objectives waits until none improves", () => {
    const pruner = startPruner(patient({ patience: 1 }), 2);
    const report = (step: number, ...losses: number[]) => pruner.report(1, { step, losses, elapsed: step });
    expect([report(1, 5, 5), report(2, 6, 4), report(3, 7, 3)]).toEqual(["continue", "continue", "continue"]);
    expect([report(4, 8, 6), report(5, 9, 7)]).toEqual(["continue", "prune"]);
  });
});

describe("threshold", () => {
  it("speaks of values, whichever way is better", () => {
    const setting = { objectives: 1, random: createRandom(0), warn: () => {} };
    const pruner = threshold({ lower: 0.2 }).create({ ...setting, directions: ["maximize"] });
    expect([pruner.report(1, at(1, -0.3)), pruner.report(2, at(1, -0.1))]).toEqual(["continue", "prune"]);
  });
});

describe("options", () => {
  it.each([
    [() => median({ startup: -1 }), "Expected `median.startup` to be an integer ≥ 0, got -1"],
    [() => median({ by: "hour" as never }), 'Expected `median.by` to be "step" or "time", got "hour"'],
    [() => median({ by: "time" }), 'Expected `median.interval` in milliseconds beside `by: "time"`, got none'],
    [() => percentile({ percentile: 101 }), "Expected `percentile.percentile` to be a finite number ≥ 0 and ≤ 100"],
    [() => successiveHalving({ factor: 1 }), "Expected `successiveHalving.factor` to be an integer ≥ 2, got 1"],
    [
      () => successiveHalving({ bootstrap: 3 }),
      "Expected `successiveHalving.minResource` beside `bootstrap`, got none",
    ],
    [() => hyperband({ minResource: 5, maxResource: 3 }), "Expected `hyperband.maxResource` to be a finite number ≥ 5"],
    [() => threshold(), "Expected threshold() to be given `lower` or `upper`, got neither"],
    [() => threshold({ lower: 2, upper: 1 }), "Expected `threshold.lower` to be ≤ `upper`, got 2 > 1"],
    [
      () => patient({ patience: 1, of: "median" as never }),
      'Expected `patient.of` to be a pruner such as median(), got "median"',
    ],
    [() => wilcoxon({ p: 2 }), "Expected `wilcoxon.p` to be a finite number ≥ 0 and ≤ 1, got 2"],
    [() => dominance({ percentile: -1 }), "Expected `dominance.percentile`"],
    [() => readPruner({ name: "patient", patience: 1, of: { name: "medain" } }), 'Expected `pruner` to be "median" or'],
    [() => readPruner(3), "Expected `pruner` to be a name, or { name, … } with options, got 3"],
  ])("are checked at once: %#", (make, message) => expect(make).toThrow(message));

  it("come back from their JSON form", () => {
    const given = patient({ patience: 2, of: percentile({ percentile: 25, by: "time", interval: 5 }) });
    expect(JSON.stringify(readPruner(JSON.parse(JSON.stringify(given))))).toBe(JSON.stringify(given));
    expect(given.options).toEqual({ patience: 2, of: { name: "percentile", percentile: 25, by: "time", interval: 5 } });
  });
});
