import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import {
  attempt,
  command,
  defineEvaluator,
  defineSearch,
  type Evaluator,
  grid,
  inline,
  instances,
  int,
  isolated,
  memory,
  processes,
  random,
  RetryLater,
  threads,
} from "../../src/index.ts";
import { reduceInstances } from "../../src/core/instance.ts";
import { readJournal } from "../../src/search/read-journal.ts";
import whole from "../fixtures/modules/instances-search.ts";

const directory = mkdtempSync(join(tmpdir(), "attune-instances-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const module = fileURLToPath(new URL("../fixtures/modules/instances-search.ts", import.meta.url));
const quiet = { warn: () => {} };
let journals = 0;
const journalPath = (): string => join(directory, `${journals++}.attune.jsonl`);
const space = { x: int(1, 9, { default: 5 }) };
const over = [2, 5, 8];
const ms = (x: number, size: number): number => (x - size) ** 2 + size;

/** The instances of a trial with their values, in the order in which they were measured. */
function measuredOn(trial: { readonly reports: readonly { instance?: string; values: object }[] }) {
  return trial.reports.map(({ instance, values }) => [instance, values]);
}

describe("a trial is measured on every instance", () => {
  it.each([inline({ workers: 2 }), threads({ workers: 2 }), processes({ workers: 2 }), isolated({ workers: 2 })])(
    "$info.name",
    async (evaluator) => {
      const journal = journalPath();
      const budget = evaluator.info.name === "isolated" ? 1 : 9; // each instance is a process
      const first = [{ x: 3 }];
      const search = whole.with({ evaluator, journal, sampler: grid(), first, trials: budget, seed: 1 });
      const result = await search.start({ ...quiet, module });
      expect(result.trials.filter(({ state }) => state === "complete")).toHaveLength(budget === 1 ? 1 : 8);
      for (const trial of result.trials) {
        const { x } = trial.params;
        if (x === 3) {
          expect(trial.failure).toMatchObject({ kind: "error", message: "on instance medium: no such pivot" });
          continue;
        }
        const expected = over.map((size) => ms(x, size));
        expect(trial.values.ms).toBeCloseTo(expected.reduce((a, b) => a + b) / 3, 12);
        expect(trial.stderr["ms"]).toBeCloseTo(0.3 / Math.sqrt(3), 12);
        expect(trial.values["swaps"]).toBe(5 * x);
        expect(trial.cost).toBe(15);
        const names = { 2: "small", 5: "medium", 8: "large" };
        expect(trial.reports).toHaveLength(3);
        expect(Object.fromEntries(trial.reports.map(({ instance, values }) => [instance, values["ms"]]))).toEqual(
          Object.fromEntries(over.map((size) => [names[size as 2], ms(x, size)])),
        );
        expect(trial.reports.map(({ step }) => step)).toEqual([1, 2, 3]);
        expect(trial.reports.at(-1)!.values["cost"]).toBe(15);
        expect(trial.reports[0]!.stderr).toEqual({ ms: 0.3 });
      }
      const complete = result.trials.filter(({ state }) => state === "complete");
      const orders = new Set(complete.map(({ reports }) => reports.map(({ instance }) => instance).join()));
      expect([...orders]).toHaveLength(1);
      const { definition, trials } = await readJournal(journal);
      expect(definition.instances).toEqual({ names: ["small", "medium", "large"], order: "shuffled" });
      for (const trial of result.trials) expect(measuredOn(trials[trial.number]!)).toEqual(measuredOn(trial));
    },
  );

  it("as a command, and the instance is in its arguments and environment", async () => {
    const script = 'test "$ATTUNE_INSTANCE_SIZE" = {instance.size} && echo "$(({x} * $ATTUNE_INSTANCE_SIZE))"';
    const objective = instances(
      {
        over: [
          { name: "a", size: 3 },
          { name: "b", size: 4 },
        ],
        reduce: { quantile: 1 },
      },
      command([script], { shell: true }),
    );
    for (const evaluator of [inline(), processes({ workers: 2 })]) {
      const search = defineSearch({ space, objectives: { n: "minimize" }, objective, evaluator, trials: 3, seed: 2 });
      const { trials } = await search.start(quiet);
      expect(trials).toHaveLength(4);
      for (const { params, values } of trials) expect(values.n).toBe(4 * params.x);
    }
    const texts = defineSearch({
      space,
      objective: instances({ over: ["1 2", "3"] }, command(["printf", "%s{x}\n", "{instance}"], { values: /(\d+)$/m })),
      trials: 1,
    });
    expect(Object.fromEntries(measuredOn((await texts.start(quiet)).baseline!))).toEqual({
      "1 2": { value: 25, wall: expect.any(Number) as number },
      "3": { value: 35, wall: expect.any(Number) as number },
    });
    const unknown = defineSearch({
      space,
      objective: instances({ over: ["a"] }, command(["echo", "{instance.file}"])),
    });
    await expect(unknown.start(quiet)).rejects.toThrow("Unknown placeholder `{instance.file}`");
    const taken = defineSearch({
      space: { instance: int(1, 9) },
      objective: instances({ over: ["a"] }, command(["echo", "{instance}"])),
    });
    await expect(taken.start(quiet)).rejects.toThrow("Expected no parameter called `instance`");
    const alone = defineSearch({ space, objective: command(["echo", "{instance}"]) });
    await expect(alone.start(quiet)).rejects.toThrow("Unknown placeholder `{instance}`");
  });

  it("in an evaluator of one's own, which must hand it over", async () => {
    const own = (forgets: boolean) =>
      defineEvaluator(
        { name: "own", summary: "", closures: true, isolates: "nothing", limits: [] },
        () =>
          async <P>(workload: Parameters<typeof attempt<P>>[1]): Promise<Evaluator<P>> => ({
            concurrency: 1,
            evaluate: async ({ instance, ...task }) => (
              task.placed("here"),
              attempt({ ...task, ...(forgets || !instance ? {} : { instance }) }, workload)
            ),
            async [Symbol.asyncDispose]() {},
          }),
      )();
    const { best } = await whole.with({ evaluator: own(false), trials: 9, sampler: grid() }).start(quiet);
    expect(best.params.x).toBe(5);
    const lost = whole.with({ evaluator: own(true), trials: 2 }).start(quiet);
    await expect(lost.then(({ best: _ }) => _)).rejects.toThrow("Expected the evaluator to hand over the `instance`");
  });
});

describe("what is reduced how", () => {
  const trialOf = async (
    reduce: object | string | undefined,
    measure: (size: number) => unknown,
    more: object = {},
  ) => {
    const objective = instances(
      { over, order: "given", ...(reduce === undefined ? {} : { reduce }) } as never,
      (_: unknown, size: number) => measure(size),
    );
    const search = defineSearch({
      space,
      objectives: { ms: "minimize", bytes: "maximize" },
      objective,
      trials: 1,
      ...more,
    } as never);
    return (await search.start(quiet)).trials[0]!;
  };
  const both = (size: number) => ({ ms: size, bytes: size * 10, rss: size * 100 });

  it("one for all objectives, or by name", async () => {
    expect((await trialOf("geometricMean", both)).values).toEqual({
      ms: expect.closeTo(Math.cbrt(80), 12) as number,
      bytes: expect.closeTo(10 * Math.cbrt(80), 12) as number,
      rss: 500,
    });
    expect((await trialOf({ bytes: { quantile: 0 }, rss: { quantile: 1 } }, both)).values).toEqual({
      ms: 5,
      bytes: 20,
      rss: 800,
    });
  });

  it("a name that only some instances give is reduced over these", async () => {
    expect(
      (await trialOf(undefined, (size) => ({ ...both(size), ...(size > 4 ? { big: size } : {}) }))).values["big"],
    ).toBe(6.5);
  });

  it("what cannot be is a failure that says why", async () => {
    expect((await trialOf("geometricMean", (size) => ({ ...both(size), bytes: size - 5 }))).failure).toMatchObject({
      kind: "invalid",
      message: expect.stringContaining(
        "Expected `bytes` to be > 0 for the geometric mean, got -3 on instance 2",
      ) as string,
    });
    expect((await trialOf({ rs: "mean" }, both)).failure?.message).toBe(
      "Expected the objective to return `rs`, which `instances.reduce` names",
    );
    expect((await trialOf(undefined, (size) => (size === 5 ? { ms: 1 } : both(size)))).failure?.message).toBe(
      "on instance 5: Expected the objective to return `bytes`, got `ms`",
    );
  });
});

describe("attempts", () => {
  it("are limited in time over all instances together, and name the one that took too long", async () => {
    const objective = instances({ over: [1, 2, 3, 4], order: "given" }, async (_, n, trial) => {
      const waited = new Promise((resolve) => setTimeout(resolve, n === 3 ? 5000 : 1));
      await Promise.race([waited, new Promise((_done, reject) => trial.signal.addEventListener("abort", reject))]);
      return n;
    });
    const { trials } = await defineSearch({ space, objective, trials: 1, timeout: 300, baseline: { x: 5 } }).start(
      quiet,
    );
    expect(trials[0]!.failure).toMatchObject({ kind: "timeout", message: "on instance 3: took longer than 300 ms" });
    expect(measuredOn(trials[0]!).map(([name]) => name)).toEqual(["1", "2"]);
  });

  it("share a directory among their instances, and begin anew when they are retried", async () => {
    let calls = 0;
    const objective = instances({ over: ["a", "b"], order: "given" }, (_, name, { dir, attempt: number }) => {
      calls++;
      const seen = join(dir, "seen");
      appendFileSync(seen, name);
      if (number === 1 && name === "b") throw new Error("not yet");
      return readFileSync(seen, "utf8").length;
    });
    const evaluator = inline({ retry: { error: 1 } });
    const { trials } = await defineSearch({ space, objective, evaluator, first: [{ x: 1 }], trials: 1 }).start(quiet);
    expect(calls).toBe(8);
    for (const trial of trials) {
      expect(trial).toMatchObject({ state: "complete", attempt: 2, values: { value: 1.5 } });
      expect(measuredOn(trial)).toEqual([
        ["a", { value: 1 }],
        ["b", { value: 2 }],
      ]);
    }
  });

  it("wait in their place for an instance that asks to be run again later, and are put off by the first", async () => {
    const asked: string[] = [];
    const objective = instances({ over: ["a", "b"], order: "given" }, (_, name, { attempt: number }) => {
      const first = !asked.includes(name);
      asked.push(name);
      if (first) throw new RetryLater(5, "busy");
      return number;
    });
    const { trials } = await defineSearch({ space, objective, trials: 1, baseline: { x: 1 } }).start(quiet);
    expect(asked.slice(0, 4)).toEqual(["a", "a", "b", "b"]);
    expect(trials[0]).toMatchObject({ state: "complete", attempt: 2 });
  });

  it("do not report by themselves", async () => {
    const objective = instances({ over: ["a"] }, async (_, __, trial) => {
      await trial.report(1, 5);
      return 1;
    });
    const { trials } = await defineSearch({ space, objective, trials: 1 }).start(quiet);
    expect(trials[0]!.failure?.message).toBe(
      "on instance a: Expected an objective with instances to report nothing itself: what it measures on each is a report",
    );
  });
});

describe("repeats and normalisation hold on each instance", () => {
  /** Each instance has a scale of its own; noise that its median takes away. */
  const scaled = (evaluator: ReturnType<typeof inline>, reduce?: "mean") => {
    const calls: string[] = [];
    const objective = instances(
      { over: [1, 10, 1000], order: "given", ...(reduce ? { reduce } : {}) },
      ({ x }: { x: number }, scale, trial) => {
        calls.push(`${trial.baseline ? "baseline" : x} on ${scale}`);
        return { ms: scale * (x + (calls.length % 3)) };
      },
    );
    return {
      calls,
      search: defineSearch({
        space,
        objectives: { ms: "minimize" },
        objective,
        evaluator,
        sampler: random(),
        trials: 4,
        seed: 3,
      }),
    };
  };

  it("repeats", async () => {
    const { search, calls } = scaled(inline({ repeats: 3 }));
    const { trials } = await search.start(quiet);
    expect(calls.slice(0, 9)).toEqual([1, 10, 1000].flatMap((scale) => Array<string>(3).fill(`baseline on ${scale}`)));
    for (const { params, values, reports, stderr } of trials) {
      expect(values.ms).toBeCloseTo((1011 * (params.x + 1)) / 3, 9);
      expect(reports.map((report) => report.values["ms"])).toEqual(
        [1, 10, 1000].map((scale) => scale * (params.x + 1)),
      );
      const errors = reports.map((report) => ({ value: 0, stderr: report.stderr!["ms"]! }));
      expect(stderr["ms"]).toBeCloseTo(reduceInstances(errors, "mean").stderr!, 9);
    }
  });

  it.each([true, { interleave: true }])("normalize: %j", async (normalize) => {
    const { search } = scaled(inline({ repeats: 3, normalize }));
    const { trials, baseline } = await search.start(quiet);
    expect(baseline!.normalized).toEqual({ ms: expect.closeTo(1, 12) as number });
    for (const trial of trials) {
      const ratio = (trial.params.x + 1) / 6;
      for (const report of trial.reports) expect(report.normalized).toEqual({ ms: expect.closeTo(ratio, 0) as number });
      if (normalize === true) {
        for (const report of trial.reports) expect(report.normalized!["ms"]).toBeCloseTo(ratio, 12);
        expect(trial.normalized!["ms"]).toBeCloseTo(ratio, 12);
        expect(trial.values.ms).toBeCloseTo((1011 * (trial.params.x + 1)) / 3, 9);
        expect(trial.normalizedBy!.values["ms"]).toBeCloseTo((1011 * 6) / 3, 9);
      }
      const product = trial.reports.reduce((sum, report) => sum + Math.log(report.normalized!["ms"]!), 0);
      expect(trial.normalized!["ms"]).toBeCloseTo(Math.exp(product / 3), 9);
    }
  });

  it("a baseline that cannot be used says on which instance", async () => {
    const objective = instances({ over: [1, 0], order: "given" }, ({ x }: { x: number }, scale) => scale * x);
    const search = defineSearch({ space, objective, evaluator: inline({ normalize: true }), trials: 2 });
    await expect(search.start(quiet)).rejects.toThrow(
      "The baseline failed on instance 0, and nothing can be normalised: its `value` is 0",
    );
  });
});

describe("a journal", () => {
  const searchOver = (names: readonly string[], journal: string, more: object = {}) =>
    defineSearch({
      space,
      objective: instances({ over: names, ...more }, ({ x }: { x: number }, name) => x * name.length),
      journal,
      sampler: random(),
      seed: 4,
      trials: 3,
    });

  it("goes on with the same instances, and refuses trials of others unless it is to adopt them", async () => {
    const journal = journalPath();
    await searchOver(["a", "bb"], journal).start(quiet);
    const more = await searchOver(["a", "bb"], journal).with({ trials: 4 }).start(quiet);
    expect(more.trials).toHaveLength(5);
    for (const other of [
      searchOver(["a", "bb", "c"], journal),
      searchOver(["a", "bb"], journal, { order: "given" }),
      searchOver(["a", "bb"], journal, { reduce: "geometricMean" }),
    ])
      await expect(other.start(quiet)).rejects.toThrow(/trials of another search:\n {2}instances: /);
    const warned: string[] = [];
    const adopted = searchOver(["a", "ccc"], journal).with({ trials: 2 });
    const result = await adopted.start({ adopt: true, warn: (text) => warned.push(text) });
    expect(warned.join()).toContain("it was measured on other instances");
    const own = result.trials.filter(({ twin }) => twin === undefined);
    expect(own.map(({ state }) => state)).toEqual(["complete", "complete", "complete"]); // the baseline too
    expect(result.trials[0]!.number).toBe(5);
    for (const { reports } of result.trials)
      expect(reports.map(({ instance }) => instance).sort()).toEqual(["a", "ccc"]);
    const back = await readJournal(journal);
    expect(back.result.trials.map(({ number }) => number)).toEqual(result.trials.map(({ number }) => number));
  });

  it("warns when an instance of the same name has changed", async () => {
    const journal = journalPath();
    const sized = (size: number) =>
      defineSearch({
        space,
        objective: instances({ over: [{ name: "a", size }] }, ({ x }: { x: number }, each) => x * each.size),
        journal,
        trials: 2,
        seed: 1,
      });
    await sized(1).start(quiet);
    const warned: string[] = [];
    await sized(1)
      .with({ trials: 3 })
      .start({ warn: (text) => warned.push(text) });
    expect(warned).toEqual([]);
    await sized(2)
      .with({ trials: 4 })
      .start({ warn: (text) => warned.push(text) });
    expect(warned.join()).toContain("the objective, or the file that it stands in, has changed");
  });
});

describe("instances()", () => {
  it("says what is wrong before anything runs", () => {
    const given =
      (options: object, objective: unknown = () => 1) =>
      () =>
        instances(options as never, objective as never);
    expect(given({ over: [] })).toThrow("Expected `instances.over` to be a list of at least one instance, got []");
    expect(given({ over: [1], houldout: [2] })).toThrow("holdout");
    expect(given({ over: [1, { at: new Date(0) }] })).toThrow(
      "Expected `instances.over[1]` to be something that JSON can say",
    );
    expect(given({ over: [NaN] })).toThrow("Expected `instances.over[0]` to be something that JSON can say, got NaN");
    expect(given({ over: ["a", { name: "a" }] })).toThrow(
      'Expected instances to have different names, got "a" of `instances.over[0]` and `instances.over[1]`',
    );
    expect(given({ over: ["a"], holdout: ["b", "a"] })).toThrow("of `instances.over[0]` and `instances.holdout[1]`");
    expect(given({ over: ["a"], order: "sorted" })).toThrow(
      'Expected `instances.order` to be "shuffled" or "given", got "sorted"',
    );
    expect(given({ over: ["a"], reduce: "median" })).toThrow("Expected `instances.reduce` to be");
    expect(given({ over: ["a"], name: () => "" })).toThrow(
      'Expected the name of `instances.over[0]` to be a text, got ""',
    );
    expect(given({ over: ["a"], name: 3 })).toThrow("Expected `instances.name` to be a function, got 3");
    expect(given({ over: ["a"] }, 3)).toThrow(
      "Expected instances() to be given an objective, a function or a command(), got 3",
    );
    expect(
      given(
        { over: ["a"] },
        instances({ over: ["b"] }, () => 1),
      ),
    ).toThrow("an objective without instances");
  });

  it("names instances by their text, their field, their JSON or a function", async () => {
    const named = async (options: object): Promise<unknown[]> => {
      const objective = instances({ order: "given", ...options } as never, () => 1);
      const { trials } = await defineSearch({ space, objective, trials: 1, journal: memory() }).start(quiet);
      return trials[0]!.reports.map(({ instance }) => instance);
    };
    expect(await named({ over: ["a b", 3, [1, 2], { name: "n", m: 1 }, { m: 1 }, null] })).toEqual([
      "a b",
      "3",
      "[1,2]",
      "n",
      '{"m":1}',
      "null",
    ]);
    expect(await named({ over: [{ m: 1 }, { m: 2 }], name: ({ m }: { m: number }) => `m${m}` })).toEqual(["m1", "m2"]);
  });
});
