import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { type AttemptOptions, attemptPolicy } from "../../src/core/attempt-policy.ts";
import type { Task } from "../../src/core/evaluator.ts";
import { failed, type Measured, type Outcome } from "../../src/core/outcome.ts";
import { measuring } from "../../src/evaluators/measuring.ts";
import { realClock } from "../../src/system/clock.ts";
import { thisHost } from "../../src/system/host.ts";
import { until } from "../../src/testing/contract-task.ts";
import { bareTask } from "./provided.ts";

const BASELINE = "the baseline";
const { host } = thisHost().identity;

interface Ran {
  readonly task: Task;
  readonly baseline: boolean;
}

/** A measuring evaluator over a function that gives the outcome of each run, and what was run and logged. */
function measured(
  options: AttemptOptions,
  run: (ran: Ran, index: number) => Outcome | number | Promise<Outcome | number>,
) {
  const runs: Ran[] = [];
  const logged: string[] = [];
  const evaluator = measuring(
    {
      concurrency: 8,
      async evaluate(task) {
        const ran = { task, baseline: task.params === BASELINE };
        runs.push(ran);
        task.placed({ worker: 0 });
        const outcome = await run(ran, runs.length - 1);
        return typeof outcome === "number" ? values({ ms: outcome }) : outcome;
      },
      async [Symbol.asyncDispose]() {},
    },
    {
      policy: attemptPolicy(options),
      names: ["ms"],
      log: (line) => logged.push(line),
      baseline: (): unknown => BASELINE,
    },
  );
  return { evaluator, runs, logged };
}

function values(of: Readonly<Record<string, number>>): Outcome & { state: "complete" } {
  return {
    state: "complete",
    values: Object.fromEntries(Object.entries(of).map(([name, value]) => [name, { value }])),
  };
}

function task(number: number, given: Partial<Task> = {}): Task {
  return { ...bareTask(number), params: `trial ${number}`, dir: `/nowhere/${number}`, leases: {}, ...given };
}

const first = (given: Partial<Task> = {}): Task => task(0, { params: BASELINE, baseline: true, ...given });
const ms = (outcome: Outcome): Measured => (outcome as ReturnType<typeof values>).values["ms"]!;

describe("repeats", () => {
  it("leave an evaluator alone of which nothing is asked", () => {
    const inner = { concurrency: 1, evaluate: async () => values({}), async [Symbol.asyncDispose]() {} };
    const policy = attemptPolicy({});
    expect(measuring(inner, { policy, names: [], log: () => {}, baseline: () => 0 })).toBe(inner);
  });

  it("wait for a run that asks for later, and keep what the others measured; the first one sends the attempt back", async () => {
    const later: Outcome = { state: "later", after: 1 };
    let told = 0;
    const waiting = measured({ repeats: 3 }, (_, i) => (i === 1 || i === 2 ? later : i));
    expect(await waiting.evaluator.evaluate(task(3, { later: () => told++ }))).toMatchObject({
      values: { ms: { value: 3, samples: 3 } },
    });
    expect([waiting.runs.length, told]).toEqual([5, 2]);
    const back = measured({ repeats: 3 }, () => later);
    expect(await back.evaluator.evaluate(task(3, { later: () => told++ }))).toEqual(later);
    expect([back.runs.length, told]).toEqual([1, 2]);
  });

  it("end the wait for a later run when the attempt is to end", async () => {
    const ending = new AbortController();
    const { evaluator } = measured({ repeats: 2, normalize: { interleave: true } }, (_, i) =>
      i === 0 ? 1 : { state: "later", after: 1e9 },
    );
    const outcome = evaluator.evaluate(task(3, { signal: ending.signal, later: () => ending.abort("enough") }));
    expect(await outcome).toEqual({ state: "cancelled", reason: "enough" });
  });

  it("reduce the values of several runs of one attempt, name by name", async () => {
    const { evaluator, runs } = measured({ repeats: 3 }, (_, i) =>
      values({ ms: [5, 9, 6][i]!, ...(i === 1 ? { extra: 4 } : {}) }),
    );
    expect(await evaluator.evaluate(task(3))).toMatchObject({
      state: "complete",
      values: { ms: { value: 6, samples: 3, stderr: expect.any(Number) as number }, extra: { value: 4, samples: 1 } },
    });
    expect(runs.map(({ task: { number, params } }) => [number, params])).toEqual(
      Array.from({ length: 3 }, () => [3, "trial 3"]),
    );
    const least = measured({ repeats: { times: 3, reduce: "min" } }, (_, i) => [5, 9, 6][i]!);
    expect(await least.evaluator.evaluate(task(3))).toEqual({
      state: "complete",
      values: { ms: { value: 5, samples: 3 } },
    });
  });

  it("leave one run as it was", async () => {
    const outcome: Outcome = { state: "complete", values: { ms: { value: 3, stderr: 1, samples: 9 } }, cost: 2 };
    expect(await measured({ repeats: 1, normalize: true }, () => outcome).evaluator.evaluate(first())).toMatchObject(
      outcome,
    );
  });

  it("add up what the runs cost", async () => {
    const { evaluator } = measured({ repeats: 3 }, () => ({ ...values({ ms: 1 }), cost: 2 }));
    expect(await evaluator.evaluate(task(1))).toMatchObject({ cost: 6 });
    const named = measured({ repeats: 3 }, () => values({ ms: 1, cost: 2 }));
    expect(await named.evaluator.evaluate(task(1))).toMatchObject({ cost: 6, values: { cost: { value: 2 } } });
    const pairs = measured({ repeats: 2, normalize: { interleave: true } }, () => values({ ms: 1, cost: 2 }));
    expect(await pairs.evaluator.evaluate(task(1))).toMatchObject({ cost: 8 });
    const free = measured({ repeats: 2 }, () => 1);
    expect(await free.evaluator.evaluate(task(1))).not.toHaveProperty("cost");
  });

  it.each([
    failed("crash", "it crashed"),
    { state: "pruned" } as Outcome,
    { state: "cancelled", reason: "stopped" } as Outcome,
    { ...values({ ms: 9 }), atLeast: true } as Outcome,
  ])("end with the first run that gives no values: %j", async (outcome) => {
    const { evaluator, runs } = measured({ repeats: 5 }, (_, i) => (i === 1 ? outcome : 1));
    expect(await evaluator.evaluate(task(1))).toEqual(outcome);
    expect(runs).toHaveLength(2);
  });

  it("report from the first run only", async () => {
    const reports: number[] = [];
    const report = (step: number): "prune" => (reports.push(step), "prune");
    const { evaluator } = measured({ repeats: 3 }, async ({ task: { report: tell, reportSync } }, i) => {
      const verdicts = [await tell(i, {}), reportSync(10 + i, {})];
      expect(verdicts).toEqual(i === 0 ? ["prune", "prune"] : ["continue", "continue"]);
      return 1;
    });
    await evaluator.evaluate(task(1, { report, reportSync: report }));
    expect(reports).toEqual([0, 10]);
  });

  it("have one time limit together, without the time that workers take to start", async () => {
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
    const left: number[] = [];
    const { evaluator } = measured({ repeats: 3 }, ({ task: { timeout, placed } }) => {
      left.push(timeout!);
      now += 400; // a worker starts
      placed({ worker: 0 });
      now += 20;
      return 1;
    });
    const outcome = await evaluator.evaluate(task(1, { timeout: 100 })).finally(() => clock.mockRestore());
    expect(outcome).toMatchObject({ state: "complete", values: { ms: { samples: 3 } } });
    expect(left).toEqual([100, 80, 60]);
  });

  it("say the whole limit when it is over, whichever run was under way", async () => {
    const late = measured({ repeats: 3 }, async ({ task: { timeout } }, i) => {
      if (i === 0) await realClock.sleep(20);
      return i === 0 ? 1 : failed("timeout", `took longer than ${timeout} ms`);
    });
    expect(await late.evaluator.evaluate(task(1, { timeout: 5000 }))).toEqual(
      failed("timeout", "took longer than 5000 ms"),
    );
    const own = measured({ repeats: 3 }, () => failed("timeout", "the server did not answer"));
    expect(await own.evaluator.evaluate(task(1, { timeout: 50 }))).toEqual(
      failed("timeout", "the server did not answer"),
    );
    const used = measured({ repeats: 3 }, async () => (await realClock.sleep(30), 1));
    expect(await used.evaluator.evaluate(task(1, { timeout: 10 }))).toEqual(
      failed("timeout", "took longer than 10 ms"),
    );
    expect(used.runs).toHaveLength(1);
  });
});

describe("normalize", () => {
  it("measures the baseline before the first trial, keeps raw values, and says by what they were normalised", async () => {
    const { evaluator, runs } = measured({ normalize: true }, ({ baseline, task: { number } }) =>
      values({ ms: baseline ? 8 : number, rss: 5 }),
    );
    const normalizedBy = { place: host, values: { ms: 8 } };
    expect(await evaluator.evaluate(first())).toEqual({
      state: "complete",
      values: { ms: { value: 8, normalized: { value: 1 } }, rss: { value: 5 } },
      normalizedBy,
    });
    expect(await evaluator.evaluate(task(2))).toEqual({
      state: "complete",
      values: { ms: { value: 2, normalized: { value: 0.25 } }, rss: { value: 5 } },
      normalizedBy,
    });
    expect(runs.map(({ baseline }) => baseline)).toEqual([true, false]);
  });

  it("measures it anew where the baseline's trial is over already, as often as trials are repeated", async () => {
    const { evaluator, runs } = measured(
      { normalize: true, repeats: 3 },
      ({ baseline }, i) => (baseline ? -10 : -8) + (i % 3),
    );
    const outcome = await evaluator.evaluate(task(5, { seed: 3 }));
    expect(ms(outcome)).toMatchObject({ value: -7, samples: 3, normalized: { value: 1 + 2 / 9 } });
    expect(ms(outcome).normalized!.stderr).toBeCloseTo(ms(outcome).stderr! / 9, 12);
    expect(runs.map(({ baseline }) => baseline)).toEqual([true, true, true, false, false, false]);
    expect(runs[0]!.task).toMatchObject({ number: 5, baseline: true, seed: 3, dir: "/nowhere/5/baseline" });
    expect(runs[3]!.task).toMatchObject({ params: "trial 5", baseline: false, dir: "/nowhere/5" });
  });

  it("has a baseline for each place, one at a time and alone, though many ask for it", async () => {
    let [running, alone] = [0, false];
    const { evaluator, runs } = measured({ normalize: true }, async ({ baseline, task: { leases } }) => {
      running++;
      expect(alone || (baseline && running > 1)).toBe(false);
      if (baseline) alone = true;
      await realClock.sleep(5);
      if (baseline) alone = false;
      running--;
      const gpu = Number(leases["gpu"]![0]);
      return baseline ? 10 * (gpu + 1) : 5;
    });
    const at = (number: number): Partial<Task> => ({ leases: { gpu: [String(number % 2)] } });
    const outcomes = await Promise.all([
      evaluator.evaluate(first(at(0))),
      ...Array.from({ length: 9 }, (_, i) => evaluator.evaluate(task(i + 1, at(i + 1)))),
    ]);
    expect(outcomes.map((outcome) => ms(outcome).normalized!.value)).toEqual([
      1,
      ...Array.from({ length: 9 }, (_, i) => (i % 2 === 0 ? 0.25 : 0.5)),
    ]);
    expect(outcomes[1]).toMatchObject({ normalizedBy: { place: `${host} gpu:1`, values: { ms: 20 } } });
    expect(runs.filter(({ baseline }) => baseline)).toHaveLength(2);
  });

  it("measures it again after every so many trials of a place, and tells when it moved beyond its noise", async () => {
    const drift = [100, 101, 200];
    const { evaluator, runs, logged } = measured({ normalize: { every: 2 } }, ({ baseline }) =>
      baseline ? drift.shift()! : 50,
    );
    const found: number[] = [];
    for (let i = 1; i <= 6; i++) found.push(ms(await evaluator.evaluate(task(i))).normalized!.value);
    expect(found).toEqual([0.5, 0.5, 50 / 101, 50 / 101, 0.25, 0.25]);
    expect(runs.filter(({ baseline }) => baseline)).toHaveLength(3);
    expect(logged).toEqual([`the baseline of ${host} has moved: ms 101 → 200`]);
  });

  it("knows the noise of a baseline that is repeated", async () => {
    const runs = [100, 104, 102, 103, 106, 101, 140, 141, 142]; // the second moves within its noise, the third beyond
    const { evaluator, logged } = measured({ normalize: { every: 1 }, repeats: 3 }, ({ baseline }) =>
      baseline ? runs.shift()! : 1,
    );
    for (let i = 1; i <= 3; i++) await evaluator.evaluate(task(i));
    expect(logged).toEqual([`the baseline of ${host} has moved: ms 103 → 141`]);
  });

  it("warns of a baseline that varies much, and refuses one whose sign varies", async () => {
    const much = measured({ normalize: true, repeats: 3 }, (_, i) => [70, 100, 130][i]!);
    expect(await much.evaluator.evaluate(first())).toMatchObject({ state: "complete" });
    expect(much.logged).toEqual([
      expect.stringMatching(/^the baseline of .* varies, .*: ms 100 ± 22; more `repeats` help$/),
    ]);
    const warming = measured({ normalize: true, repeats: 3 }, (_, i) => [90, 1, 1.1][i]!);
    expect(await warming.evaluator.evaluate(first())).toMatchObject({ state: "complete" });
    const wild = measured({ normalize: true, repeats: 3 }, (_, i) => [-70, 10, 130][i]!);
    await expect(wild.evaluator.evaluate(first())).rejects.toThrow(
      "The baseline failed, and nothing can be normalised: its `ms` is -70 in one run and 130 in another, so that nothing can be normalised by it",
    );
  });

  it.each([
    [() => failed("error", "thrown for 4"), "error: thrown for 4"],
    [() => failed("timeout", "took longer than 5 ms"), "timeout: took longer than 5 ms"],
    [() => 0, "its `ms` is 0, by which nothing can be normalised"],
    [(): Outcome => ({ state: "pruned" }), "it was pruned"],
    [(): Outcome => ({ ...values({ ms: 3 }), atLeast: true }), "it was cut off"],
  ])("breaks when no place has a baseline: %#", async (outcome, why) => {
    for (const one of [first(), task(3)]) {
      const { evaluator, runs } = measured({ normalize: true }, outcome);
      const refused = { code: "objective", message: `The baseline failed, and nothing can be normalised: ${why}` };
      const both = await Promise.allSettled([evaluator.evaluate(one), evaluator.evaluate(task(4))]);
      expect(both).toMatchObject([{ reason: refused }, { reason: refused }]);
      expect(runs).toHaveLength(1);
    }
  });

  it("loses the attempt where only this place has no baseline", async () => {
    const { evaluator } = measured({ normalize: true, retry: { lost: 0 } }, ({ baseline, task: { leases } }) =>
      baseline && leases["gpu"]![0] === "1" ? failed("crash", "no such device") : 2,
    );
    expect(await evaluator.evaluate(first({ leases: { gpu: ["0"] } }))).toMatchObject({ state: "complete" });
    expect(await evaluator.evaluate(task(1, { leases: { gpu: ["1"] } }))).toEqual(
      failed("lost", `the baseline failed on ${host} gpu:1: crash: no such device`),
    );
    expect(ms(await evaluator.evaluate(task(1, { attempt: 2, leases: { gpu: ["0"] } })))).toMatchObject({ value: 2 });
  });

  it("limits a baseline beside a trial as the search does, not as the trial is limited", async () => {
    const limits: (number | undefined)[] = [];
    const { evaluator } = measured(
      { normalize: true, repeats: 2 },
      ({ task: { timeout } }) => (limits.push(timeout), 1),
    );
    await evaluator.evaluate(task(1, { timeout: 50 }));
    expect(limits.slice(0, 3)).toEqual([undefined, undefined, 50]);
  });

  it("gives a baseline beside a trial a directory of its own, which goes before the trial runs", async () => {
    const dir = mkdtempSync(join(tmpdir(), "attune-measuring-"));
    const found: (readonly string[])[] = [];
    const { evaluator } = measured({ normalize: { every: 1 } }, ({ task: at, baseline }) => {
      if (baseline) mkdirSync(at.dir); // throws where the one before has left it
      found.push(readdirSync(dir));
      return 1;
    });
    for (const number of [1, 2]) await evaluator.evaluate(task(number, { dir }));
    rmSync(dir, { recursive: true });
    expect(found).toEqual([["baseline"], [], ["baseline"], []]);
  });

  it("places a trial once, where its first run is", async () => {
    for (const options of [{ repeats: 3 }, { repeats: 3, normalize: { interleave: true } }]) {
      let placed = 0;
      await measured(options, () => 1).evaluator.evaluate(task(1, { placed: () => void placed++ }));
      expect(placed).toBe(1);
    }
  });

  it("gives a baseline the retries of its kind of failure", async () => {
    let runs = 0;
    const flaky = measured({ normalize: true, retry: { crash: 1 } }, ({ baseline }) =>
      baseline && runs++ === 0 ? failed("crash", "once") : 4,
    );
    expect(ms(await flaky.evaluator.evaluate(task(1))).normalized).toEqual({ value: 1 });
    runs = 0;
    const trial = measured({ normalize: true, retry: { crash: 1 } }, () =>
      runs++ === 0 ? failed("crash", "once") : 4,
    );
    expect(await trial.evaluator.evaluate(first())).toEqual(failed("crash", "once"));
    expect(await trial.evaluator.evaluate(first({ attempt: 2 }))).toMatchObject({ state: "complete" });
  });

  it("passes on what becomes of a trial that gives no values, and fails one beyond all numbers", async () => {
    const { evaluator } = measured({ normalize: true }, ({ baseline, task: { number } }) =>
      baseline ? 1e-300 : number === 1 ? failed("error", "no") : 1e200,
    );
    expect(await evaluator.evaluate(task(1))).toEqual(failed("error", "no"));
    expect(await evaluator.evaluate(task(2))).toEqual(
      failed("invalid", "Expected `ms` by the baseline's 1e-300 to be a finite number, got Infinity"),
    );
  });

  it("can be cancelled while it waits, and the next one measures the baseline", async () => {
    let release!: () => void;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { evaluator, runs } = measured({ normalize: true }, async ({ task: { number, signal } }) => {
      if (number === 1) await held;
      return signal.aborted ? { state: "cancelled", reason: "stopped" } : 2;
    });
    const controllers = [1, 2, 3].map(() => new AbortController());
    const outcomes = [1, 2, 3].map((number, i) => evaluator.evaluate(task(number, { signal: controllers[i]!.signal })));
    await until(() => runs.length === 1);
    controllers[1]!.abort("stopped");
    expect(await outcomes[1]).toEqual({ state: "cancelled", reason: "stopped" });
    controllers[0]!.abort("stopped");
    release();
    expect(await outcomes[0]).toEqual({ state: "cancelled", reason: "stopped" });
    expect(await outcomes[2]).toMatchObject({ state: "complete" });
    expect(runs.map(({ task: { number }, baseline }) => [number, baseline])).toEqual([
      [1, true],
      [3, true],
      [3, false],
    ]);
    expect(await evaluator.evaluate(task(4, { signal: controllers[0]!.signal }))).toMatchObject({ state: "cancelled" });
  });
});

describe("interleave", () => {
  const options = { normalize: { interleave: true }, repeats: 4 };

  it("runs baseline and trial in turn, each second pair the other way round", async () => {
    const { evaluator, runs } = measured(options, () => 1);
    await evaluator.evaluate(task(1));
    expect(runs.map(({ baseline }) => baseline)).toEqual([true, false, false, true, true, false, false, true]);
  });

  it("normalises by the pairs, so that a drift cancels", async () => {
    const { evaluator } = measured(options, ({ baseline }, i) => 1.5 ** Math.floor(i / 2) * (baseline ? 100 : 80));
    const outcome = await evaluator.evaluate(task(1));
    expect(ms(outcome)).toMatchObject({ samples: 4, normalized: { value: 0.8 } });
    expect(ms(outcome).normalized!.stderr).toBeCloseTo(0, 12);
    expect(ms(outcome).stderr).toBeGreaterThan(20);
    expect(outcome).toMatchObject({ normalizedBy: { place: host, values: { ms: (150 + 225) / 2 } } });
  });

  it("takes the ratios pair by pair, not that of the reduced values", async () => {
    const times = [100, 80, 160, 200, 100, 300]; // baseline, trial, trial, baseline, baseline, trial
    const { evaluator } = measured({ ...options, repeats: 3 }, (_, i) => times[i]!);
    expect(ms(await evaluator.evaluate(task(1)))).toMatchObject({ value: 160, normalized: { value: 0.8 } });
  });

  it("takes the baseline's own trial alone, for exactly 1", async () => {
    const { evaluator, runs } = measured(options, (_, i) => 100 + i);
    expect(ms(await evaluator.evaluate(first()))).toMatchObject({ value: 101.5, samples: 4, normalized: { value: 1 } });
    expect(ms(await evaluator.evaluate(first())).normalized).toEqual({ value: 1 });
    expect(runs).toHaveLength(8);
  });

  it("loses an attempt whose baseline fails or is 0, ends with a trial that does, and keeps the time limit", async () => {
    const fails = measured(options, ({ baseline }, i) => (baseline && i > 3 ? failed("error", "no") : 1));
    expect(await fails.evaluator.evaluate(task(1))).toEqual(
      failed("lost", `the baseline failed on ${host}: error: no`),
    );
    const zero = measured(options, ({ baseline }) => (baseline ? 0 : 1));
    expect(await zero.evaluator.evaluate(task(1))).toMatchObject({
      failure: { kind: "lost", message: expect.stringContaining("its `ms` is 0") as string },
    });
    const signs = measured(options, ({ baseline }, i) => (baseline && i > 3 ? -1 : 1));
    expect(await signs.evaluator.evaluate(task(1))).toMatchObject({
      failure: { kind: "lost", message: expect.stringContaining("-1 in one run and 1 in another") as string },
    });
    const pruned = measured(options, ({ baseline }) => (baseline ? 1 : { state: "pruned" }));
    expect(await pruned.evaluator.evaluate(task(1))).toEqual({ state: "pruned" });
    const slow = measured(options, async () => (await realClock.sleep(20), 1));
    expect(await slow.evaluator.evaluate(task(1, { timeout: 30 }))).toEqual(
      failed("timeout", "took longer than 30 ms"),
    );
    const late = failed("timeout", "took longer than 30 ms");
    const stuck = measured(options, ({ baseline }) => (baseline ? late : 1));
    expect(await stuck.evaluator.evaluate(task(1))).toEqual(late);
  });
});
