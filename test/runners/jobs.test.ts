import { describe, expect, it } from "vitest";
import type { Task } from "../../src/core/evaluator.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import type { JobHandle, RunnerJobState, Runner, RunnerFactory } from "../../src/core/runner.ts";
import { jobs, type JobsOptions } from "../../src/runners/jobs.ts";
import { replay } from "../../src/runners/replay.ts";
import { singleRunning } from "../../src/runners/single-running.ts";
import { synthetic } from "../../src/runners/synthetic.ts";
import { defineSearch } from "../../src/search/search.ts";
import { float, int } from "../../src/space/index.ts";
import { timeLimit } from "../../src/study/stop-rules/index.ts";
import { VirtualClock } from "../../src/system/virtual-clock.ts";
import { contractTask, contractWorkload } from "../../src/testing/contract-task.ts";
import { complete } from "../../src/testing/evaluator-subject.ts";

const ended = (value: number): RunnerJobState => ({ state: "ended", outcome: complete(value) });
type Script = (number: number, ms: number) => RunnerJobState | undefined;

/** A runner in virtual time whose jobs do what a script says of their number and age, and what it was asked. */
function scripted(
  script: Script,
  faults: { poll?: (handles: readonly JobHandle[]) => void; submit?: () => void } = {},
) {
  const clock = new VirtualClock(0);
  const submitted = new Map<JobHandle, { readonly number: number; readonly at: number }>();
  const polls: number[] = [];
  const cancelled: (readonly [handle: JobHandle, reason: string, at: number])[] = [];
  let most = 0;
  const runner: Runner = {
    clock,
    render: ({ name }) => name,
    submit: async ({ number }) => {
      faults.submit?.();
      const handle = `job-${number}`;
      submitted.set(handle, { number, at: clock.now() });
      return handle;
    },
    poll: async (handles) => {
      most = Math.max(most, handles.length);
      if (handles.length === most) polls.push(clock.now());
      faults.poll?.(handles);
      return new Map(
        handles.flatMap((handle) => {
          const { number, at } = submitted.get(handle)!;
          const state = script(number, clock.now() - at);
          return state === undefined ? [] : [[handle, state] as const];
        }),
      );
    },
    cancel: async (handle, reason) => void cancelled.push([handle, reason, clock.now()]),
  };
  const factory: RunnerFactory = {
    info: { name: "scripted", summary: "For tests.", closures: true, survives: false },
    open: async () => runner,
  };
  const open = (options: JobsOptions = {}) => jobs(factory, options).open(contractWorkload());
  return { clock, polls, cancelled, factory, open, submitted };
}

/** Tasks numbered from 0. */
function task(number: number, given: Partial<Task> = {}) {
  return { ...contractTask("return", number, given as never), number };
}

describe("jobs()", () => {
  it("polls less and less often while nothing happens, and soon again once something has", async () => {
    const { polls, open } = scripted((_, ms) =>
      ms < 10_000 ? { state: "queued" } : ms < 100_000 ? { state: "running" } : ended(1),
    );
    const evaluator = await open({ every: 1_000, factor: 2, longest: 16_000 });
    expect(await evaluator.evaluate(task(0))).toEqual(complete(1));
    const seconds = [1, 3, 7, 15, 16, 18, 22, 30, 46, 62, 78, 94, 110];
    expect(polls.map((ms) => ms / 1000)).toEqual(seconds);
    await evaluator[Symbol.asyncDispose]();
  });

  it("looks soon for a job that is new, and not later for one that is older", async () => {
    const { polls, clock, open } = scripted((number, ms) =>
      ms < (number === 0 ? 50_000 : 900) ? { state: "running" } : ended(1),
    );
    const evaluator = await open({ every: 1_000, factor: 3, longest: 60_000, capacity: 2 });
    const first = evaluator.evaluate(task(0));
    await clock.sleep(20_000);
    const second = evaluator.evaluate(task(1));
    await second;
    expect(clock.now()).toBe(21_000);
    await first;
    // the first poll shows that it runs, which is news
    expect(polls[0]).toBe(1_000);
    expect(clock.now()).toBeLessThan(21_000 + 60_000);
    await evaluator[Symbol.asyncDispose]();
  });

  it("says where a job is, once it is submitted and once it runs, and lends it no more than it may wait for", async () => {
    const { open, clock } = scripted((number, ms) =>
      ms < 5_000 * (number + 1)
        ? { state: "queued" }
        : ms < 60_000
          ? { state: "running", where: { node: `n${number}` } }
          : ended(1),
    );
    const evaluator = await open({ capacity: 3, pending: 1, factor: 1 });
    const changes: number[] = [];
    evaluator.watch!(() => changes.push(evaluator.concurrency));
    expect(evaluator.concurrency).toBe(1);
    const one = task(0);
    const outcome = evaluator.evaluate(one);
    await clock.sleep(5_500);
    expect(changes).toEqual([2]);
    expect(one.places).toEqual([
      { runner: "scripted", job: "job-0" },
      { runner: "scripted", job: "job-0", where: { node: "n0" } },
    ]);
    const two = [1, 2].map((n) => evaluator.evaluate(task(n)));
    await clock.sleep(16_000);
    expect(evaluator.concurrency, "the capacity").toBe(3);
    await Promise.all([outcome, ...two]);
    expect(evaluator.concurrency).toBe(1);
    await evaluator[Symbol.asyncDispose]();
  });

  it("takes what it does not know for an observation first", async () => {
    const { open, cancelled } = scripted((number, ms) => {
      if (number === 0)
        return ms > 5_000 && ms < 50_000
          ? { state: "unknown", reason: "no answer" }
          : ms < 90_000
            ? { state: "running" }
            : ended(1);
      return ms < 5_000 ? { state: "running" } : undefined;
    });
    const evaluator = await open({ capacity: 2, factor: 1, grace: 60_000 });
    const [back, gone] = await Promise.all([0, 1].map((n) => evaluator.evaluate(task(n))));
    expect(back).toEqual(complete(1));
    expect(gone).toMatchObject({
      state: "failed",
      failure: {
        kind: "lost",
        message: "scripted has not known what became of job job-1 for 60000 ms: it says nothing about it",
      },
    });
    expect(cancelled).toEqual([["job-1", "its state is unknown, and nobody waits for it any longer", 65_000]]);
    await evaluator[Symbol.asyncDispose]();
  });

  it("asks for each job alone when a poll fails, so that one of them harms no other", async () => {
    const poll = (handles: readonly JobHandle[]): void => {
      if (handles.includes("job-1")) throw new Error("no such job");
    };
    const { open } = scripted((_, ms) => (ms < 3_000 ? { state: "running" } : ended(1)), { poll });
    const evaluator = await open({ capacity: 2, grace: 10_000 });
    const outcomes = await Promise.all([0, 1].map((n) => evaluator.evaluate(task(n))));
    expect(outcomes[0]).toEqual(complete(1));
    expect(outcomes[1]).toMatchObject({
      failure: { kind: "lost", message: expect.stringContaining("no such job") as string },
    });
    await evaluator[Symbol.asyncDispose]();
  });

  it("cancels what is pruned, takes too long or is stopped, and tells the runner why", async () => {
    const { open, cancelled } = scripted((_, ms) => ({
      state: "running",
      reports: [1, 2, 3].filter((step) => step * 2_000 <= ms).map((step) => ({ step, values: { value: step } })),
    }));
    const evaluator = await open({ capacity: 4, factor: 1 });
    const pruned = task(0, { report: (step) => (step === 2 ? "prune" : "continue") });
    const stopped = task(2);
    const outcomes = [pruned, task(1, { timeout: 7_000 }), stopped].map((each) => evaluator.evaluate(each));
    expect(await outcomes[0]).toEqual({ state: "pruned" });
    expect(await outcomes[1]).toMatchObject({
      state: "failed",
      failure: { kind: "timeout", message: "took longer than 7000 ms" },
    });
    stopped.controller.abort("stopped");
    expect(await outcomes[2]).toEqual({ state: "cancelled", reason: "stopped" });
    const left = evaluator.evaluate(task(3));
    await Promise.resolve();
    await evaluator[Symbol.asyncDispose]();
    expect(await left).toMatchObject({ state: "cancelled" });
    expect(cancelled.map(([handle, reason]) => [handle, reason])).toEqual([
      ["job-0", "the trial is pruned"],
      ["job-1", "it took longer than 7000 ms"],
      ["job-2", "stopped"],
      ["job-3", "the evaluator is closed"],
    ]);
    expect(cancelled.slice(0, 2).map(([, , at]) => at)).toEqual([4_000, 8_000]);
    await expect(evaluator.evaluate(task(4))).rejects.toThrow(/closed/);
  });

  it("makes a failure of what cannot be submitted", async () => {
    const submit = (): never => {
      throw new Error("the queue is full");
    };
    const evaluator = await scripted(() => undefined, { submit }).open();
    expect(await evaluator.evaluate(task(7))).toMatchObject({
      failure: { kind: "lost", message: "the job of trial 7 could not be submitted: the queue is full" },
    });
    await evaluator[Symbol.asyncDispose]();
  });

  it.each<[JobsOptions, string]>([
    [{ capacity: 0 }, "Expected `capacity` to be an integer ≥ 1, got 0"],
    [{ pending: 0.5 }, "Expected `pending` to be an integer ≥ 1, got 0.5"],
    [{ grace: -1 }, "Expected `grace` to be a finite number ≥ 0, got -1"],
    [{ every: 0 }, "Expected `every` to be a finite number > 0, got 0"],
    [{ factor: 0.5 }, "Expected `factor` to be a finite number ≥ 1, got 0.5"],
    [{ polls: 3 } as JobsOptions, "Unknown option `polls` of jobs."],
  ])("refuses %o", (options, message) => expect(() => jobs(synthetic(), options)).toThrow(message));

  it("refuses what is no configured runner", () =>
    expect(() => jobs("synthetic" as never)).toThrow(
      'Expected jobs() to be given a configured runner, such as synthetic(), got "synthetic"',
    ));
});

describe("a search over jobs", () => {
  const HOUR = 3_600_000;
  const base = defineSearch({
    space: { x: float(0, 1), n: int(1, 5) },
    objective: async ({ x, n }, trial) => {
      await trial.report(1, x);
      if (trial.number === 3) throw new Error("no luck");
      return x * n;
    },
    sampler: "random",
    seed: 3,
    trials: 12,
  });
  const shot = ({
    params,
    state,
    values,
    reports,
    failure,
  }: Awaited<ReturnType<typeof base.start>>["trials"][number]) => ({
    params,
    state,
    values,
    reports: reports.map(({ step, values: reported }) => ({ step, values: reported })),
    failure: failure?.message,
  });

  it("simulates the queue and the polls, and comes to what a search without jobs does", async () => {
    const evaluator = jobs(synthetic({ queued: HOUR / 2, duration: ({ number }) => HOUR * (1 + (number % 3)) }), {
      capacity: 3,
      pending: 2,
    });
    const [plain, jobbed] = [await base.start(), await base.with({ evaluator }).start()];
    const byNumber = (all: typeof plain.trials) => all.map(shot);
    expect(byNumber(jobbed.trials)).toEqual(byNumber(plain.trials));
    for (const { number, duration } of jobbed.trials) {
      const least = HOUR * (1.5 + (number % 3));
      expect(duration).toBeGreaterThanOrEqual(least);
      expect(duration, "a minute between polls at most").toBeLessThan(least + 60_001);
    }
    const began = jobbed.trials[0]!.startedAt!;
    const early = jobbed.trials.filter(({ startedAt }) => startedAt! - began < HOUR / 4);
    expect(early, "two may wait").toHaveLength(2);
  });

  it("replays what was recorded: the same results in the same times, but for the polls", async () => {
    const recorded = await base
      .with({ evaluator: jobs(synthetic({ duration: ({ number }) => HOUR * (1 + (number % 4)) })) })
      .start();
    const evaluator = jobs(replay({ trials: recorded.trials }), { capacity: 2, every: 60_000, factor: 1 });
    const again = await base.with({ evaluator, objective: (() => NaN) as never }).start({ objectiveHash: "same" });
    expect(again.trials.map(shot)).toEqual(recorded.trials.map(shot));
    for (const [i, { duration }] of again.trials.entries()) {
      expect(duration).toBeGreaterThanOrEqual(recorded.trials[i]!.duration);
      expect(duration).toBeLessThan(recorded.trials[i]!.duration + 60_001);
    }
    const stranger = await base.with({ evaluator, seed: 99, trials: 1 }).start();
    expect(stranger.trials[0]!.failure).toMatchObject({
      kind: "invalid",
      message: expect.stringContaining("no recorded run") as string,
    });
  });

  it("cancels its jobs when the time is over", async () => {
    const { factory, cancelled, clock } = scripted(() => ({ state: "running" }));
    const began = clock.now();
    const result = await base.with({ evaluator: jobs(factory, { capacity: 2 }), stop: timeLimit(HOUR) }).start();
    expect(result.reason).toBe("time");
    expect(cancelled).toEqual([
      ["job-0", "time", began + HOUR],
      ["job-1", "time", began + HOUR],
    ]);
  });
});

describe("singleRunning()", () => {
  it("ends a job when the next one takes its place, with what it reported last", async () => {
    const { factory, cancelled, clock } = scripted((number, ms) => ({
      state: "running",
      reports: Array.from({ length: Math.floor(ms / 1_000) }, (_, i) => ({
        step: i,
        values: { value: 10 * number + i },
      })),
    }));
    const evaluator = await jobs(singleRunning(factory), { capacity: 2, factor: 1 }).open(contractWorkload());
    const outcomes: Promise<Outcome>[] = [];
    for (const number of [0, 1, 2]) {
      outcomes.push(evaluator.evaluate(task(number)));
      await clock.sleep(number === 1 ? 500 : 3_500);
    }
    expect(await outcomes[0]).toEqual(complete(2));
    expect(await outcomes[1]).toMatchObject({
      failure: { kind: "invalid", message: /before it had reported/ as never },
    });
    await evaluator[Symbol.asyncDispose]();
    expect(await outcomes[2]).toMatchObject({ state: "cancelled" });
    expect(cancelled.map(([handle, reason]) => [handle, reason])).toEqual([
      ["job-0", "trial 1 takes its place"],
      ["job-1", "trial 2 takes its place"],
      ["job-2", "the evaluator is closed"],
    ]);
  });
});
