import { describe, expect, it } from "vitest";
import {
  command,
  defineSearch,
  defineSpace,
  type Evaluator,
  inline,
  int,
  isAttuneError,
  type Job,
  openQueue,
  optional,
  type Outcome,
  type QueueOptions,
  type Task,
  variant,
} from "../../src/index.ts";
import { realClock } from "../../src/system/clock.ts";
import { until } from "./until.ts";

interface Params {
  readonly x: number;
  readonly ms?: number;
}

const objective = async ({ x, ms = 0 }: Params): Promise<number> => {
  if (ms > 0) await realClock.sleep(ms);
  if (x < 0) throw new Error(`no ${x}`);
  return x;
};
const open = (workers: number, options: QueueOptions<Params, { value: number }> = {}) =>
  openQueue({ objective, evaluator: inline({ workers }), ...options });
const numbers = (jobs: readonly Job[]): number[] => jobs.map(({ number }) => number);
const configs = (n: number, ms = 0): Params[] => Array.from({ length: n }, (_, x) => ({ x, ms }));

/** An evaluator of which the test decides everything. */
class Puppet implements Evaluator<Params> {
  concurrency = 1;
  most = 0;
  readonly running: { readonly task: Task<Params>; readonly end: (outcome: Outcome) => void }[] = [];
  #changed = (): void => {};
  place: object | null = {};
  stubborn = false;

  async evaluate(task: Task<Params>): Promise<Outcome> {
    if (this.place !== null) task.placed({ ...this.place });
    return new Promise((resolve) => {
      const entry = {
        task,
        end: (outcome: Outcome) => {
          this.running.splice(this.running.indexOf(entry), 1);
          resolve(outcome);
        },
      };
      this.running.push(entry);
      this.most = Math.max(this.most, this.running.length);
      const cancel = (): void => entry.end({ state: "cancelled", reason: String(task.signal.reason) });
      if (!this.stubborn) task.signal.addEventListener("abort", cancel);
    });
  }
  watch(changed: () => void): void {
    this.#changed = changed;
  }
  resize(concurrency: number): void {
    this.concurrency = concurrency;
    this.#changed();
  }
  async [Symbol.asyncDispose](): Promise<void> {}
}
const complete = (value: number): Outcome => ({ state: "complete", values: { value: { value } } });

describe("submit", () => {
  it("returns live jobs at once, and runs nothing in the caller's turn", async () => {
    let ran = 0;
    const queue = await openQueue({ objective: (p: Params) => (ran++, p.x) });
    const [job, next] = queue.submit([{ x: 0 }, { x: 5 }]);
    expect([job!.state, job!.attempt, next!.number, ran]).toEqual(["queued", 0, 1, 0]);
    expect(queue.submit([])).toEqual([]);
    expect(await queue.gather("all")).toEqual([job, next]);
    expect(job).toMatchObject({ state: "complete", values: { value: 0 }, attempt: 1 });
    expect(numbers(queue.submit([{ x: 1 }]))).toEqual([2]);
    await queue.close();
  });

  it("hands an evaluator no more than it runs at a time, and follows when that changes", async () => {
    const evaluator = new Puppet();
    const queue = await open(1, { evaluator });
    queue.submit(configs(50_000));
    await until(() => evaluator.running.length === 1);
    expect(queue.status).toMatchObject({ submitted: 50_000, queued: 49_999, running: 1, finished: 0, workers: 1 });
    evaluator.resize(3);
    expect(evaluator.running.map(({ task }) => task.number)).toEqual([0, 1, 2]);
    evaluator.resize(1);
    evaluator.running[0]!.end(complete(1));
    evaluator.running[0]!.end(complete(1));
    await queue.gather("batch", 2);
    expect(numbers(evaluator.running.map(({ task }) => task as unknown as Job))).toEqual([2]);
    const cancelled = await queue.close();
    expect(cancelled).toHaveLength(49_998);
    expect(evaluator.most).toBe(3);
  });

  it("gives timers their turn while objectives never wait", async () => {
    let turned = false;
    void realClock.sleep(50).then(() => (turned = true));
    const queue = await openQueue({ objective: () => (turned ? 1 : 0), evaluator: inline({ workers: 4 }) });
    const end = performance.now() + 20_000;
    for (let sum = 0; sum === 0 && performance.now() < end;) {
      queue.submit([{}, {}]);
      for (const { values } of await queue.gather("batch", 1)) sum += values["value"]!;
    }
    expect(turned).toBe(true);
    await queue.close();
  });

  it("takes copies, and hands out copies", async () => {
    const config = { x: 1, list: [1, { deep: true }] };
    const queue = await openQueue({
      objective(p: { x: number; list: unknown[] }) {
        p.x = 9;
        p.list.push("more");
        return p.list.length;
      },
    });
    const [job] = queue.submit([config]);
    config.x = 7;
    await queue.gather("all");
    expect(job).toMatchObject({ params: { x: 1, list: [1, { deep: true }] }, values: { value: 3 } });
    await queue.close();
  });

  it("refuses what no evaluator could carry, and then takes none of the list", async () => {
    const queue = await openQueue({ objective: () => 1 });
    const refused: [unknown, RegExp][] = [
      [{ x: 1 }, /submit\(\) to be given a list of configurations, got {"x":1}/],
      [[{}, 3], /configuration 1 of submit\(\) to be an object of parameters, got 3/],
      [[{}, [1]], /configuration 1 .* an object of parameters, got \[1\]/],
      [[{ x: NaN }], /configuration 0 of submit\(\) to hold .*finite numbers.* got NaN/],
      [[{ at: new Date() }], /got a Date/],
      [[{ f: () => 1 }], /got function f/],
      [[endless()], /got something endless/],
    ];
    for (const [given, message] of refused)
      expect(() => queue.submit(given as never), String(message)).toThrow(message);
    expect(queue.jobs).toEqual([]);
    await queue.close();
  });

  it("holds configurations against the space, with its rules", async () => {
    const space = defineSpace(
      { a: int(1, 5), o: optional("-x"), s: variant({ off: {}, on: { n: int(1, 2) } }) },
      { where: (p) => p.a < 5 || "a is too large" },
    );
    const queue = await openQueue({ space, objective: ({ a }) => a, where: (p) => p.a !== 2 });
    const s = { kind: "off" } as const;
    expect(() =>
      queue.submit([
        { a: 1, s },
        { a: 6, s },
      ]),
    ).toThrow(/Configuration 1 of submit\(\) .*`a`.*from 1 to 5, got 6/);
    expect(() => queue.submit([{ a: 5, s }])).toThrow(/a is too large/);
    expect(() => queue.submit([{ a: 2, s }])).toThrow(/p\.a !== 2/);
    queue.submit([{ a: 1, s: { kind: "on", n: 2 } }]);
    expect(await queue.gather("all")).toMatchObject([{ params: { a: 1, s: { kind: "on", n: 2 } } }]);
    await queue.close();
  });
});

describe("gather", () => {
  it("all: waits for every job submitted so far, and gives each once", async () => {
    const queue = await open(3);
    queue.submit([{ x: 0, ms: 60 }, { x: 1 }, { x: 2, ms: 20 }]);
    const all = queue.gather("all");
    queue.submit([{ x: 3, ms: 20_000 }]);
    expect(numbers(await all)).toEqual([1, 2, 0]); // as they ended
    expect(queue.status).toMatchObject({ gathered: 3, running: 1 });
    await queue.close();
  });

  it("batch: waits for enough, and gives all there are", async () => {
    const queue = await open(2);
    queue.submit(configs(5, 10));
    expect((await queue.gather("batch", 3)).length).toBeGreaterThanOrEqual(3);
    await until(() => queue.status.finished === 5);
    const rest = await queue.gather("batch");
    expect(queue.status.gathered).toBe(5);
    expect(rest.every(({ gatheredAt, finishedAt }) => gatheredAt! >= finishedAt!)).toBe(true);
    await queue.close();
  });

  it("batch: more than is there waits for that, and warns; of nothing there is nothing", async () => {
    const warned: string[] = [];
    const queue = await open(2, { warn: (message) => warned.push(message) });
    expect([await queue.gather("all"), await queue.gather("batch", 3)]).toEqual([[], []]);
    expect(warned).toEqual([]);
    queue.submit(configs(3, 5));
    expect(await queue.gather("batch", 10)).toHaveLength(3);
    expect(warned).toEqual([expect.stringMatching(/gather\("batch", 10\).* than the 3 /)]);
    await queue.close();
  });

  it("several at once never share a job, and none is forgotten", async () => {
    const queue = await open(2);
    queue.submit(configs(6, 5));
    const given = await Promise.all([queue.gather("batch", 1), queue.gather("batch", 1), queue.gather("all")]);
    expect(given.slice(0, 2).every(({ length }) => length > 0)).toBe(true);
    expect(numbers(given.flat()).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    await queue.close();
  });

  it("of an unknown mode or size is an error that says what there is", async () => {
    const queue = await open(1);
    await expect(queue.gather("ALL" as never)).rejects.toThrow(
      /`mode` of gather\(\) to be "all" or "batch", got "ALL"/,
    );
    await expect(queue.gather("batch", 0)).rejects.toThrow(/`size` to be an integer ≥ 1, got 0/);
    await queue.close();
  });

  it("costs nothing while it waits, also between the first job of a batch and the last", async () => {
    const queue = await open(4);
    queue.submit([{ x: 0 }, { x: 1, ms: 1_000 }]);
    const waiting = queue.gather("batch", 2);
    await until(() => queue.status.finished === 1);
    const before = process.cpuUsage();
    await waiting;
    const { user, system } = process.cpuUsage(before);
    expect(user + system).toBeLessThan(500_000); // of about a second, which a loop would fill
    await queue.close();
  });
});

describe("listeners", () => {
  it("hear of every job, in order", async () => {
    const heard: string[] = [];
    const queue = await open(1, {
      on: {
        launch: ({ number, state }) => heard.push(`launch ${number} ${state}`),
        done: ({ number, state }) => heard.push(`done ${number} ${state}`),
        gather: (jobs) => heard.push(`gather ${numbers(jobs).join()}`),
        close: (jobs) => heard.push(`close ${numbers(jobs).join()}`),
      },
    });
    queue.submit([{ x: 0 }, { x: -1 }]);
    await queue.gather("all");
    queue.submit([{ x: 2, ms: 10_000 }, { x: 3 }]);
    await until(() => queue.status.running === 1);
    await queue.close();
    expect(heard).toEqual([
      "launch 0 running",
      "done 0 complete",
      "launch 1 running",
      "done 1 failed",
      "gather 0,1",
      "launch 2 running",
      "done 3 cancelled",
      "done 2 cancelled",
      "close 3,2",
    ]);
  });

  it("that fail are named once, and harm nothing", async () => {
    const warned: string[] = [];
    const fail = (): never => {
      throw new Error("of mine");
    };
    const queue = await open(1, {
      warn: (message) => warned.push(message),
      on: { launch: fail, report: fail, done: async () => fail(), gather: fail, close: fail },
    });
    queue.submit(configs(3));
    expect(await queue.gather("all")).toHaveLength(3);
    queue.submit(configs(1));
    await queue.gather("all");
    await queue.close();
    expect(warned.map((text) => /`on\.(\w+)` failed: of mine/.exec(text)?.[1]).sort()).toEqual(
      ["close", "done", "gather", "launch"], // no objective here reports
    );
  });

  it("may submit, gather and close", async () => {
    const queue = await open(1, {
      on: { done: ({ number }) => void (number < 4 ? queue.submit([{ x: number }]) : queue.close()) },
    });
    queue.submit([{ x: 0 }]);
    await until(() => queue.status.finished === 5);
    expect(await queue.close()).toEqual([]);
    expect(numbers(await queue.gather("all"))).toEqual([0, 1, 2, 3, 4]);
  });

  it("end a job early by its reports", async () => {
    const queue = await openQueue({
      async objective(p: Params, trial) {
        for (let step = 1; step <= 3; step++) await trial.report(step, p.x * step);
        return p.x;
      },
      on: { report: (_, { step, values }) => (step === 2 && values["value"]! > 5 ? "prune" : undefined) },
    });
    queue.submit([{ x: 1 }, { x: 10 }]);
    const [kept, pruned] = await queue.gather("all");
    expect(kept).toMatchObject({ state: "complete", reports: { length: 3 } });
    expect(pruned).toMatchObject({
      state: "pruned",
      values: {},
      reports: [{ step: 1 }, { step: 2, values: { value: 20 } }],
    });
    await queue.close();
  });
});

describe("the end of a queue", () => {
  it("keeps what had ended for gather, and refuses more", async () => {
    const queue = await open(1);
    queue.submit([{ x: 1 }, { x: 2, ms: 10_000 }, { x: 3 }]);
    const waiting = queue.gather("batch", 3);
    await until(() => queue.status.finished === 1);
    const [first, second] = [queue.close(), queue.close()];
    expect(() => queue.submit([{ x: 4 }])).toThrow(/Cannot submit: the queue is closed/);
    expect(numbers(await first)).toEqual([2, 1]);
    expect(await second).toBe(await first);
    expect(await queue.close()).toBe(await first);
    expect(numbers(await waiting)).toEqual([0]);
    expect(await queue.gather("all")).toEqual([]);
    expect(queue.status).toMatchObject({ submitted: 3, finished: 3, gathered: 3, queued: 0, running: 0 });
  });

  it("starts nothing that is closed at once", async () => {
    let ran = 0;
    const queue = await openQueue({ objective: () => ran++ });
    queue.submit([{}, {}]);
    expect(await queue.close()).toMatchObject([{ state: "cancelled", reason: "the queue is closed" }, {}]);
    expect(ran).toBe(0);
  });

  it("comes with `await using`", async () => {
    let jobs: readonly Job[];
    {
      await using queue = await open(1);
      jobs = queue.submit(configs(2, 10_000));
    }
    expect(jobs.map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
  });

  it("comes with its time limit: what runs is cancelled for real, gather returns, more is refused", async () => {
    const evaluator = new Puppet();
    const queue = await open(1, { evaluator, timeLimit: 50 });
    queue.submit(configs(2));
    expect(await queue.gather("all")).toMatchObject([
      { number: 1, state: "cancelled", reason: "the time limit of 50 ms is over" },
      { number: 0, state: "cancelled", reason: "the time limit of 50 ms is over" },
    ]);
    expect(evaluator.running).toEqual([]);
    expect(() => queue.submit(configs(1))).toThrow(/the time limit of 50 ms is over of this queue/);
    expect(await queue.close()).toEqual([]);
  });

  it("comes when the evaluator is broken: that is said, and no job is lost", async () => {
    const warned: string[] = [];
    const evaluator: Evaluator = {
      concurrency: 2,
      evaluate: () => Promise.reject(new Error("no workers")),
      [Symbol.asyncDispose]: async () => {},
    };
    const queue = await open(1, { evaluator, warn: (message) => warned.push(message) });
    queue.submit(configs(4));
    const jobs = await queue.gather("all");
    expect(jobs.map(({ state }) => state)).toEqual(["failed", "cancelled", "cancelled", "failed"]);
    expect(jobs[0]).toMatchObject({ failure: { kind: "lost", message: "the evaluator is broken: no workers" } });
    expect(warned).toEqual([expect.stringContaining("the evaluator is broken: no workers")]);
    const refused = attempt(() => queue.submit(configs(1)));
    expect(isAttuneError(refused) && refused.code).toBe("evaluator");
    await queue.close();
  });
});

describe("a job", () => {
  it("is tried again as the evaluator's policy says, and says how often it was", async () => {
    const queue = await openQueue({
      objective(_: Params, { attempt, seed }) {
        if (attempt < 3) throw new Error(`seed ${seed}`);
        return attempt;
      },
      evaluator: inline({ retry: { error: 2 } }),
    });
    queue.submit([{ x: 1 }]);
    expect(await queue.gather("all")).toMatchObject([{ state: "complete", attempt: 3, values: { value: 3 } }]);
    await queue.close();
  });

  it("that was lost is tried once more, with the same seed, and launched once", async () => {
    const evaluator = new Puppet();
    evaluator.place = { worker: 7 };
    const launched: number[] = [];
    const queue = await open(1, { evaluator, on: { launch: ({ number }) => launched.push(number) } });
    const [job] = queue.submit([{ x: 1 }]);
    const seeds: number[] = [];
    for (let attempt = 1; attempt <= 2; attempt++) {
      await until(() => evaluator.running[0]?.task.attempt === attempt);
      seeds.push(evaluator.running[0]!.task.seed);
      evaluator.running[0]!.end({ state: "failed", failure: { kind: "lost", message: "gone" } });
    }
    await queue.gather("all");
    expect(job).toMatchObject({ state: "failed", attempt: 2, failure: { kind: "lost", message: "gone" }, worker: 7 });
    expect(seeds[0]).toBe(seeds[1]);
    expect(launched).toEqual([0]);
    await queue.close();
  });

  it("passes through its states, also where the evaluator does not say that it runs", async () => {
    for (const place of [{ worker: 1 }, null]) {
      const evaluator = new Puppet();
      evaluator.place = place;
      evaluator.stubborn = true;
      const queue = await open(1, { evaluator });
      const [job, next] = queue.submit(configs(2));
      const seen = [job!.state];
      await until(() => evaluator.running.length === 1);
      seen.push(job!.state);
      evaluator.running[0]!.end(complete(0));
      await queue.gather("batch");
      seen.push(job!.state);
      expect(seen).toEqual(["queued", place === null ? "queued" : "running", "complete"]);
      expect(job!.submittedAt <= job!.startedAt! && job!.startedAt! <= job!.finishedAt!).toBe(true);
      const closing = queue.close();
      await until(() => next!.state === "stopping");
      evaluator.running[0]!.end({ state: "cancelled", reason: "as told" });
      expect([await closing, next!.state]).toEqual([[next], "cancelled"]);
    }
  });

  it("fails as data: wrong names, NaN, nothing; zero is a result", async () => {
    const given: unknown[] = [0, NaN, null, undefined, "F_failed", { velue: 1 }, Infinity, { value: 0, extra: 2 }];
    const queue = await openQueue({ objective: ({ i }: { i: number }) => given[i] as number });
    queue.submit(given.map((_, i) => ({ i })));
    const jobs = await queue.gather("all");
    expect(jobs.map(({ state, failure }) => failure?.kind ?? state)).toEqual([
      "complete",
      "invalid",
      "invalid",
      "invalid",
      "invalid",
      "invalid",
      "invalid",
      "complete",
    ]);
    expect([jobs[0]!.values, jobs[7]!.values]).toEqual([{ value: 0 }, { value: 0, extra: 2 }]);
    await queue.close();
  });
});

describe("openQueue", () => {
  it("takes a search, with its space, objectives, evaluator and limits", async () => {
    const search = defineSearch({
      space: { a: int(1, 3) },
      objectives: { ms: "minimize" },
      constraints: { rss: { max: 1 } },
      objective: ({ a }) => (a === 3 ? ({ ms: a } as never) : { ms: a, rss: 5 }),
      evaluator: inline({ workers: 3 }),
    });
    const queue = await openQueue(search);
    expect(queue.status.workers).toBe(3);
    expect(() => queue.submit([{ a: 4 }])).toThrow(/from 1 to 3/);
    queue.submit([{ a: 1 }, { a: 3 }]);
    const [one, other] = await queue.gather("all");
    expect(one!.values).toEqual({ ms: 1, rss: 5 });
    expect(other!.failure).toMatchObject({ kind: "invalid", message: expect.stringContaining("`rss`") as unknown });
    await queue.close();
  });

  it("takes a command", async () => {
    const queue = await openQueue({
      space: { n: int(1, 9) },
      objective: command([process.execPath, "-p", "{n} * 2 + {k}"]),
      fixed: { k: 100 },
    });
    queue.submit([{ n: 4 }]);
    expect(await queue.gather("all")).toMatchObject([{ params: { n: 4 }, values: { value: 108 } }]);
    await queue.close();
    const misspelt = openQueue({ space: { n: int(1, 9) }, objective: command(["x", "{m}"]) });
    await expect(misspelt).rejects.toThrow(/Unknown placeholder `{m}`/);
  });

  it("takes the objective of a module: a search or a function", async () => {
    const queue = await openQueue({ module: "test/fixtures/modules/queue-search.ts" });
    expect(() => queue.submit([{ x: -1 }])).toThrow(/from 0 to 1000/);
    queue.submit([{ x: 3 }]);
    expect(await queue.gather("all")).toMatchObject([{ values: { value: 9 } }]);
    await queue.close();
    const plain = await openQueue({ module: new URL("../fixtures/modules/function.mjs", import.meta.url).href });
    plain.submit([{ x: 3 }]);
    expect(await plain.gather("all")).toMatchObject([{ values: { value: 4 } }]);
    await plain.close();
    await expect(openQueue({ module: "test/fixtures/modules/no-search.mjs" })).rejects.toThrow(
      /no-search\.mjs to export a search or a function/,
    );
  });

  it("hands every call what is fixed", async () => {
    const queue = await openQueue({
      objective: (p: { x: number; offset: number }) => p.x + p.offset,
      fixed: { offset: 10 },
    });
    expect(() => queue.submit([{ x: 1, offset: 2 } as never])).toThrow(/sets `offset`, which is fixed/);
    queue.submit([{ x: 1 }]);
    expect(await queue.gather("all")).toMatchObject([{ params: { x: 1 }, values: { value: 11 } }]);
    await queue.close();
  });

  it("refuses what it cannot do before anything runs", async () => {
    const objective = (): number => 1;
    const refused: [unknown, RegExp][] = [
      [undefined, /to be given a search or { objective, … }, got undefined/],
      [{}, /given an `objective`, or a `module`/],
      [{ objective: 3 }, /`objective` to be a function or a command\(\), got 3/],
      [{ objective, evaluater: "inline" }, /Unknown option `evaluater` of openQueue. Did you mean `evaluator`\?/],
      [{ objective, evaluator: "thred" }, /Expected `evaluator` to be .*inline.*got "thred"/],
      [{ objective, evaluator: new Puppet(), timeout: 5 }, /Puppet.*cannot keep a `timeout`/],
      [{ objective, evaluator: "processes" }, /module/],
      [{ objective, timeLimit: 0 }, /`timeLimit`.*> 0, got 0/],
      [{ objective, on: { lunch: () => {} } }, /Unknown option `lunch` of on. Did you mean `launch`/],
      [{ objective, on: { done: 3 } }, /`on\.done` to be a function, got 3/],
      [{ objective, space: [{ a: int(1, 2) }], fixed: { b: 1 } }, /no `fixed` beside a list of spaces/],
      [{ objective, objectives: { ms: "min" } }, /"minimize" or "maximize"/],
      [{ objective, module: "no/such.ts" }, /Cannot find .*no.such\.ts: there is no such file/],
      [{ objective, module: 3 }, /`module` to be a path or a file URL, got 3/],
    ];
    for (const [given, message] of refused)
      await expect(openQueue(given as never), String(message)).rejects.toThrow(message);
  });
});

function endless(): object {
  const loop: { self?: object } = {};
  loop.self = loop;
  return loop;
}

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
