import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { tableFromIPC } from "apache-arrow";
import { bestPerInstance, portfolio } from "../../src/analysis/per-instance.ts";
import { bestPerInstanceText, portfolioText, trialInstancesText } from "../../src/cli/instances-text.ts";
import { validationText } from "../../src/cli/validation-text.ts";
import {
  createRandom,
  defineSearch,
  inline,
  instances,
  int,
  memory,
  SearchResult,
  trialsToArrow,
} from "../../src/index.ts";
import { type InstanceReduce, reduceInstances } from "../../src/core/instance.ts";
import type { FinishedTrial, TrialReport } from "../../src/core/trial.ts";

const directory = mkdtempSync(join(tmpdir(), "attune-instances-result-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const quiet = { warn: () => {} };
const NAMES = ["a", "b", "c"];

type Looked = Pick<FinishedTrial, "number" | "state" | "twin" | "atLeast" | "reports">;
/** Trials by what they measured on each of the instances; where nothing stands they were pruned before. */
function trialsOf(values: readonly (readonly (number | undefined)[])[]): Looked[] {
  return values.map((row, number) => ({
    number,
    state: row.includes(undefined) ? "pruned" : "complete",
    twin: undefined,
    atLeast: undefined,
    reports: row.flatMap((value, i): TrialReport[] =>
      value === undefined ? [] : [{ step: i + 1, values: { ms: value }, instance: NAMES[i]! }],
    ),
  }));
}
const terms = (direction: "minimize" | "maximize" = "minimize", reduce?: InstanceReduce) => ({
  objective: { name: "ms", direction },
  constraints: {},
  instances: { names: NAMES, order: "given" as const, ...(reduce === undefined ? {} : { reduce }) },
});

describe("bestPerInstance", () => {
  it("finds the best on each, also of pruned trials, and the first of equals", () => {
    const trials = trialsOf([
      [3, 5, 9],
      [1, undefined, undefined],
      [3, 2, 9],
      [4, 2, 8],
    ]);
    const found = bestPerInstance(trials, terms()).map(({ instance, trial, value }) => [instance, trial.number, value]);
    expect(found).toEqual([
      ["a", 1, 1],
      ["b", 2, 2],
      ["c", 3, 8],
    ]);
    expect(bestPerInstance(trials, terms("maximize")).map(({ trial }) => trial.number)).toEqual([3, 0, 0]);
  });

  it("leaves out failed trials, twins, bounds, what breaks a limit there, and instances that nobody saw", () => {
    const [good, failed, twin, cut] = trialsOf([
      [5, 5, undefined],
      [1, 1, undefined],
      [1, 1, undefined],
      [1, 1, undefined],
    ]);
    const trials = [
      good!,
      { ...failed!, state: "failed" as const },
      { ...twin!, twin: 1 },
      { ...cut!, atLeast: true as const },
    ];
    expect(bestPerInstance(trials, terms()).map(({ instance, trial }) => [instance, trial.number])).toEqual([
      ["a", 0],
      ["b", 0],
    ]);
    const limited = { ...terms(), constraints: { ms: { min: 2 } } };
    expect(
      bestPerInstance(
        trialsOf([
          [1, 3, 4],
          [2, 1, 5],
        ]),
        limited,
      ).map(({ trial }) => trial.number),
    ).toEqual([1, 0, 0]);
  });

  it("compares normalised values where there are any", () => {
    const trials = trialsOf([
      [5, 5, 5],
      [6, 6, 6],
    ]).map((trial, number) => ({
      ...trial,
      reports: trial.reports.map((report) => ({
        ...report,
        normalized: { ms: number === 0 ? 1.2 : 0.9 },
        stderr: { ms: 0.1 },
      })),
    }));
    expect(bestPerInstance(trials, terms())[0]).toMatchObject({
      trial: { number: 1 },
      value: 6,
      normalized: 0.9,
      stderr: 0.1,
    });
  });
});

describe("portfolio", () => {
  const table = fc.array(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 3, maxLength: 3 }), {
    minLength: 1,
    maxLength: 6,
  });
  it("is worth what serving each instance best is, cannot be bettered by one exchange, and is the best trial for 1", () => {
    const how = fc.constantFrom<InstanceReduce>("mean", "geometricMean", { quantile: 1 });
    fc.assert(
      fc.property(table, how, fc.constantFrom("minimize", "maximize"), (rows, reduce, direction) => {
        const pick = direction === "minimize" ? Math.min : Math.max;
        const of = (chosen: readonly (readonly number[])[]): number =>
          reduceInstances(
            NAMES.map((_, i) => ({ value: pick(...chosen.map((row) => row[i]!)) })),
            reduce,
          ).value;
        for (let k = 1; k <= 3; k++) {
          const found = portfolio(trialsOf(rows), k, terms(direction, reduce))!;
          const chosen = found.trials.map(({ number }) => rows[number]!);
          expect(found.trials.length).toBeLessThanOrEqual(k);
          expect(found.value).toBe(of(chosen));
          if (k === 1) expect(found.value).toBe(pick(...rows.map((row) => of([row]))));
          for (const row of rows) {
            if (chosen.length < k) expect(pick(found.value, of([...chosen, row]))).toBe(found.value);
            for (let i = 0; i < chosen.length; i++)
              expect(pick(found.value, of(chosen.with(i, row)))).toBe(found.value);
          }
          for (const [i, name] of NAMES.entries())
            expect(rows[found.serves[name]!]![i]).toBe(pick(...chosen.map((row) => row[i]!)));
        }
        const all = portfolio(trialsOf(rows), Infinity, terms(direction, "mean"))!;
        expect(all.value).toBeCloseTo(
          reduceInstances(
            NAMES.map((_, i) => ({ value: pick(...rows.map((row) => row[i]!)) })),
            "mean",
          ).value,
          12,
        );
      }),
    );
  });

  it("needs a trial that was measured on all", () => {
    expect(portfolio(trialsOf([[1, undefined, 2]]), 2, terms())).toBeUndefined();
  });
});

/** Each instance has its own best x; `b` in a unit a hundred times as large. */
function shifted(more: object = {}) {
  return defineSearch({
    space: { x: int(0, 9, { default: 0 }) },
    objectives: { ms: "minimize" },
    objective: instances(
      {
        over: [
          { name: "a", at: 2, unit: 1 },
          { name: "b", at: 4, unit: 100 },
        ],
        holdout: [
          { name: "h", at: 5, unit: 1 },
          { name: "i", at: 3, unit: 1 },
        ],
      },
      ({ x }: { x: number }, { at, unit }) => ({ ms: unit * (10 + (x - at) ** 2), x }),
    ),
    first: Array.from({ length: 9 }, (_, i) => ({ x: i + 1 })),
    trials: 9,
    journal: memory(),
    seed: 1,
    ...more,
  });
}

describe("a result", () => {
  it("tells the best overall and on each instance", async () => {
    const result = await shifted().start(quiet);
    expect(result.best.params).toEqual({ x: 4 });
    expect(result.bestPerInstance().map(({ instance, trial, value }) => [instance, trial.params.x, value])).toEqual([
      ["a", 2, 10],
      ["b", 4, 1000],
    ]);
    const two = result.portfolio(2);
    expect(two.trials.map(({ params }) => params.x).sort()).toEqual([2, 4]);
    expect(two.value).toBe(505);
    expect(result.portfolio(5).trials).toHaveLength(2);
    expect(() => result.bestPerInstance("us")).toThrow('Expected the objective to be one of `ms`, got "us"');
    expect(() => result.portfolio(0)).toThrow("Expected `k` to be an integer ≥ 1, got 0");
  });

  it("keeps its instances as a table and in Arrow", async () => {
    const result = await shifted().start(quiet);
    const back = SearchResult.fromTable([] as never, { objectives: { ms: "minimize" } });
    expect(() => back.bestPerInstance()).toThrow("Expected the trials of an objective with instances, got none");
    const file = join(directory, "r.csv");
    writeFileSync(file, result.toCsv());
    const read = SearchResult.fromCsv(file, { objectives: { ms: "minimize" } });
    expect(read.bestPerInstance().map(({ instance, trial, value }) => [instance, trial.number, value])).toEqual(
      result.bestPerInstance().map(({ instance, trial, value }) => [instance, trial.number, value]),
    );
    expect(readFileSync(file, "utf8")).toContain("instances.ms.b");
    const arrow = tableFromIPC(await trialsToArrow(result.trials));
    expect(arrow.getChild("instances.ms.b")!.toArray()[0]).toBe(100 * 26);
  });

  it("is told in tables", async () => {
    const result = await shifted().start(quiet);
    expect(bestPerInstanceText(result)).toMatchInlineSnapshot(`
      "instance  trial     ms   change  trial 4  x
      ────────  ─────  ─────  ───────  ───────  ─
      a             2     10  −28.5 %       14  2
      b             4  1,000  −61.5 %    1,000  4

      The best of 2 trials for each instance: ms 505, −0.39 % against trial 4 for all of them. Fewer: --portfolio 2"
    `);
    expect(portfolioText(result, 2)).toMatchInlineSnapshot(`
      "2 trials serve all instances best: ms 505; the best one alone 507

      trial  serves  x
      ─────  ──────  ─
          4  b       4
          2  a       2"
    `);
    expect(trialInstancesText(result.best, result)).toMatchInlineSnapshot(`
      "instance     ms   change  x
      ────────  ─────  ───────  ─
      a            14     ±0 %  4
      b         1,000  −61.5 %  4"
    `);
  });
});

describe("validation on instances", () => {
  it("measures winners and baseline on the holdout, which no trial saw", async () => {
    const seen: string[] = [];
    const search = shifted({
      objective: instances(
        { over: [2, 4], holdout: [5, 3] },
        ({ x }: { x: number }, at, trial) => (
          seen.push(`${trial.baseline ? "baseline" : x} on ${at}`),
          10 + (x - at) ** 2
        ),
      ),
      objectives: { value: "minimize" },
    });
    const result = await search.start(quiet);
    expect(seen.some((run) => /on [53]$/.test(run))).toBe(false);
    seen.length = 0;
    const validation = await search.validate(result, { k: 1 });
    expect([...new Set(seen)].sort()).toEqual(["3 on 3", "3 on 5", "baseline on 3", "baseline on 5"]);
    expect(validation).toMatchObject({ on: "holdout", kept: [{ params: { x: 3 } }] });
    expect(validation.candidates[0]!.instances).toEqual([
      { instance: "5", name: "value", value: 14, baseline: 35, relative: -0.6 },
      { instance: "3", name: "value", value: 10, baseline: 19, relative: -9 / 19 },
    ]);
    seen.length = 0;
    const again = await search.validate(result, { k: 1, on: "over" });
    expect(new Set(seen.map((run) => run.slice(-1)))).toEqual(new Set(["2", "4"]));
    expect(again.on).toBe("over");
    seen.length = 0;
    const all = await search.validate(result, { k: 1, on: "all" });
    expect(all.candidates[0]!.instances!.map(({ instance }) => instance)).toEqual(["2", "4", "5", "3"]);
    expect(validationText(validation as never, result as never, "j")).toMatchInlineSnapshot(`
      "trial        objective  baseline  now   change           interval  in the search
      ─────  ────  ─────────  ────────  ───  ───────  ─────────────────  ─────────────
          3  kept  value            27   12  −55.5 %  −72.2 % … −38.8 %        −45.0 %

      instance  baseline  trial 3
      ────────  ────────  ───────
             5        35  −60.0 %
             3        19  −47.3 %

      Trial 3: better in value

      10 rounds of all in turn, on the holdout, which no trial saw. The intervals hold together at 95 %.

      Kept: trial 3 is better than the baseline. To use it: attune best j --trial 3 --format env"
    `);
  });

  it("says that a gain belongs to the instances that trials saw", async () => {
    const search = shifted({
      objectives: { value: "minimize" },
      objective: instances({ over: [2, 4], holdout: [-9, -8] }, ({ x }: { x: number }, at) => 10 + (x - at) ** 2),
    });
    const result = await search.start(quiet);
    const validation = await search.validate(result, { k: 1 });
    expect(validation.kept).toEqual([]);
    expect(validation.candidates[0]).toMatchObject({ reason: "worse" });
    expect(validationText(validation as never, result as never, "j")).toContain(
      "worse in value; the gain of the search (value −45.0 %) does not hold on the holdout: it belongs to the instances that trials saw",
    );
  });

  it("keeps nothing that is better on the holdout alone", async () => {
    const search = shifted({
      objectives: { value: "minimize" },
      objective: instances({ over: [-1], holdout: [5] }, ({ x }: { x: number }, at) => 10 + (x - at) ** 2),
    });
    const result = await search.start(quiet);
    const validation = await search.validate(result, { k: 1 });
    expect(validation).toMatchObject({ kept: [], candidates: [{ reason: "no-gain", gains: [{ better: "trial" }] }] });
    expect(validationText(validation as never, result as never, "j")).toContain(
      "Trial 1: better in value on the holdout alone, and not on the instances that trials saw: that may be chance",
    );
    const kept = await search.validate(result, { k: 1, on: "all" });
    expect(kept.candidates[0]!.reason).not.toBe("no-gain");
  });

  it("compares as the search did where values are normalised: large instances do not decide alone", async () => {
    const normalized = shifted({
      evaluator: inline({ normalize: true }),
      objective: instances(
        { over: [1, 1000, 2], holdout: [1, 1000, 3].map((unit) => ({ name: `h${unit}`, unit })) as never },
        ({ x }: { x: number }, given: unknown) => {
          const unit = typeof given === "number" ? given : (given as { unit: number }).unit;
          return { ms: unit === 1000 ? unit * (1 + x / 100) : unit / (1 + x) };
        },
      ),
    });
    const result = await normalized.start(quiet);
    expect(result.best.params.x).toBe(9);
    const validation = await normalized.validate(result, { k: 1 });
    expect(validation.candidates[0]).toMatchObject({ reason: "gain", gains: [{ baseline: 1 }] });
    expect(validation.candidates[0]!.gains[0]!.value).toBeCloseTo(result.best.normalized!["ms"]!, 12);
  });

  it("says what cannot be", async () => {
    const plain = shifted({ objective: () => ({ ms: 1 }) });
    await expect(plain.validate(undefined, { on: "over" })).rejects.toThrow(
      'Expected an objective with instances to validate on "over", got one without',
    );
    const none = shifted({ objective: instances({ over: [1] }, () => ({ ms: 1 })) });
    await expect(none.validate(undefined, { on: "holdout" })).rejects.toThrow(
      "to be given a `holdout` to validate on, got none",
    );
    await expect(none.validate(undefined, { on: "houldout" as never })).rejects.toThrow(
      'Expected `on` to be "over", "holdout" or "all", got "houldout"',
    );
  });

  it("knows noise: a gain on the holdout is kept, none is not", async () => {
    const noisy = (gain: number) =>
      shifted({
        objective: instances({ over: [1, 2, 3], holdout: [4, 5, 6] }, ({ x }: { x: number }, at, trial) => ({
          ms: 100 - (x === 7 ? gain : 0) + createRandom(trial.seed).fork(`${x} ${at}`).normal(),
        })),
      });
    for (const [gain, kept] of [
      [5, 1],
      [0, 0],
    ] as const) {
      const search = noisy(gain);
      const result = SearchResult.fromTable(
        [
          { params: { x: 0 }, values: { ms: 100 }, source: "baseline" as const },
          { params: { x: 7 }, values: { ms: 94 } },
        ],
        {
          objectives: { ms: "minimize" },
        },
      );
      const validation = await search.validate(result as never, { k: 1 });
      expect(validation.kept).toHaveLength(kept);
    }
  });
});
