import { describe, expectTypeOf, it } from "vitest";
import {
  choice,
  type ConfigurationOf,
  constant,
  defineSearch,
  defineSpace,
  float,
  int,
  logGrid,
  openQueue,
  openStudy,
  optional,
  ordinal,
  range,
  type SearchResult,
  variant,
  instances,
  command,
} from "../src/index.ts";

describe("types flow from the space", () => {
  const space = {
    level: int(1, 9),
    rate: float(0, 1),
    strategy: choice(["default", "filtered", 3, null]),
    size: ordinal([16, 32]),
    step: range(0, 4),
    grid: logGrid(1, 10),
    vectorize: optional("-ftree-vectorize", { absent: 0.5 }),
    schedule: variant({
      static: {},
      dynamic: { chunk: int(1, 64), deep: variant({ a: {}, b: { z: optional(int(1, 2)) } }) },
    }),
    nested: { inner: choice(["x"]), flags: { a: optional("-a"), b: optional("-b") } },
    fixed: constant({ a: 1 }),
    arch: "native",
  };

  it("to the objective's parameters", () => {
    defineSearch({
      space,
      objective(p) {
        expectTypeOf(p.level).toEqualTypeOf<number>();
        expectTypeOf(p.strategy).toEqualTypeOf<"default" | "filtered" | 3 | null>();
        expectTypeOf(p.size).toEqualTypeOf<16 | 32>();
        expectTypeOf(p.step).toEqualTypeOf<number>();
        expectTypeOf(p.vectorize).toEqualTypeOf<"-ftree-vectorize" | undefined>();
        expectTypeOf(p.nested.inner).toEqualTypeOf<"x">();
        expectTypeOf(p.nested.flags).toEqualTypeOf<{ readonly a?: "-a"; readonly b?: "-b" } | undefined>();
        expectTypeOf(p.schedule.kind).toEqualTypeOf<"static" | "dynamic">();
        if (p.schedule.kind === "dynamic") {
          expectTypeOf(p.schedule.chunk).toEqualTypeOf<number>();
          if (p.schedule.deep.kind === "b") expectTypeOf(p.schedule.deep.z).toEqualTypeOf<number | undefined>();
        }
        // @ts-expect-error a static schedule has no chunk
        p.schedule.chunk;
        // @ts-expect-error a key that is not in the space
        p.lvel;
        // @ts-expect-error parameters are not to be changed
        p.level = 3;
        return 1;
      },
    });
  });

  it("literal constants written in place keep their type", () => {
    defineSearch({
      space: { arch: "native", n: 3, o: optional("-O3") },
      objective: (p) => {
        expectTypeOf(p.arch).toEqualTypeOf<"native">();
        expectTypeOf(p.n).toEqualTypeOf<3>();
        expectTypeOf(p.o).toEqualTypeOf<"-O3" | undefined>();
        return 1;
      },
    });
  });

  it("to rules, baseline and first", () => {
    defineSearch({
      space: { a: int(1, 2), b: choice(["x", "y"]) },
      where: [(p) => p.a > 1 || p.b === "x"],
      baseline: { a: 1, b: "y" },
      first: [{ a: 1, b: "x" }],
      objective: ({ a }) => a,
    });
    defineSearch({
      space: { a: int(1, 2), b: choice(["x", "y"]) },
      // @ts-expect-error "z" is not a value of b
      baseline: { a: 1, b: "z" },
      objective: ({ a }) => a,
    });
    defineSearch({
      space: { a: int(1, 2) },
      // @ts-expect-error c is not in the space
      where: (p) => p.c > 1,
      objective: ({ a }) => a,
    });
  });

  it("from the objectives to what must be returned", () => {
    defineSearch({
      space: { a: int(1, 2) },
      objectives: { ms: "minimize", bytes: "maximize" },
      objective: ({ a }) => ({ ms: [a, a], bytes: { value: 1, stderr: 0.1 }, rss: 4 }),
    });
    defineSearch({ space: { a: int(1, 2) }, objective: async ({ a }) => a });
    defineSearch({ space: { a: int(1, 2) }, objective: ({ a }) => [a, a] });
    defineSearch({ space: { a: int(1, 2) }, objective: ({ a }) => ({ value: a, stderr: 1 }) });
    defineSearch({
      space: { a: int(1, 2) },
      objectives: { ms: "minimize", bytes: "minimize" },
      // @ts-expect-error `bytes` is misspelt
      objective: ({ a }) => ({ ms: a, byts: a }),
    });
    defineSearch({
      space: { a: int(1, 2) },
      // @ts-expect-error not a number
      objective: () => "fast",
    });
    defineSearch({
      space: { a: int(1, 2) },
      constraints: { p99: { max: 50 } },
      objectives: { ms: "minimize" },
      // @ts-expect-error p99 is limited, so it must be measured
      objective: ({ a }) => ({ ms: a }),
    });
    defineSearch({
      space: { a: int(1, 2) },
      // @ts-expect-error a direction is "minimize" or "maximize"
      objectives: { ms: "min" },
      objective: () => ({ ms: 1 }),
    });
    // @ts-expect-error an option that does not exist
    defineSearch({ space: { a: int(1, 2) }, objective: () => 1, trails: 3 });
  });

  it("to the result", async () => {
    const search = defineSearch({
      space: { a: int(1, 2), b: choice(["x", "y"]) },
      objectives: { ms: "minimize" },
      constraints: { rss: { max: 3 } },
      objective: () => ({ ms: 1, rss: 2 }),
      trials: 1,
    });
    const result = await search.start();
    expectTypeOf(result).toExtend<SearchResult>();
    expectTypeOf(result.best.params.b).toEqualTypeOf<"x" | "y">();
    expectTypeOf(result.best.values.ms).toEqualTypeOf<number>();
    expectTypeOf(result.best.values.rss).toEqualTypeOf<number>();
    expectTypeOf(result.paretoFront()[0]!.params.a).toEqualTypeOf<number>();
    expectTypeOf(await search.sample(2)).items.toEqualTypeOf<{ readonly a: number; readonly b: "x" | "y" }>();
    // @ts-expect-error not a parameter
    result.best.params.c;
  });

  it("through lists, defined spaces and providers", async () => {
    const one = defineSpace({ a: int(1, 2) });
    expectTypeOf<ConfigurationOf<typeof one>>().toEqualTypeOf<{ readonly a: number }>();
    defineSearch({
      space: [{ x: choice(["p"]) }],
      objective: ([p]) => {
        expectTypeOf(p.x).toEqualTypeOf<"p">();
        return 1;
      },
    });
    defineSearch({
      space: [one, { y: float(0, 1) }, { retrieve: async () => defineSpace({ z: int(1, 2) }) }],
      where: ([p, q]) => p.a > q.y,
      objective: ([p, q]) => {
        expectTypeOf(p.a).toEqualTypeOf<number>();
        expectTypeOf(q.y).toEqualTypeOf<number>();
        return 1;
      },
    });
    const study = await openStudy({ space: { a: choice([1, 2]) }, trials: 1 });
    const trial = await study.ask();
    if (trial && trial !== "wait") expectTypeOf(trial.params.a).toEqualTypeOf<1 | 2>();
  });

  it("to a queue's jobs, from a space, a search, or the objective alone", async () => {
    const queue = await openQueue({
      space: { a: int(1, 2), b: choice(["x", "y"]) },
      objectives: { ms: "minimize" },
      constraints: { rss: { max: 3 } },
      fixed: { data: "x.csv" },
      objective: (p) => {
        expectTypeOf(p.b).toEqualTypeOf<"x" | "y">();
        expectTypeOf(p.data).toEqualTypeOf<string>();
        return { ms: p.a, rss: 2 };
      },
      on: { done: (job) => expectTypeOf(job.params.b).toEqualTypeOf<"x" | "y">() },
    });
    const [first] = queue.submit([{ a: 1, b: "x" }]);
    expectTypeOf(first!.params.a).toEqualTypeOf<number>();
    const [job] = await queue.gather("batch", 1);
    if (job!.state === "complete") {
      expectTypeOf(job!.values.ms).toEqualTypeOf<number>();
      expectTypeOf(job!.values.rss).toEqualTypeOf<number>();
    }
    if (job!.state === "failed") expectTypeOf(job!.failure.kind).toExtend<string>();
    // @ts-expect-error it may have failed: then it has no values
    const ms: number = job!.values.ms;
    // @ts-expect-error "z" is not a value of b
    queue.submit([{ a: 1, b: "z" }]);
    // @ts-expect-error one configuration is no list
    queue.submit({ a: 1, b: "x" });
    // @ts-expect-error an unknown mode
    await queue.gather("ALL");
    await queue.dump(".", { columns: ({ params }) => ({ b: params.b }) });

    const free = await openQueue({ objective: (p: { x: number; data: string }) => p.x, fixed: { data: "x.csv" } });
    free.submit([{ x: 1 }]);
    // @ts-expect-error x is a number
    free.submit([{ x: "1" }]);

    const search = defineSearch({ space: { k: variant({ a: {}, b: { n: int(1, 2) } }) }, objective: () => 1 });
    const searched = await openQueue(search, { on: { gather: (jobs) => jobs.length } });
    searched.submit([{ k: { kind: "b", n: 1 } }]);
    // @ts-expect-error a has no n
    searched.submit([{ k: { kind: "a", n: 1 } }]);
    for (const { state, values } of await searched.gather("all"))
      if (state === "complete") expectTypeOf(values["value"]).toEqualTypeOf<number>();
    void ms;
    // @ts-expect-error `ms` must be returned
    await openQueue({ space: { a: int(1, 2) }, objectives: { ms: "minimize" }, objective: () => ({ s: 1 }) });
    // @ts-expect-error an option that does not exist
    await openQueue({ objective: () => 1, worker: 3 });
  });

  it("from the instances to the objective", () => {
    const search = defineSearch({
      space: { level: int(1, 9), mode: choice(["fast", "small"]) },
      objectives: { ms: "minimize" },
      objective: instances(
        { over: [{ name: "a", size: 3 }], holdout: [{ name: "b", size: 4 }], name: ({ size }) => `${size}` },
        (p, instance, trial) => {
          expectTypeOf(p.level).toEqualTypeOf<number>();
          expectTypeOf(p.mode).toEqualTypeOf<"fast" | "small">();
          expectTypeOf(instance).toEqualTypeOf<{ name: string; size: number }>();
          expectTypeOf(trial.seed).toEqualTypeOf<number>();
          return { ms: p.level * instance.size };
        },
      ),
    });
    expectTypeOf<Awaited<ReturnType<typeof search.start>>["best"]["values"]["ms"]>().toEqualTypeOf<number>();
    defineSearch({
      space: { level: int(1, 9) },
      objectives: { ms: "minimize" },
      // @ts-expect-error `ms` must be returned
      objective: instances({ over: ["a"] }, (p, file) => ({ s: p.level + file.length })),
    });
    // @ts-expect-error the holdout holds other instances than `over`
    instances({ over: [{ size: 3 }], holdout: [{ name: "b" }] }, (_: unknown, { size }) => size);
    // @ts-expect-error no such reduction
    instances({ over: [1], reduce: "median" }, (_: unknown, n) => n);
    defineSearch({
      space: { level: int(1, 9) },
      objectives: { ms: "minimize" },
      objective: instances({ over: ["a"], reduce: { ms: { quantile: 0.9 } } }, command(["x", "{instance}"])),
    });
  });
});
