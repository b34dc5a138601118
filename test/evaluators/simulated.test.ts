import { describe, expect, it } from "vitest";
import { attemptPolicy } from "../../src/core/attempt-policy.ts";
import type { BareTask, TrialContext } from "../../src/core/evaluator.ts";
import { definePruner, type PrunerFactory } from "../../src/core/pruner.ts";
import { RetryLater } from "../../src/core/retry-later.ts";
import type { StopRuleFactory } from "../../src/core/stop-rule.ts";
import type { Trial } from "../../src/core/trial.ts";
import type { SimulatedTrial } from "../../src/evaluators/simulated/plan.ts";
import { simulated, type SimulatedOptions } from "../../src/evaluators/simulated/simulated.ts";
import { instances } from "../../src/evaluators/instances.ts";
import { python } from "../../src/evaluators/python.ts";
import { provide } from "../../src/evaluators/provision.ts";
import { median } from "../../src/pruners/index.ts";
import { defineSearch } from "../../src/search/search.ts";
import { float } from "../../src/space/index.ts";
import { timeLimit } from "../../src/study/stop-rules/index.ts";
import { realClock } from "../../src/system/clock.ts";

type Params = { readonly x: number };

const HOUR = 3_600_000;
/** Hours that trials take, by their numbers. */
const hours =
  (...all: number[]) =>
  ({ number }: SimulatedTrial): number =>
    all[number]! * HOUR;

interface Asked {
  readonly objective?: (params: Params, trial: TrialContext) => number | Promise<number>;
  readonly trials?: number;
  readonly timeout?: number;
  readonly stop?: StopRuleFactory;
  readonly pruner?: PrunerFactory;
}

async function simulate(
  options: Parameters<typeof simulated>[0],
  { objective = ({ x }) => x, trials = 4, ...rest }: Asked = {},
): Promise<readonly Trial<Params>[]> {
  const spec = { space: { x: float(0, 1) }, objective, trials, seed: 1, sampler: "random", ...rest };
  const handle = defineSearch({ ...spec, evaluator: simulated(options) }).start();
  const all = new Map<number, Trial<Params>>();
  handle.watch(({ trial }) => trial && all.set(trial.number, trial));
  await handle;
  return [...all.values()].filter(({ startedAt }) => startedAt !== undefined);
}

/** When trials ran, in hours since the first began. */
function times(trials: readonly Trial[]): (readonly [state: string, from: number, to: number])[] {
  const [{ startedAt: began = 0 }] = trials as [Trial];
  const since = (at: number): number => (at - began) / HOUR;
  return trials.map(({ state, startedAt, finishedAt }) => [state, since(startedAt!), since(finishedAt!)]);
}

describe("simulated()", () => {
  it("refills workers at the exact moments at which they are free", async () => {
    const trials = await simulate({ workers: 2, duration: hours(5, 2, 1, 4) });
    expect(times(trials)).toEqual([
      ["complete", 0, 5],
      ["complete", 0, 2],
      ["complete", 2, 3],
      ["complete", 3, 7],
    ]);
    expect(trials.map(({ duration }) => duration)).toEqual([5, 2, 1, 4].map((h) => h * HOUR));
  });

  it("ends a trial at its timeout, and the search at its time limit, to the millisecond", async () => {
    let calls = 0;
    const objective = ({ x }: Params): number => (calls++, x);
    const trials = await simulate(
      { workers: 2, duration: hours(3, 5, 2, 9, 9, 9) },
      { objective, trials: 9, timeout: 3 * HOUR, stop: timeLimit(7 * HOUR) },
    );
    expect(times(trials)).toEqual([
      ["complete", 0, 3],
      ["failed", 0, 3],
      ["complete", 3, 5],
      ["failed", 3, 6],
      ["cancelled", 5, 7],
      ["cancelled", 6, 7],
    ]);
    expect(trials[1]!.failure).toMatchObject({ kind: "timeout", message: `took longer than ${3 * HOUR} ms` });
    expect(calls, "what does not come to its end is not computed").toBe(2);
  });

  it("lets attempts fail at the end of their time, and retries them", async () => {
    const trials = await simulate(
      {
        duration: HOUR,
        failure: ({ number, attempt }) => (number === 1 ? (attempt === 1 ? "lost" : "crash") : undefined),
      },
      { trials: 2 },
    );
    expect(times(trials)).toEqual([
      ["complete", 0, 1],
      ["failed", 2, 3],
    ]);
    expect(trials[1]).toMatchObject({ attempt: 2, failure: { kind: "crash", message: "a simulated failure (crash)" } });
  });

  it("draws times from 1 to 5 s and failures at their rate, the same for the same seed", async () => {
    const options: SimulatedOptions = { workers: 5, failure: 0.25 };
    const [one, two] = [await simulate(options, { trials: 400 }), await simulate(options, { trials: 400 })];
    expect(times(one)).toEqual(times(two));
    const durations = one.map(({ duration }) => duration);
    expect(durations.every((ms) => Number.isInteger(ms) && ms >= 1000 && ms <= 5000)).toBe(true);
    const mean = durations.reduce((a, b) => a + b) / 400;
    expect(Math.abs(mean - 3000), "5 standard errors of a uniform time").toBeLessThan((5 * 4000) / Math.sqrt(12 * 400));
    const failed = one.filter(({ state }) => state === "failed").length;
    expect(Math.abs(failed - 100), "5 deviations of a binomial count").toBeLessThan(5 * Math.sqrt(75));
  });

  it("waits for an objective that works for real, and lets none of that time pass", async () => {
    let [working, most] = [0, 0];
    const objective = async ({ x }: Params): Promise<number> => {
      most = Math.max(most, ++working);
      await realClock.sleep(5);
      working--;
      return x;
    };
    const trials = await simulate({ workers: 4, duration: hours(1, 1, 2, 3, 1, 1) }, { objective, trials: 6 });
    expect(times(trials).map(([, from, to]) => [from, to])).toEqual([
      [0, 1],
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 2],
    ]);
    expect(most).toBe(1);
  });

  it("ends an objective that never settles, for which time would stand still for ever", async () => {
    const objective = (_: Params, trial: TrialContext): Promise<number> =>
      realClock.sleep(1e9, trial.signal).then(() => 1);
    const trials = await simulate({ duration: 10 }, { objective, trials: 1, timeout: 20 });
    expect(trials[0]).toMatchObject({
      state: "failed",
      failure: { kind: "timeout", message: "took longer than 20 ms" },
    });
  });

  it("waits in virtual time for trials that are to be run again later, also between the runs of one attempt", async () => {
    let calls = 0;
    const objective = ({ x }: Params): number => {
      if (calls++ === 0) throw new RetryLater(10 * HOUR);
      return x;
    };
    const first = await simulate({ duration: HOUR }, { objective, trials: 1 });
    expect([first[0]!.attempt, first[0]!.duration]).toEqual([2, HOUR]);
    const second = (await simulate({ duration: HOUR, repeats: 3 }, { trials: 2, timeout: 2 * HOUR }))[0];
    expect(second).toMatchObject({ state: "failed", failure: { kind: "timeout" }, duration: 2 * HOUR });
    calls = -1;
    const third = await simulate({ duration: HOUR, repeats: 3 }, { objective, trials: 1 });
    expect(third[0]).toMatchObject({ state: "complete", duration: 14 * HOUR });
  });

  it("normalises by a baseline that is measured in virtual time", async () => {
    const search = defineSearch({
      space: { x: float(0, 1) },
      objective: ({ x }) => 1 + x,
      baseline: { x: 1 },
      trials: 4,
      seed: 1,
      sampler: "random",
      evaluator: simulated({ workers: 2, duration: HOUR, normalize: true }),
    });
    const { trials } = await search.start();
    for (const { values, normalized } of trials) expect(normalized!["value"]).toBeCloseTo(values.value / 2);
    expect(times(trials).at(-1)![2], "the baseline alone, then two at a time").toBe(3);
  });

  it("goes on in virtual time while nobody searches", async () => {
    const workload = { objective: ({ x }: Params) => x, names: ["value"], log: () => {} };
    const evaluator = provide(await simulated({ workers: 1 }).open<Params>(workload), attemptPolicy({}));
    const task = (number: number): BareTask<Params> => ({
      number,
      attempt: 1,
      params: { x: number },
      baseline: false,
      seed: number,
      signal: new AbortController().signal,
      placed: () => {},
      report: () => "continue",
      reportSync: () => "continue",
    });
    expect(await Promise.all([1, 2, 3].map((n) => evaluator.evaluate(task(n))))).toEqual(
      [1, 2, 3].map((value) => ({ state: "complete", values: { value: { value } } })),
    );
    await evaluator[Symbol.asyncDispose]();
  });

  it.each<[Parameters<typeof simulated>[0] & object, string]>([
    [{ workers: 0 }, "Expected `workers` to be an integer ≥ 1, got 0"],
    [{ duration: -1 }, "Expected `duration` to be a finite number ≥ 0, got -1"],
    [{ step: NaN }, "Expected `step` to be a finite number ≥ 0, got NaN"],
    [{ failure: 2 }, "Expected `failure` to be a finite number ≥ 0 and ≤ 1, got 2"],
    [{ times: 2 } as object, "Unknown option `times` of simulated."],
  ])("refuses %o", (options, message) => expect(() => simulated(options)).toThrow(message));

  it("refuses objectives of other languages, and times that cannot be", async () => {
    await expect(simulate({}, { objective: python("model.py:measure") as never })).rejects.toThrow(
      "Expected the objective for simulated() to be a function of this process, or a command",
    );
    await expect(simulate({ duration: () => -1 })).rejects.toThrow(
      "Expected `duration of trial 0` to be a finite number ≥ 0, got -1",
    );
    await expect(simulate({ failure: () => "bad" as never })).rejects.toThrow(
      'Expected `failure` of trial 0 to be one of error, invalid, timeout, memory, crash, lost, got "bad"',
    );
  });
});

describe("simulated reports", () => {
  const curve = async ({ x }: Params, trial: TrialContext): Promise<number> => {
    for (let step = 1; step <= 4; step++) await trial.report(step, x + step);
    return x;
  };

  /** Runs trials, and prunes those of these numbers at these steps. */
  async function prune(steps: Readonly<Record<number, number>>, objective = curve) {
    const seen: (readonly [trial: number, step: number, elapsed: number])[] = [];
    const scripted = definePruner({ name: "scripted", summary: "For tests." }, () => () => ({
      report: (number, { step, elapsed }) => {
        seen.push([number, step, elapsed / HOUR]);
        return steps[number] === step ? "prune" : "continue";
      },
      tell: () => {},
    }));
    const options = { workers: 2, step: HOUR, duration: HOUR / 2 };
    return { times: times(await simulate(options, { objective, trials: 3, pruner: scripted() })), seen };
  }

  it("come at their virtual moments, and a pruned trial frees its worker at that of the report", async () => {
    const { seen, times } = await prune({ 0: 2 });
    expect(times).toEqual([
      ["pruned", 0, 2.5],
      ["complete", 0, 4.5],
      ["complete", 2.5, 7],
    ]);
    expect(seen.filter(([trial]) => trial === 0)).toEqual([
      [0, 1, 1.5],
      [0, 2, 2.5],
    ]);
    expect(seen.filter(([trial]) => trial === 2).map(([, , elapsed]) => elapsed)).toEqual([1.5, 2.5, 3.5, 4.5]);
  });

  it("come one after the other, also where none is awaited", async () => {
    const { seen, times } = await prune({ 1: 3 }, async ({ x }, trial) => {
      for (let step = 1; step <= 4; step++) void trial.report(step, x);
      await realClock.sleep(2);
      return x;
    });
    expect(times).toEqual([
      ["complete", 0, 4.5],
      ["pruned", 0, 3.5],
      ["complete", 3.5, 8],
    ]);
    expect(seen.filter(([trial]) => trial === 1).map(([, step]) => step)).toEqual([1, 2, 3]);
  });

  it("let a pruner save what it would save for real", async () => {
    const all = async (pruner?: PrunerFactory): Promise<readonly Trial<Params>[]> =>
      simulate(
        { workers: 4, step: ({ params }: SimulatedTrial<Params>) => HOUR * (0.5 + params.x) },
        { objective: curve, trials: 40, ...(pruner === undefined ? {} : { pruner }) },
      );
    const [whole, pruned] = [await all(), await all(median())];
    const spent = (trials: readonly Trial[]): number => trials.reduce((sum, { duration }) => sum + duration, 0);
    const least = (trials: readonly Trial[]): number =>
      Math.min(...trials.flatMap(({ values }) => values["value"] ?? []));
    expect(pruned.filter(({ state }) => state === "pruned").length).toBeGreaterThan(5);
    expect(spent(pruned)).toBeLessThan(0.9 * spent(whole));
    expect(least(pruned)).toBe(least(whole));
    for (const { params, duration, reports } of pruned)
      expect(duration).toBeCloseTo(reports.length * HOUR * (0.5 + params.x), 1);
  });

  it("are no more once the search has ended, and the objective unwinds", async () => {
    let unwound = 0;
    const trials = await simulate(
      { workers: 2, step: HOUR },
      {
        objective: (params, trial) => curve(params, trial).finally(() => unwound++),
        stop: timeLimit(2.5 * HOUR),
      },
    );
    expect(times(trials)).toEqual([
      ["cancelled", 0, 2.5],
      ["cancelled", 0, 2.5],
    ]);
    expect(trials.map(({ reports }) => reports.length)).toEqual([2, 2]);
    expect(unwound).toBe(2);
  });
});

it("takes its time on each instance, and is pruned between them", async () => {
  const objective = instances({ over: [1, 2, 3], order: "given" }, ({ x }: Params, instance) => x + instance);
  const stop = definePruner({ name: "third", summary: "For tests." }, () => () => ({
    report: (number, { step }) => (number === 1 && step === 2 ? "prune" : "continue"),
    tell: () => {},
  }));
  const duration = ({ instance }: SimulatedTrial): number => HOUR * Number(instance!.name);
  const trials = await simulate({ duration }, { objective, trials: 2, pruner: stop() });
  expect(times(trials)).toEqual([
    ["complete", 0, 6],
    ["pruned", 6, 9],
  ]);
});
