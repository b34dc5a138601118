import { describe, expect, it } from "vitest";
import { allOf, anyOf, cost, trials } from "../../src/study/stop-rules/index.ts";
import { defineSearch, int, memory, RetryLater } from "../../src/index.ts";
import type { Status } from "../../src/core/tracker.ts";
import { inline } from "../../src/evaluators/index.ts";
import { finishedTrial } from "../../src/testing/tracker-contract.ts";
import { exhaust, keptJournal, open } from "./harness.ts";

const context = { objectives: [], feasible: () => true };
const now = { elapsed: 0, running: 0, busy: 0, steps: 0 };

describe("cost", () => {
  it("stops when the costs of all trials together reach it, whatever became of them", () => {
    const rule = cost(1).create(context);
    const told = [0.25, undefined, 0.25].map((each) => ({ cost: each }));
    for (const each of [...told, { cost: 9, twin: 0 }, { state: "failed" as const, cost: 0.25 }]) {
      rule.tell(finishedTrial(0, each));
      expect(rule.check(now)).toBeUndefined();
    }
    rule.tell(finishedTrial(5, { cost: 0.25, source: "baseline" }));
    expect(rule.check(now)).toBe("cost");
  });

  it("adds up without drifting", () => {
    const rule = cost(1).create(context);
    for (let i = 0; i < 10; i++) {
      expect(rule.check(now)).toBeUndefined();
      rule.tell(finishedTrial(i, { cost: 0.1 }));
    }
    expect(rule.check(now)).toBe("cost");
  });

  it("is a number above 0", () => {
    expect(() => cost(0)).toThrow("Expected `cost` to be a finite number > 0, got 0");
    expect(() => cost(NaN)).toThrow("`cost`");
  });

  it("is known of a combination of rules", () => {
    expect(anyOf(cost(5), cost(3), trials(2)).cost).toBe(3);
    expect(allOf(trials(2)).cost).toBeUndefined();
  });
});

describe("what a trial cost", () => {
  it("is what the objective returns as `cost`, which stays a value; without the rule it may be anything", async () => {
    const study = await open({ trials: 3 });
    const told = [{ value: 1, cost: 0.5 }, { value: 1, cost: -2 }, { value: 1 }];
    await exhaust(study, (_, number) => told[number]!);
    expect(study.trials.map((trial) => [trial.state, trial.cost, trial.values["cost"]])).toEqual([
      ["complete", 0.5, 0.5],
      ["complete", undefined, -2],
      ["complete", undefined, undefined],
    ]);
  });

  it("must be there, and not below 0, where a rule adds it up", async () => {
    const study = await open({ trials: 4, costs: true });
    const told = [{ value: 1, cost: 0 }, { value: 1, cost: -2 }, { value: 1 }, { value: 1, cost: NaN }];
    await exhaust(study, (_, number) => told[number]!);
    const rule = "Expected the outcome to hold `cost`, a number ≥ 0 that the stop rule `cost` adds up";
    expect(study.trials.map(({ state, failure }) => [state, failure?.kind, failure?.message])).toEqual([
      ["complete", undefined, undefined],
      ["failed", "invalid", `${rule}, got -2`],
      ["failed", "invalid", `${rule}, got none`],
      ["failed", "invalid", "Expected `cost` to be a finite number, got NaN"],
    ]);
  });

  it("counts for attempts that failed, were pruned or cut off as far as they reported it, retried ones too", async () => {
    const journal = await keptJournal();
    const retry = { error: 1, invalid: 0, timeout: 0, memory: 0, crash: 0, lost: 1 };
    const study = await open({ trials: 3, costs: true, retry, journal: await journal.open() });
    await study.ask();
    await study.report(0, 1, { value: 1, cost: 1 });
    await study.report(0, 2, { value: 1, cost: 2 });
    await study.tell(0, { state: "failed", failure: { kind: "error", message: "no" } });
    await study.ask();
    await study.report(0, 1, { value: 1, cost: 3 });
    await study.tell(0, { state: "later", after: 0 });
    await study.ask();
    await study.tell(0, { value: 1, cost: 10 });
    await study.ask();
    await study.report(1, 1, { value: 1, cost: 4 });
    await study.tell(1, { state: "pruned" });
    await study.ask();
    await study.report(2, 1, { cost: 6 });
    await study.tell(2, { state: "complete", values: { value: { value: 3 } }, atLeast: true });
    expect(study.trials.map(({ cost: sum }) => sum)).toEqual([15, 4, 6]);
    await study.close();
    const resumed = await open({ trials: 3, journal: await journal.open() });
    expect(resumed.trials.map(({ cost: sum }) => sum)).toEqual([15, 4, 6]);
  });
});

describe("a search with a cost", () => {
  it("ends when it is spent, lets what runs finish, counts earlier sessions, and shows what is left", async () => {
    const journal = await keptJournal();
    const shown: Status["cost"][] = [];
    const search = defineSearch({
      space: { x: int(1, 1000) },
      objective: async (_, trial) => {
        if (trial.attempt === 1 && trial.number === 1) throw new RetryLater(1);
        await Promise.resolve();
        return { value: 1, cost: 0.5 };
      },
      stop: cost(2),
      evaluator: inline({ workers: 2 }),
      seed: 1,
      journal: { ...memory(""), open: () => journal.open() },
      trackers: [
        {
          info: { name: "eye", summary: "Looks." },
          create: (watched) => ({
            track: ({ type }) => void (type === "trial-finished" && shown.push(watched.status.cost)),
          }),
        },
      ],
    });
    const first = await search.start();
    expect(first.reason).toBe("cost");
    const spent = first.trials.reduce((sum, trial) => sum + trial.cost!, 0);
    expect(spent).toBeGreaterThanOrEqual(2);
    expect(spent).toBeLessThanOrEqual(2.5);
    expect(shown[0]).toEqual({ spent: 0.5, limit: 2 });
    expect((await search.start()).trials).toHaveLength(first.trials.length);
    const more = await search.with({ stop: cost(4) }).start();
    expect(more.reason).toBe("cost");
    expect(more.trials.length).toBeGreaterThanOrEqual(8);
    expect(more.trials.length).toBeLessThanOrEqual(9);
  });
});
