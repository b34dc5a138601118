import { describe, expect, it } from "vitest";
import type { Now, StopContext } from "../../src/core/stop-rule.ts";
import type { TrialReport } from "../../src/core/trial.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import { defineSearch, float, inline } from "../../src/index.ts";
import { anyOf, computeTime, iterations, timeLimit } from "../../src/study/stop-rules/index.ts";
import { Loop } from "../../src/study/loop.ts";
import { UnderWay } from "../../src/study/under-way.ts";
import { finishedTrial } from "../../src/testing/tracker-contract.ts";
import { realClock } from "../../src/system/clock.ts";
import { keptJournal, open, standing } from "./harness.ts";

const context: StopContext = { objectives: [{ name: "value", direction: "minimize" }], feasible: () => true };
const now = (given: Partial<Now> = {}): Now => ({ elapsed: 0, running: 0, busy: 0, steps: 0, ...given });
const reports = (...steps: number[]): TrialReport[] => steps.map((step) => ({ step, values: {} }));

describe("computeTime", () => {
  it("adds up all attempts of trials, twins aside, and what runs", () => {
    const rule = computeTime(100).create(context);
    rule.tell(finishedTrial(0, { duration: 30, busy: 50, source: "baseline" }));
    rule.tell(finishedTrial(1, { duration: 20, state: "cancelled" }));
    rule.tell(finishedTrial(2, { duration: 50, twin: 0 }));
    expect(rule.check(now({ running: 2, busy: 29 }))).toBeUndefined();
    expect(rule.check(now({ running: 2, busy: 30 }))).toBe("compute-time");
  });
  it("asks to be looked at when it will be used up by what runs", () => {
    const rule = computeTime(100).create(context);
    rule.check(now({ elapsed: 1000, running: 4, busy: 20 }));
    expect(rule.wakeAfter).toBe(1020);
    rule.check(now({ elapsed: 1000 }));
    expect(rule.wakeAfter).toBe(Infinity);
    const either = anyOf(computeTime(100), timeLimit(1010)).create(context);
    either.check(now({ elapsed: 1000, running: 4, busy: 20 }));
    expect(either.wakeAfter).toBe(1010);
  });
  it("is exact by the clock: two at a time use it up in half the time, and are cancelled then", async () => {
    const clock = standing();
    const study = await open({ trials: 99, clock });
    const alarms: number[] = [];
    const sleep = async (ms: number): Promise<void> => {
      alarms.push(ms);
      await realClock.sleep(0);
      clock.pass(ms);
    };
    const endless = ({ signal }: { signal: AbortSignal }): Promise<Outcome> =>
      new Promise((resolve) =>
        signal.addEventListener("abort", () => resolve({ state: "cancelled", reason: String(signal.reason) })),
      );
    const evaluator = { concurrency: 2, evaluate: endless, [Symbol.asyncDispose]: async () => {} };
    const rules = [computeTime(500).create(context)];
    expect(await new Loop({ study, evaluator, rules, clock: { now: clock.now, sleep } }).run()).toBe("compute-time");
    expect(alarms.filter(Boolean)).toEqual([250]);
    expect(study.trials.map(({ state, duration }) => [state, duration])).toEqual([
      ["cancelled", 250],
      ["cancelled", 250],
    ]);
  });
  it("counts attempts that were run again, also after the journal was opened anew", async () => {
    const { open: journal } = await keptJournal();
    for (const session of [1, 2]) {
      const search = defineSearch({
        space: { x: float(0, 1) },
        journal: { info: { name: "kept", summary: "Kept." }, location: "", open: journal },
        evaluator: inline({ retry: { error: 1 } }),
        stop: computeTime(session * 60),
        trials: 99,
        seed: 1,
        async objective(_, { attempt }) {
          await realClock.sleep(15);
          if (attempt === 1) throw new Error("once more");
          return 1;
        },
      });
      const result = await search.start();
      expect(result.reason).toBe("compute-time");
      for (const trial of result.trials) expect(trial.busy).toBeGreaterThan(trial.duration + 10);
    }
  });
});

describe("iterations", () => {
  it("adds up the last steps of trials, twins aside, and of what runs", () => {
    const rule = iterations(10).create(context);
    rule.tell(finishedTrial(0, { reports: reports(1, 2, 5), state: "failed" }));
    rule.tell(finishedTrial(1, { reports: reports(5), twin: 0 }));
    rule.tell(finishedTrial(2, { reports: [] }));
    expect(rule.check(now({ steps: 4 }))).toBeUndefined();
    expect(rule.check(now({ steps: 5 }))).toBe("iterations");
  });
  it("ends a search at the very report that reaches it", async () => {
    let steps = 0;
    const search = defineSearch({
      space: { x: float(0, 1) },
      stop: anyOf(iterations(25)),
      async objective({ x }, trial) {
        for (let step = 1; step <= 10; step++) {
          trial.signal.throwIfAborted();
          steps++;
          await trial.report(step, x);
        }
        return x;
      },
    });
    const result = await search.start();
    expect(result.reason).toBe("iterations");
    expect(result.trials).toHaveLength(2);
    expect(steps).toBe(25);
  });
});

describe("the time limit of a search", () => {
  it("can be put off and read while it runs", async () => {
    const search = defineSearch({
      space: { x: float(0, 1) },
      evaluator: inline({ workers: 2 }),
      trials: 3,
      stop: timeLimit(60),
      objective: async ({ x }) => (await realClock.sleep(120), x),
    });
    const handle = search.start({
      ready: () => void realClock.sleep(0).then(() => handle.timeLimit(60_000)),
    });
    const before = await new Promise<number | undefined>((resolve) =>
      handle.watch(({ event }) => {
        if (event.type === "trial-started") resolve(handle.status?.timeLimit);
      }),
    );
    expect(before).toBe(60);
    expect((await handle).reason).toBe("trials");
    expect(handle.status?.timeLimit).toBe(60_000);
  });
});

it("UnderWay forgets what is over", () => {
  const use = new UnderWay();
  use.begin(1, 100);
  use.begin(2, 150);
  use.reported(2, 7);
  use.reported(3, 9);
  expect([use.busy(200), use.steps]).toEqual([150, 7]);
  use.over(2);
  expect([use.busy(200), use.steps]).toEqual([100, 0]);
});

it.each([
  [() => computeTime(0), "Expected `computeTime` to be a finite number > 0, got 0"],
  [() => iterations(-1), "Expected `iterations` to be a finite number > 0, got -1"],
])("refuses misuse %#", (make, message) => expect(make).toThrow(message));
