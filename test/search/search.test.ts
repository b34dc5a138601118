import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  choice,
  command,
  defineEvaluator,
  defineSearch,
  failures,
  file,
  float,
  generations,
  genetic,
  grid,
  inline,
  int,
  isAttuneError,
  openStudy,
  random,
  Search,
  SearchResult,
  timeLimit,
  type Evaluator,
  type Outcome,
  type Task,
  type Tracker,
  variant,
  when,
} from "../../src/index.ts";

const space = { x: float(0, 1, { default: 0.5 }), n: int(1, 5, { default: 3 }) };
const objective = ({ x, n }: { x: number; n: number }): number => x + n;
const directory = (): string => mkdtempSync(join(tmpdir(), "attune-search-"));
const quiet = { warn: () => {} };

describe("a search", () => {
  it("runs its budget beside the baseline, and answers with the best", async () => {
    const result = await defineSearch({ space, objective, trials: 40, seed: 1 }).start();
    expect(result.trials.filter(({ source }) => source === "sampler")).toHaveLength(40);
    expect(result.baseline).toMatchObject({ number: 0, params: { x: 0.5, n: 3 }, values: { value: 3.5 } });
    expect(result.best.values.value).toBeLessThan(2);
    expect(result.reason).toBe("trials");
  });

  it("has a budget of 100 unless told otherwise", async () =>
    expect((await defineSearch({ space, objective, seed: 1 }).start()).trials).toHaveLength(101));

  it("has no baseline unless every parameter has a default", async () => {
    const result = await defineSearch({
      space: { x: float(0, 1), n: int(1, 5, { default: 3 }) },
      objective,
      trials: 3,
    }).start();
    expect(result.baseline).toBeUndefined();
    const given = await defineSearch({
      space: { x: float(0, 1) },
      objective: ({ x }) => x,
      baseline: { x: 0.25 },
      trials: 3,
    }).start();
    expect(given.baseline?.values.value).toBe(0.25);
  });

  it("gives the same trials for the same seed, and each start begins anew", async () => {
    const search = defineSearch({ space, objective, trials: 30, seed: 7 });
    const runs = [
      await search.start(),
      await search.start(),
      await defineSearch({ space, objective, trials: 30, seed: 8 }).start(),
    ].map(({ trials }) => JSON.stringify(trials.map(({ params }) => params)));
    expect(runs[0]).toBe(runs[1]);
    expect(runs[0]).not.toBe(runs[2]);
  });

  it("samples without running anything, exactly as many as asked for, the same for a seed", async () => {
    let called = 0;
    const search = defineSearch({
      space,
      objective: () => ++called,
      seed: 5,
      trackers: [{ track: () => void called++ }],
    });
    const sampled = await search.sample(25);
    expect(sampled).toHaveLength(25);
    expect(await search.sample(25)).toEqual(sampled);
    expect(called).toBe(0);
    await expect(search.sample(0)).rejects.toThrow("Expected `n` to be an integer ≥ 1, got 0");
  });

  it("takes a space as a list, a file or a provider", async () => {
    const path = join(directory(), "space.json");
    writeFileSync(path, JSON.stringify({ level: { type: "int", low: 2, high: 2 } }));
    const seen: unknown[] = [];
    const record = (p: unknown): number => seen.push(p);
    await defineSearch({ space: [{ a: int(1, 1) }], objective: record, trials: 1 }).start();
    await defineSearch({ space: path, objective: record, trials: 1 }).start();
    await defineSearch({
      space: [{ a: int(1, 1) }, path, { retrieve: () => path }, { retrieve: async () => ({ z: int(4, 4) }) }],
      objective: record,
      trials: 1,
    }).start();
    expect(seen).toEqual([[{ a: 1 }], { level: 2 }, [{ a: 1 }, { level: 2 }, { level: 2 }, { z: 4 }]]);
    writeFileSync(path, "\u0000binary");
    await expect(defineSearch({ space: path, objective: record }).start()).rejects.toThrow(
      /Expected .* to hold JSON: it is a binary file: attune does not sample from opaque search spaces/,
    );
    await expect(defineSearch({ space: "/no/such.json", objective: record }).start()).rejects.toThrow(
      "Cannot read the space file /no/such.json: ENOENT",
    );
  });

  it("records every failure of the objective and goes on", async () => {
    const misdeeds = [
      () => {
        throw new TypeError("thrown");
      },
      () => Number.NaN,
      () => "7",
      () => undefined,
      () => ({ wrong: 1 }),
      () => [],
      () => Promise.reject(new Error("rejected")),
    ];
    const handle = defineSearch({
      space: { n: int(0, 7) },
      sampler: grid(),
      objective: ({ n }) => (n === 7 ? 1 : (misdeeds[n]!() as number)),
      trials: 8,
    }).start();
    const result = await handle;
    const failing = result.trials.filter(({ state }) => state === "failed");
    expect(failing).toHaveLength(7);
    expect(handle.status?.firstFailed?.number).toBe(failing[0]!.number);
    const of = (n: number): unknown => result.trials.find(({ params }) => params.n === n)?.failure;
    expect(of(0)).toMatchObject({ kind: "error", message: "thrown", stack: expect.stringContaining("TypeError") });
    expect(of(1)).toMatchObject({ kind: "invalid", message: "Expected `value` to be a finite number, got NaN" });
    expect(of(4)).toMatchObject({ kind: "invalid", message: "Expected the objective to return `value`, got `wrong`" });
    expect(of(6)).toMatchObject({ kind: "error", message: "rejected" });
    expect(result.best.params).toEqual({ n: 7 });
    const first = (kind: string): number | undefined =>
      result.trials.find(({ failure }) => failure?.kind === kind)?.number;
    expect(result.failures.map(({ kind, count, first: { number } }) => [kind, count, number])).toEqual([
      ["invalid", 5, first("invalid")],
      ["error", 2, first("error")],
    ]);
  });

  it("fails an attempt that takes too long", async () => {
    const result = await defineSearch({
      space: { n: int(0, 1) },
      sampler: "grid",
      timeout: 50,
      objective: ({ n }, { signal }) =>
        n === 0 ? 1 : new Promise<number>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    }).start();
    expect(result.trials.map(({ failure }) => failure?.kind).sort()).toEqual(["timeout", undefined]);
  });

  it("ends when its first trials all failed, after recording them, unless told to go on", async () => {
    const failing = {
      space,
      objective: () => {
        throw new Error("broken");
      },
      trials: 50,
      sampler: "random",
    } as const;
    const ended = await defineSearch(failing).start();
    expect([ended.reason, ended.trials.length]).toEqual(["all-failed", 10]);
    expect(() => ended.best).toThrow("No trial succeeded (10 error); the first failure: broken");
    expect((await defineSearch({ ...failing, stop: failures(false) }).start()).trials).toHaveLength(51);
    const { trials: _, ...endless } = failing;
    expect((await defineSearch({ ...endless, stop: failures(false) }).start()).trials).toHaveLength(101);
    const pooled = await defineSearch({ ...failing, sampler: genetic({ pool: 6 }), stop: generations(3) }).start(quiet);
    expect([pooled.reason, pooled.trials.length]).toEqual(["all-failed", 6]);
  });

  it("keeps to its limits: only feasible trials are best, and says what is missed when none is", async () => {
    const limited = (max: number) =>
      defineSearch({
        space: { n: int(1, 9) },
        sampler: "grid",
        objectives: { speed: "maximize" },
        constraints: { rss: { max } },
        objective: ({ n }) => ({ speed: n, rss: 10 * n }),
      });
    expect((await limited(45).start()).best.params).toEqual({ n: 4 });
    const none = await limited(5).start();
    expect(() => none.best).toThrow("None of the 9 complete trials keeps the constraints; the nearest is trial");
    expect(() => none.paretoFront()).toThrow("`rss` is 10, 5 above its max of 5");
    const missing = await defineSearch({
      space: { n: int(1, 2) },
      sampler: "grid",
      constraints: { rss: { max: 1 } },
      objective: ({ n }) => n as never,
    }).start();
    expect(missing.trials[0]?.failure).toMatchObject({
      kind: "invalid",
      message: "Expected the objective to return `rss`, got `value`",
    });
  });

  it("makes pool × generations trials, and says so beforehand", async () => {
    let planned: number | undefined;
    const result = await defineSearch({
      space,
      objective,
      sampler: genetic({ pool: 8 }),
      stop: generations(3),
      seed: 1,
    }).start({ ready: (opening) => (planned = opening.planned) });
    expect(planned).toBe(24);
    expect(result.reason).toBe("generations");
    expect(result.trials.filter(({ source }) => source === "sampler")).toHaveLength(24);
    expect(new Set(result.trials.map(({ generation }) => generation))).toEqual(new Set([undefined, 0, 1, 2]));
  });

  it("tries `first` right after the baseline, and what is enqueued while it runs", async () => {
    const search = defineSearch({ space, objective, first: [{ x: 0, n: 1 }], trials: 5, seed: 1 });
    const handle = search.start();
    const number = await handle.enqueue({ x: 1, n: 5 });
    const { trials } = await handle;
    expect(trials[1]).toMatchObject({ source: "first", params: { x: 0, n: 1 } });
    expect(trials.find((trial) => trial.number === number)).toMatchObject({
      source: "enqueued",
      params: { x: 1, n: 5 },
    });
    expect(trials).toHaveLength(6);
  });

  it("can be stopped, watched, iterated and given a time limit while it runs", async () => {
    const slow = defineSearch({
      space,
      objective: async (p) => (await new Promise((resolve) => setTimeout(resolve, 5)), objective(p)),
      trials: 10_000,
    });
    const watched: string[] = [];
    const handle = slow.start();
    handle.watch(({ event }) => watched.push(event.type));
    let finished = 0;
    for await (const { event, trial } of handle) {
      if (event.type !== "trial-finished") continue;
      expect(trial?.state).toBe("complete");
      if (++finished === 3) void handle.stop();
    }
    const result = await handle;
    expect(result.reason).toBe("stopped");
    expect(result.trials.length).toBeGreaterThanOrEqual(3);
    expect(watched.at(-1)).toBe("search-ended");
    const limited = slow.start();
    await limited.timeLimit(40);
    expect((await limited).reason).toBe("time");
    expect(
      (await defineSearch({ space, objective: () => new Promise<number>(() => {}), stop: timeLimit(30) }).start())
        .reason,
    ).toBe("time");
  });

  it("runs as many at a time as its evaluator has workers", async () => {
    let running = 0;
    let most = 0;
    const result = await defineSearch({
      space,
      trials: 12,
      evaluator: inline({ workers: 3 }),
      objective: async (p) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 2));
        running--;
        return objective(p);
      },
    }).start();
    expect(most).toBe(3);
    expect(result.trials).toHaveLength(13);
  });

  it("takes an evaluator's name, a configured one, or an instance, which stays open", async () => {
    const seen: number[] = [];
    let disposed = 0;
    class Mine implements Evaluator {
      readonly concurrency = 2;
      async evaluate({ number, params }: Task): Promise<Outcome> {
        seen.push(number);
        return { state: "complete", values: { value: { value: (params as { x: number }).x } } };
      }
      async [Symbol.asyncDispose](): Promise<void> {
        disposed++;
      }
    }
    const mine = new Mine();
    const search = defineSearch({ space, objective, trials: 4, evaluator: mine, seed: 1 });
    expect((await search.start()).trials).toHaveLength(5);
    expect((await search.start()).best.values.value).toBeLessThan(1);
    expect([seen.length, disposed]).toEqual([10, 0]);
    await expect(search.with({ timeout: 5 }).start()).rejects.toThrow("The evaluator `Mine` cannot keep a `timeout`");
    for (const evaluator of ["inline", inline()])
      expect((await search.with({ evaluator }).start()).trials).toHaveLength(5);
  });

  it("runs a trial again as its evaluator's policy says", async () => {
    const tried = new Set<number>();
    const { trials } = await defineSearch({
      space: { n: int(1, 99) },
      objective: ({ n }, { number }) => {
        if (tried.size === tried.add(number).size) return n;
        throw new Error("the first attempt");
      },
      evaluator: inline({ retry: { error: 1 } }),
      trials: 3,
    }).start();
    expect(trials.map(({ state, attempt }) => [state, attempt])).toEqual([1, 2, 3].map(() => ["complete", 2]));
  });

  it("closes the evaluator that it opened, however it ends", async () => {
    const fates: string[] = [];
    const evaluator = defineEvaluator(
      { name: "closing", summary: "For this test", closures: true, isolates: "nothing", limits: [] },
      () => async () => ({
        concurrency: 1,
        evaluate: async ({ number }) => {
          if (number === 2) throw new Error("broken");
          return { state: "complete", values: { value: { value: number } } };
        },
        [Symbol.asyncDispose]: async () => void fates.push("closed"),
      }),
    );
    const search = defineSearch({ space: { x: float(0, 1) }, objective: () => 0, evaluator: evaluator(), trials: 2 });
    await search.start();
    expect(fates).toEqual(["closed"]);
    await expect(search.with({ trials: 3 }).start()).rejects.toThrow("broken");
    await expect(search.with({ journal: "/dev/null/x.jsonl" }).start()).rejects.toThrow("/dev/null");
    expect(fates).toEqual(["closed", "closed", "closed"]);
  });

  it("lets a stop function decide, with every trial so far", async () =>
    expect(
      (await defineSearch({ space, objective, stop: when((trials) => trials.length >= 6) }).start()).trials,
    ).toHaveLength(6));

  it("follows with trackers; one that throws never harms the search, and says so once", async () => {
    const warnings: string[] = [];
    const seen: string[] = [];
    const good: Tracker = { track: ({ type }) => void seen.push(type), close: () => void seen.push("closed") };
    class Broken implements Tracker {
      track(): void {
        throw new Error("I am broken");
      }
    }
    const late: Tracker = { track: async () => Promise.reject(new Error("later")) };
    const result = await defineSearch({ space, objective, trials: 4, trackers: [new Broken(), good, late] }).start({
      warn: (message) => warnings.push(message),
    });
    expect(result.trials).toHaveLength(5);
    expect(warnings).toEqual([
      "the tracker `Broken` failed: I am broken; the search goes on, further errors of it are not shown",
      "the tracker `Object` failed: later; the search goes on, further errors of it are not shown",
    ]);
    expect(seen[0]).toBe("study-created");
    expect(seen.slice(-2)).toEqual(["search-ended", "closed"]);
    expect(seen.filter((type) => type === "trial-finished")).toHaveLength(5);
  });

  it.each([
    [{ space }, "Expected a search to be given `objective`"],
    [{ objective }, "Expected a search to be given `space`"],
    [{ space, objective, trails: 3 }, "Unknown option `trails` of a search. Did you mean `trials`?"],
    [{ space: {}, objective }, "Expected `space` to hold at least one parameter, got {}"],
    [{ space, objective: 3 }, "Expected `objective` to be a function, a command(), python() or worker(), got 3"],
    [{ space, objective, trials: 0 }, "Expected `trials` to be an integer ≥ 1, got 0"],
    [{ space, objective, timeout: -1 }, "Expected `timeout` to be a finite number > 0, got -1"],
    [{ space, objective, objectives: {} }, "Expected `objectives` to name at least one objective, got {}"],
    [
      { space, objective, objectives: { ms: "min" } },
      'Expected `objectives.ms` to be "minimize" or "maximize", got "min"',
    ],
    [{ space, objective, constraints: { ms: {} } }, "Expected `constraints.ms` to have `min` or `max`, got {}"],
    [
      { space, objective, constraints: { ms: { min: 2, max: 1 } } },
      "Expected `constraints.ms.min` to be ≤ `max`, got 2 > 1",
    ],
    [{ space, objective, sampler: "genetc" }, 'Expected `sampler` to be "genetic" or another of'],
    [
      { space, objective, sampler: "random", stop: generations(2) },
      'Expected a generational sampler (genetic) for `generations`, got "random"',
    ],
    [{ space, objective, stop: 5 }, "Expected `stop` to hold stop rules such as timeLimit(60_000), got 5"],
    [{ space, objective, seed: 1.5 }, "Expected `seed` to be an integer, got 1.5"],
    [{ space, objective, first: { x: 1 } }, "Expected `first` to be a list of configurations"],
    [3, "Expected a search to be given { space, objective, … }, got 3"],
  ])("refuses misuse %# before anything runs", (spec, message) => {
    let error: unknown;
    try {
      new Search(spec as never);
    } catch (thrown) {
      error = thrown;
    }
    expect(isAttuneError(error) && error.message).toContain(message);
  });

  it.each([
    [{ evaluator: "threds" }, 'Expected `evaluator` to be "threads" or another of'],
    [{ evaluator: "processes" }, /module/],
    [{ objective: command(["bench", "{y}"]) }, 'Unknown placeholder `{y}` in "{y}". The parameters are: x, n'],
    [{ trackers: ["progres"] }, 'Expected `tracker` to be "progress" or another of'],
    [{ baseline: { x: 3, n: 1 } }, "Wrong `baseline`: `x`: expected a number from 0 to 1, got 3"],
    [{ first: [{ x: 0, n: 9 }] }, "Wrong `first[0]`: `n`: expected an integer from 1 to 5, got 9"],
    [{ journal: "/dev/null/x.jsonl" }, "/dev/null"],
  ])("refuses %j at the start, and leaves nothing behind", async (more, message) => {
    let called = 0;
    const place = directory();
    const given = { space, objective: () => ++called, journal: join(place, "s.jsonl"), ...(more as object) };
    await expect(defineSearch(given).start()).rejects.toThrow(message);
    expect([called, readdirSync(place)]).toEqual([0, []]);
  });
});

describe("a search in a journal", () => {
  it("closes it in the end: nothing is beside it", async () => {
    const place = directory();
    await defineSearch({ space, objective, trials: 2, journal: join(place, "s.jsonl") }).start();
    expect(readdirSync(place)).toEqual(["s.jsonl"]);
  });

  it("resumes: finished trials stay, the budget is exact, earlier values are not measured again", async () => {
    const journal = join(directory(), "s.jsonl");
    let called = 0;
    const search = (trials: number) =>
      defineSearch({ space, seed: 3, trials, journal, objective: (p) => (called++, objective(p)) });
    const first = await search(10).start();
    const second = await search(25).start();
    expect(called).toBe(26);
    expect(second.trials.slice(0, 11).map(({ values }) => values)).toEqual(first.trials.map(({ values }) => values));
    expect((await search(25).start()).trials).toHaveLength(26);
    expect(called).toBe(26);
  });

  it("starts over with `fresh`, and keeps the old journal", async () => {
    const journal = join(directory(), "s.jsonl");
    const search = defineSearch({ space, objective, trials: 3, journal });
    await search.start();
    const old = readFileSync(journal, "utf8");
    expect((await search.start({ fresh: true })).trials).toHaveLength(4);
    expect(readFileSync(`${journal}.1`, "utf8")).toBe(old);
  });

  it("refuses a journal of another search untouched, and adopts it when asked", async () => {
    const place = directory();
    const journal = join(place, "s.jsonl");
    await defineSearch({ space: { n: int(1, 8) }, objective: ({ n }) => n, sampler: "grid", journal }).start();
    const before = readFileSync(journal, "utf8");
    const other = defineSearch({ space: { n: int(1, 4) }, objective: ({ n }) => n, sampler: "grid", journal });
    await expect(other.start()).rejects.toThrow("The journal holds trials of another search");
    expect([readFileSync(journal, "utf8"), readdirSync(place)]).toEqual([before, ["s.jsonl"]]);
    const warnings: string[] = [];
    const adopted = await other.start({ adopt: true, warn: (message) => warnings.push(message) });
    expect(adopted.trials.map(({ params }) => params.n).sort()).toEqual([1, 2, 3, 4]);
    expect(warnings.join()).toContain("4 of 8 trials do not fit and are set aside");
  });

  it("takes a configured journal", async () => {
    const path = join(directory(), "deep", "s.jsonl");
    await defineSearch({ space, objective, trials: 2, journal: file(path, { durability: "each" }) }).start();
    expect(readFileSync(path, "utf8").trim().split("\n").length).toBeGreaterThan(8);
  });
});

describe("a study alone", () => {
  it("asks and is told, in memory or in a journal", async () => {
    const journal = join(directory(), "s.jsonl");
    for (const trials of [10, 15]) {
      await using study = await openStudy({
        space: { x: float(0, 1), v: variant({ a: {}, b: { m: choice(["p", "q"]) } }) },
        trials,
        journal,
        sampler: random(),
        seed: 1,
      });
      for (let trial; (trial = await study.ask()) && trial !== "wait";)
        await study.tell(trial.number, trial.params.v.kind === "b" && trial.params.v.m === "p" ? 1 : 2);
      expect(study.counted).toBe(trials);
    }
  });
});

describe("a search result", () => {
  const rows = [
    { params: { n: 1 }, values: { a: 1, b: 5 } },
    { params: { n: 2 }, values: { a: 2, b: 2 } },
    { params: { n: 3 }, values: { a: 3, b: 3 } },
    { params: { n: 4 } },
    { params: { n: 1 }, values: { a: 1, b: 5 } },
  ];
  const result = SearchResult.fromTable(rows, { objectives: { a: "minimize", b: "minimize" } });
  it("drops duplicates unless told otherwise", () => {
    expect(result.trials).toHaveLength(4);
    expect(SearchResult.fromTable(rows, { duplicates: true }).trials).toHaveLength(5);
    expect(SearchResult.fromTable([...rows, { params: { n: 1 }, values: { a: 1.1, b: 5 } }]).trials).toHaveLength(5);
  });
  it("gives the front, the best by a scope, and the top", () => {
    expect(result.paretoFront().map(({ params }) => params.n)).toEqual([1, 2]);
    expect(result.leaders).toEqual(result.paretoFront());
    const one = SearchResult.fromTable(rows, { objectives: { b: "minimize" } });
    expect(one.leaders).toEqual([one.best]);
    expect(result.bestBy("mean").params.n).toBe(2);
    expect(result.bestBy("stddev").params.n).toBe(2);
    expect(result.top(3).map(({ params }) => params.n)).toEqual([1, 2, 3]);
    expect(() => result.best).toThrow(
      'There is no single best trial of 2 objectives (`a`, `b`): ask for paretoFront() or bestBy("mean")',
    );
    expect(() => result.bestBy("avg" as never)).toThrow('Expected the scope to be "mean" or "stddev", got "avg"');
    expect(SearchResult.fromTable(rows, { objectives: { b: "maximize" } }).best.params.n).toBe(1);
  });
  it("takes further trials", () =>
    expect(
      result
        .add({ params: { n: 9 }, values: { a: 0, b: 0 } })
        .paretoFront()
        .map(({ params, number }) => [params.n, number]),
    ).toEqual([[9, 4]]));
  it("goes through CSV exactly", async () => {
    const path = join(directory(), "r.csv");
    const odd = await defineSearch({
      space: {
        "a.b": choice(["1", 1, "", 'x,"y"\n', true, null]),
        v: variant({ s: {}, d: { k: float(0, 1) } }),
        list: choice([[1, 2], []]),
      },
      objectives: { ms: "minimize" },
      objective: (p) => (p["a.b"] === true ? Number.NaN : { ms: [1, 2, 4] }) as never,
      trials: 30,
      seed: 1,
    }).start();
    writeFileSync(path, odd.toCsv());
    const back = SearchResult.fromCsv(path, { duplicates: true });
    expect(
      back.trials.map(({ params, values, stderr, state, number }) => ({ params, values, stderr, state, number })),
    ).toEqual(
      odd.trials.map(({ params, values, stderr, state, number }) => ({ params, values, stderr, state, number })),
    );
    expect(back.trials.some(({ failure }) => failure?.kind === "invalid")).toBe(true);
    expect(odd.toCsv()).not.toMatch(/,NaN|Infinity|undefined/);
    writeFileSync(path, "x,y\n1,2\n");
    expect(() => SearchResult.fromCsv(path)).toThrow(
      "Expected a CSV with columns `params.…` and `values.…`, got `x`, `y`",
    );
  });
  it("says that there is nothing, when there is nothing", () => {
    expect(() => SearchResult.fromTable([{ params: {} }])).toThrow(
      "Expected the rows of a table to hold `values`, got none",
    );
    expect(() => SearchResult.fromTable([{ params: {} }], { objectives: { a: "minimize" } }).best).toThrow(
      "No trial succeeded (1 failed)",
    );
  });
});
