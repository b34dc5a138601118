import { describe, expect, it } from "vitest";
import type { BareTask, Evaluator } from "../../src/core/evaluator.ts";
import { failed, type Outcome } from "../../src/core/outcome.ts";
import type { Timeout } from "../../src/core/timeout.ts";
import type { Trial } from "../../src/core/trial.ts";
import { command, cost, defineSearch, inline, int, memory, processes, target } from "../../src/index.ts";
import { AttemptLimits } from "../../src/study/attempt-limits.ts";
import { Loop } from "../../src/study/loop.ts";
import { realClock } from "../../src/system/clock.ts";
import { finishedTrial } from "../../src/testing/tracker-contract.ts";
import { trialsFromCsv } from "../../src/formats/trial-table.ts";
import { Leaders } from "../../src/study/leaders.ts";
import { keptJournal, open, scripted } from "./harness.ts";

const objectives = [{ name: "ms", direction: "minimize" }] as const;
const trial = (ms: number, duration: number): Trial => finishedTrial(4, { values: { ms }, duration });
const none = { timesBest: () => undefined, timesBaseline: () => undefined };

describe("the limit of an attempt", () => {
  const limits = (timeout: Timeout | undefined, best?: Trial, baseline?: Trial): AttemptLimits =>
    new AttemptLimits(timeout, objectives, { timesBest: () => best, timesBaseline: () => baseline });

  it("is none, or a time", () => {
    expect(limits(undefined, trial(1, 1)).next(false)).toEqual({});
    expect(limits(500, trial(1, 1)).next(true)).toEqual({ timeout: 500 });
  });

  it("is a multiple of the best's or the baseline's time once there is one, and what it cuts off that many times as slow", () => {
    const cutOff = (ms: number): Outcome => ({ state: "complete", values: { ms: { value: ms } }, atLeast: true });
    expect(limits({ timesBest: 3 }).next(false)).toEqual({});
    const best = limits({ timesBest: 3 }, trial(7, 2000), trial(9, 5000));
    expect(best.next(false)).toEqual({ timeout: 6000, cutOff: cutOff(21) });
    const baseline = limits({ timesBaseline: 1.5 }, trial(7, 2000), trial(9, 5000));
    expect(baseline.next(false)).toEqual({ timeout: 7500, cutOff: cutOff(13.5) });
    const maximised = new AttemptLimits({ timesBest: 4 }, [{ name: "ms", direction: "maximize" }], {
      ...none,
      timesBest: () => trial(8, 1000),
    });
    expect(maximised.next(false)).toEqual({ timeout: 4000, cutOff: cutOff(2) });
  });

  it("gives a bound that is normalised as the trial is that it refers to", () => {
    const normalizedBy = { place: "here", values: { ms: 14 } };
    const best = finishedTrial(4, { values: { ms: 7 }, duration: 2000, normalizedBy });
    expect(limits({ timesBest: 3 }, best).next(false).cutOff).toEqual({
      state: "complete",
      values: { ms: { value: 21, normalized: { value: 1.5 } } },
      atLeast: true,
      normalizedBy,
    });
  });

  it("follows the best while trials run", () => {
    let best = trial(8, 4000);
    const following = new AttemptLimits({ timesBest: 2 }, objectives, { ...none, timesBest: () => best });
    expect(following.next(false).timeout).toBe(8000);
    best = trial(4, 1000);
    expect(following.next(false).timeout).toBe(2000);
  });

  it("is no less than 100 ms, for timers and other programs take their time too", () => {
    expect(limits({ timesBest: 3 }, trial(2, 1)).next(false)).toMatchObject({
      timeout: 100,
      cutOff: { values: { ms: { value: 6 } } },
    });
  });

  it("is never beyond `max`, at which an attempt fails, and nothing else for the baseline", () => {
    const limit = limits({ timesBest: 3, max: 5000 }, trial(7, 2000));
    expect([limit.next(false), limit.next(true)]).toEqual([{ timeout: 5000 }, { timeout: 5000 }]);
    expect(limits({ timesBest: 3, max: 7000 }, trial(7, 2000)).next(false)).toMatchObject({ timeout: 6000 });
    expect(limits({ timesBest: 3 }, trial(7, 2000)).next(true)).toEqual({});
  });

  it("cannot be told where there is nothing to multiply", () => {
    for (const value of [0, -2])
      expect(() => limits({ timesBest: 3 }, trial(value, 2000)).check()).toThrow(
        `Expected the values of \`ms\` to be > 0, as \`timeout: { timesBest: 3 }\` multiplies them, got ${value} of trial 4`,
      );
  });
});

describe("a relative timeout", () => {
  const space = { x: int(1, 3) };
  const objective = (): number => 1;

  it.each([
    [{ timesBest: 0.5 }, "Expected `timeout.timesBest` to be a finite number ≥ 1, got 0.5"],
    [{ timesBest: 3, max: 0 }, "Expected `timeout.max` to be a finite number > 0, got 0"],
    [{ timesBest: 3, timesBaseline: 3 }, "Expected `timeout` to hold either `timesBest` or `timesBaseline`, got"],
    [{}, "Expected `timeout` to hold either `timesBest` or `timesBaseline`, got {}"],
    [{ timesWorst: 3 }, "timesWorst"],
    ["3x", 'Expected `timeout` to be milliseconds, { timesBest } or { timesBaseline }, got "3x"'],
  ])("refuses %j before anything runs", (timeout, message) => {
    expect(() => defineSearch({ space, objective, timeout: timeout as Timeout })).toThrow(message);
  });

  it("needs one objective, and a baseline where it is one's", async () => {
    const two = { a: "minimize", b: "minimize" } as const;
    expect(() =>
      defineSearch({ space, objectives: two, objective: () => ({ a: 1, b: 1 }), timeout: { timesBest: 3 } }),
    ).toThrow("Expected one objective for `timeout.timesBest`, got 2");
    await expect(defineSearch({ space, objective, timeout: { timesBaseline: 3 } }).start()).rejects.toThrow(
      "Expected a `baseline`, or a `default` of every parameter, for `timeout.timesBaseline`, got none",
    );
  });

  it("ends a search whose values it cannot multiply, and loses nothing", async () => {
    const journal = await keptJournal();
    const search = defineSearch({
      space,
      objective: () => -1,
      timeout: { timesBest: 3 },
      journal: { ...memory(""), open: () => journal.open() },
    });
    await expect(search.start()).rejects.toThrow("got -1 of trial 0");
    const result = await search.with({ timeout: 1000 }).start();
    expect(result.trials.map(({ state, attempt }) => [state, attempt])).toEqual([
      ["complete", 1],
      ["complete", 1],
      ["complete", 1],
    ]);
  });

  it.each([
    ["inline", inline()],
    ["processes", processes({ workers: 1 })],
  ])(
    "cuts off what is slower, which is complete, at least that slow, and never the best, with %s",
    async (_, evaluator) => {
      const search = defineSearch({
        space: { ms: int(1, 60_000) },
        objective: command(["ms={ms}; sleep $((ms / 1000)).$(printf %03d $((ms % 1000))); echo $ms"], { shell: true }),
        baseline: { ms: 900 },
        first: [{ ms: 60_000 }, { ms: 1 }],
        constraints: { wall: { max: 1e6 } },
        trials: 2,
        stop: target({ value: 0.5 }),
        timeout: { timesBaseline: 3 },
        evaluator,
        seed: 1,
      });
      const result = await search.start();
      const [baseline, slow, best] = result.trials;
      expect(baseline).toMatchObject({ state: "complete", values: { value: 900 } });
      expect(slow).toMatchObject({ state: "complete", atLeast: true, values: { value: 2700 } });
      expect(slow!.values).not.toHaveProperty("wall");
      expect(slow!.duration).toBeGreaterThan(3 * baseline!.duration - 50);
      expect(best).toMatchObject({ state: "complete", values: { value: 1 } });
      expect([result.best.number, result.trials.length, result.failures]).toEqual([2, 3, []]);
      const table = result.toCsv();
      expect(table.split("\n")[0]).toMatch(/,atLeast$/);
      expect(trialsFromCsv(table).map(({ atLeast }) => atLeast)).toEqual([undefined, true, undefined]);
    },
  );

  it("is taken over by twins, and leads nowhere", async () => {
    const study = await open({
      trials: 2,
      sampler: scripted(() => ({ unit: [0.5] })),
      constraints: { rss: { max: 1 } },
    });
    await study.ask();
    await study.tell(0, { state: "complete", values: { value: { value: 3 } }, atLeast: true });
    await study.ask();
    const [cut, twin] = study.trials;
    expect(cut).toMatchObject({ state: "complete", aside: undefined, atLeast: true });
    expect(twin).toMatchObject({ state: "complete", twin: 0, atLeast: true, values: { value: 3 } });
    expect(study.counted).toBe(1);
    const leaders = new Leaders({ ...study.definition, constraints: {} });
    for (const each of study.trials) leaders.add(each);
    expect(leaders.trials).toEqual([]);
  });

  it("leaves a failure alone that says of itself that it took too long", async () => {
    const study = await open({ trials: 2 });
    const reference = finishedTrial(0, { values: { value: 5 }, duration: 20_000 });
    const limits = new AttemptLimits({ timesBest: 2 }, study.definition.objectives, {
      ...none,
      timesBest: () => reference,
    });
    let now = 0;
    const evaluator: Evaluator<{ readonly x: number }, BareTask<{ readonly x: number }>> = {
      concurrency: 1,
      evaluate: async ({ number, timeout, placed }) => {
        now += 1_000_000; // waits for a place
        placed({ worker: 0 });
        now += number === 0 ? 1000 : timeout!;
        return failed("timeout", "too long");
      },
      [Symbol.asyncDispose]: async () => {},
    };
    const clock = { ...realClock, now: () => now };
    await new Loop({ study, evaluator, rules: [], clock, limits }).run();
    expect(study.trials.map(({ state, values, atLeast }) => [state, values["value"], atLeast])).toEqual([
      ["failed", undefined, undefined],
      ["complete", 10, true],
    ]);
  });
});

it("tells samplers a bound, and asks for no `cost` of what was cut off", async () => {
  const told: unknown[] = [];
  const result = await defineSearch({
    space: { ms: int(1, 4) },
    objective: async ({ ms }, { signal }) => {
      if (ms > 1) await realClock.sleep(60_000, signal);
      return { value: ms, cost: 0.1 };
    },
    first: [{ ms: 1 }, { ms: 2 }],
    timeout: { timesBest: 2 },
    stop: cost(5),
    trials: 3,
    sampler: {
      info: { name: "ears", version: 1, summary: "Hears." },
      options: {},
      create: () => ({
        ask: () => ({ unit: [0.9] }),
        tell: ({ number, losses, atLeast, constraints }) => void told.push({ number, losses, atLeast, constraints }),
      }),
    },
  }).start();
  expect(result.trials.map(({ state, cost: spent }) => [state, spent])).toEqual([
    ["complete", 0.1],
    ["complete", undefined],
    ["complete", undefined],
  ]);
  expect(told).toEqual([
    { number: 0, losses: [1], atLeast: undefined, constraints: [] },
    { number: 1, losses: [2], atLeast: true, constraints: [] },
  ]);
});
