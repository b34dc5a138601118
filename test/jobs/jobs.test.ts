import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Evaluator, float, inline, int, openQueue, range, RetryLater, timeLimit } from "../../src/index.ts";
import { defineJobs, Job, type JobsHandle, type JobTemplate } from "../../src/jobs/index.ts";
import { readJournal } from "../../src/search/read-journal.ts";
import { realClock } from "../../src/system/clock.ts";
import { Ears } from "../search/life-cycle.ts";

type P = { readonly x: number };
const space = { x: float(0, 1) };
const fresh = (): string => mkdtempSync(join(tmpdir(), "attune-jobs-"));

/** Reports its value in three steps: x + 2, x + 1, x + 3. */
const stepped: JobTemplate<P> = {
  name: "stepped",
  async run({ x }, trial) {
    for (const [i, d] of [2, 1, 3].entries()) await trial.report(i + 1, { "loss/test": x + d });
  },
};
const plain: JobTemplate<P> = { name: "plain", run: ({ x }) => x };
const base = { template: plain, space, trials: 3, seed: 1, sampler: "random" } as const;
const list = <Q, V>(handle: JobsHandle<Q, V>): Job<Q>[] => [...handle.jobs.values()];

describe("the objective", () => {
  it.each([
    ["last", 3],
    ["min", 1],
    ["max", 3],
    [undefined, 3],
  ] as const)("is read back from reports, %s over steps, as [title, series]", async (over, d) => {
    const objective = over === undefined ? "minimize" : ({ direction: "minimize", over } as const);
    const handle = defineJobs({ ...base, template: stepped, objectives: { "loss/test": objective } }).start();
    const result = await handle;
    expect(handle.metrics).toEqual([["loss", "test"]]);
    for (const { params, values } of result.trials) expect(values["loss/test"]).toBe(params.x + d);
    for (const job of list(handle)) {
      const { x } = job.params;
      expect(job.metric(["loss", "test"])).toEqual({ last: x + 3, min: x + 1, max: x + 3, step: 3 });
      expect(job.metric("loss/test")).toEqual(job.metric(["loss", "test"]));
      expect(job.metric("nothing")).toBeUndefined();
      expect([job.iteration, job.values["loss/test"]]).toEqual([3, x + d]);
    }
  });
  it("that was neither returned nor reported is a failure with its evidence", async () => {
    const handle = defineJobs({
      ...base,
      trials: 1,
      template: stepped,
      objectives: { "loss/train": "minimize" },
    }).start();
    await handle;
    expect(list(handle)[0]!.failure).toMatchObject({
      kind: "invalid",
      message: expect.stringContaining("loss/train") as string,
    });
  });
});

describe("labels", () => {
  it("have defaults: a name of the parameters, the study as parent", async () => {
    const handle = defineJobs(base).start();
    const { trials } = await handle;
    for (const [i, job] of list(handle).entries()) {
      expect(job.name).toBe(`plain: x=${trials[i]!.params.x}`);
      expect(job.id).toBe(`${job.parent}.${i}`);
      expect([job.tags, job.project]).toEqual([[], undefined]);
    }
  });
  it("can be set: naming function, tags, parent, project", async () => {
    const labels = {
      name: (of: string, { x }: { x?: unknown }) => `${of}@${typeof x}`,
      tags: ["night"],
      parent: "me",
      project: "p",
    };
    const handle = defineJobs({ ...base, trials: 1, labels }).start();
    await handle;
    expect(list(handle)[0]).toMatchObject({ name: "plain@number", tags: ["night"], parent: "me", project: "p" });
  });
  it("can be the template's name alone", async () => {
    const handle = defineJobs({ ...base, trials: 1, labels: { name: false } }).start();
    await handle;
    expect(list(handle)[0]!.name).toBe("plain");
  });
  it("that are none fail the trial", async () => {
    const handle = defineJobs({ ...base, trials: 1, labels: { name: () => "" } }).start();
    expect((await handle).trials[0]!.failure!.message).toContain('Expected `labels.name` to give a text, got ""');
  });
});

describe("createJob", () => {
  it("can override anything for one job, with labels of its own", async () => {
    const other: JobTemplate<P> = { ...plain, name: "other", parameters: { z: 1 } };
    const handle = defineJobs({
      ...base,
      labels: { tags: ["all"], project: "p" },
      hooks: {
        createJob: ({ number, params }, make) =>
          number === 0
            ? make()
            : make({
                template: other,
                parameters: { x: -params.x },
                settings: { "a.b": 1 },
                tags: ["negative", "all"],
                parent: "someone",
                project: "q",
                ...(number === 2 ? { name: "third" } : {}),
              }),
      },
    }).start();
    const { trials } = await handle;
    const [first, second, third] = list(handle);
    expect(first).toMatchObject({ tags: ["all"], project: "p", values: { value: trials[0]!.params.x } });
    expect(second).toMatchObject({ tags: ["all", "negative"], parent: "someone", project: "q" });
    expect(second!.plan).toMatchObject({ parameters: { x: -trials[1]!.params.x, z: 1 }, settings: { a: { b: 1 } } });
    expect(second!.values["value"]).toBe(-trials[1]!.params.x);
    expect([second!.name.split(":")[0], third!.name]).toEqual(["other", "third"]);
  });
  it("ends the search when no job is needed: what runs finishes", async () => {
    const handle = defineJobs({
      ...base,
      trials: 99,
      evaluator: inline({ workers: 2 }),
      template: { name: "slow", run: async ({ x }: P) => (await realClock.sleep(20), x) },
      hooks: { createJob: ({ number }, make) => (number < 4 ? make() : undefined) },
    }).start();
    const result = await handle;
    expect(result.reason).toBe("stopped");
    expect(result.trials.map(({ state }) => state)).toEqual(Array.from({ length: 4 }, () => "complete"));
    expect(handle.jobs.size).toBe(4);
  });
  it("that throws fails its trial alone, and may put it off", async () => {
    const seen: number[] = [];
    const handle = defineJobs({
      ...base,
      hooks: {
        createJob: ({ number, attempt }, make) => {
          seen.push(number);
          if (number === 0) throw new Error("no base");
          if (number === 1 && attempt === 1) throw new RetryLater(1);
          return make();
        },
      },
    }).start();
    const result = await handle;
    expect(result.trials.map(({ state }) => state)).toEqual(["failed", "complete", "complete"]);
    expect(result.trials[0]!.failure).toMatchObject({ kind: "error", message: "no base" });
    expect(seen.filter((number) => number === 1)).toHaveLength(2);
  });
  it("must give what make() gives", async () => {
    const handle = defineJobs({ ...base, trials: 1, hooks: { createJob: () => ({}) as Job<P> } }).start();
    expect((await handle).trials[0]!.failure!.message).toMatch(
      /^Expected `createJob` to give what make\(\) gives, or undefined/,
    );
  });
  it("makes one job of an attempt that is run several times", async () => {
    let made = 0;
    const evaluator = inline({ repeats: 3, retry: { error: 1 } });
    let first: Promise<boolean> | undefined;
    const createJob = (_: unknown, make: () => Job<P>): Job<P> => {
      made++;
      const job = make();
      first ??= job.wait();
      return job;
    };
    const hooks = { createJob };
    const template: JobTemplate<P> = {
      name: "again",
      run({ x }, { attempt }) {
        if (attempt === 1) throw new Error("once more");
        return x;
      },
    };
    const handle = defineJobs({ ...base, template, evaluator, trials: 1, hooks }).start();
    await handle;
    expect(made).toBe(2); // one for each attempt
    expect(await first).toBe(true);
    expect(handle.jobs.size).toBe(1);
    expect(list(handle)[0]!.state).toBe("complete");
  });
});

describe("a job class of your own", () => {
  it("says how jobs are launched, and is what every query gives", async () => {
    class Loud extends Job<P> {
      shout = "";
      override async launch(trial: Parameters<Job<P>["launch"]>[0]): Promise<unknown> {
        this.shout = this.name.toUpperCase();
        return 2 * ((await super.launch(trial)) as number);
      }
    }
    const handle = defineJobs({ ...base, hooks: { job: (request) => new Loud(request) } }).start();
    const { trials } = await handle;
    for (const job of [...list(handle), ...handle.top(2)]) {
      expect(job).toBeInstanceOf(Loud);
      expect((job as Loud).shout).toMatch(/^PLAIN: X=/);
      expect(job.values["value"]).toBe(2 * trials[job.number]!.params.x);
    }
  });
});

describe("monitorJob", () => {
  const endless: JobTemplate<P> = {
    name: "endless",
    async run({ x }, trial) {
      for (let step = 1; ; step++) {
        trial.signal.throwIfAborted();
        await trial.report(step, x + step);
        await realClock.sleep(1);
      }
    },
  };
  it("ends a job, which is complete with what it has reported", async () => {
    const handle = defineJobs({
      ...base,
      template: endless,
      hooks: { monitorJob: (job) => job.iteration < 3 },
    }).start();
    const { trials, reason } = await handle;
    expect(reason).toBe("trials");
    for (const { state, values, params, reports } of trials) {
      expect(state).toBe("complete");
      expect(values.value).toBe(params.x + reports.length);
      expect(reports.length).toBeGreaterThanOrEqual(3);
    }
  });
  it("ends one on an evaluator of your own, whatever that makes of it", async () => {
    const evaluator: Evaluator = {
      concurrency: 1,
      async evaluate({ signal, report }) {
        await report(1, { value: 5 });
        await realClock.sleep(60_000, signal);
        return { state: "cancelled", reason: "gone" };
      },
      [Symbol.asyncDispose]: async () => {},
    };
    const { trials } = await defineJobs({ ...base, trials: 1, evaluator, hooks: { monitorJob: () => false } }).start();
    expect(trials[0]).toMatchObject({ state: "complete", values: { value: 5 } });
  });
  it("cancels one that has reported nothing", async () => {
    const silent: JobTemplate<P> = {
      name: "silent",
      run: (_, { signal }) => new Promise((r) => signal.addEventListener("abort", r)),
    };
    let looks = 0;
    const handle = defineJobs({
      ...base,
      template: silent,
      hooks: { monitorJob: (job) => (looks++, job.number === 1 && void handle.stop(), false), every: 5 },
    }).start();
    await handle;
    expect(looks).toBeGreaterThanOrEqual(2);
    expect(list(handle)[0]).toMatchObject({ state: "cancelled", reason: "`monitorJob` says that it does not go on" });
  });
  it("that throws is said once, and jobs go on", async () => {
    const said: string[] = [];
    const hooks = {
      monitorJob: () => {
        throw new Error("bad monitor");
      },
    };
    const result = await defineJobs({
      ...base,
      template: stepped,
      objectives: { "loss/test": "minimize" },
      hooks,
    }).start({ warn: (line) => said.push(line) });
    expect(result.feasible).toHaveLength(3);
    expect(said).toEqual(["a step of job control failed: bad monitor; jobs go on, further errors are not shown"]);
  });
  it("is asked by a step of your own, which may end the search at once", async () => {
    const monitored: number[] = [];
    let busiest = 0;
    const handle: JobsHandle<P, unknown> = defineJobs({
      ...base,
      trials: 99,
      template: endless,
      evaluator: inline({ workers: 3 }),
      hooks: {
        monitorJob: (job) => (monitored.push(job.number), true),
        async processStep(step) {
          busiest = Math.max(busiest, step.running.length + step.free);
          for (const job of step.running) {
            if (job.number === 0 && job.iteration > 2) step.end(job);
            else if (job.number > 0) await step.monitor(job);
          }
          return handle.jobs.size < 4;
        },
      },
    }).start();
    const result = await handle;
    expect(result.reason).toBe("stopped");
    expect(handle.running).toEqual([]);
    expect(busiest).toBe(3);
    expect(monitored).not.toContain(0);
    expect(list(handle).filter(({ state }) => state === "cancelled").length).toBeGreaterThanOrEqual(2);
    expect(list(handle)[0]).toMatchObject({ state: "complete" });
  });
  it("a step can have a configuration tried next", async () => {
    let asked = false;
    const handle = defineJobs({
      ...base,
      template: stepped,
      objectives: { "loss/test": "minimize" },
      hooks: {
        async processStep(step) {
          if (!asked) void step.enqueue({ x: 0.5 });
          asked = true;
        },
      },
    }).start();
    const { trials } = await handle;
    expect(trials.filter(({ source, params }) => source === "enqueued" && params.x === 0.5)).toHaveLength(1);
    expect(trials).toHaveLength(3);
  });
});

describe("limits of one job", () => {
  const counting = (steps: number, each = 0): JobTemplate<P> => ({
    name: "counting",
    async run({ x }, trial) {
      for (let step = 1; step <= steps; step++) {
        if (each > 0) await realClock.sleep(each, trial.signal);
        trial.signal.throwIfAborted();
        await trial.report(step, x + step);
      }
      return x;
    },
  });
  it("iterations: no step beyond it, and complete with what was reported", async () => {
    const { trials } = await defineJobs({
      ...base,
      template: counting(10),
      evaluator: inline({ maxSteps: 4 }),
    }).start();
    for (const { params, values, reports } of trials) expect([values.value, reports.length]).toEqual([params.x + 4, 4]);
  });
  it("iterations, of an objective that never waits", async () => {
    const template: JobTemplate<P> = {
      name: "sync",
      run({ x }, trial) {
        for (let step = 1; ; step++) trial.reportSync(step, x + step);
      },
    };
    const { trials } = await defineJobs({ ...base, template, evaluator: inline({ maxSteps: 4 }) }).start();
    for (const { params, values, reports } of trials) expect([values.value, reports.length]).toEqual([params.x + 4, 4]);
  });
  it("iterations, with the least of all steps of one that never waits", async () => {
    const template: JobTemplate<P> = {
      name: "rising",
      run({ x }, trial) {
        for (let step = 1; ; step++) trial.reportSync(step, x + step);
      },
    };
    const objectives = { value: { direction: "minimize", over: "min" } } as const;
    const evaluator = inline({ maxSteps: 4 });
    const { trials } = await defineJobs({ ...base, template, objectives, evaluator }).start();
    for (const { params, values, reports } of trials) expect([values.value, reports.length]).toEqual([params.x + 1, 4]);
  });
  it("iterations, without a report of every objective: a failure that says so", async () => {
    const { trials } = await defineJobs({
      ...base,
      trials: 1,
      template: counting(10),
      objectives: { value: "minimize", size: "minimize" },
      evaluator: inline({ maxSteps: 4 }),
    }).start();
    expect(trials[0]!.failure).toMatchObject({
      kind: "invalid",
      message: "Expected the job to report `value`, `size` up to its last step, 4",
    });
  });
  it("time: complete with what was reported by then, else a failure of kind timeout", async () => {
    const { trials } = await defineJobs({
      ...base,
      trials: 1,
      template: counting(1e6, 10),
      jobTime: 150,
    }).start();
    expect(trials[0]).toMatchObject({ state: "complete" });
    expect(trials[0]!.values.value).toBe(trials[0]!.params.x + trials[0]!.reports.length);
    const late = await defineJobs({ ...base, trials: 1, template: counting(1, 60_000), jobTime: 20 }).start();
    expect(late.trials[0]!.failure).toMatchObject({ kind: "timeout", message: "took longer than 20 ms" });
    const hard = await defineJobs({
      ...base,
      trials: 1,
      template: counting(1e6, 10),
      timeout: 100,
      jobTime: 1e5,
    }).start();
    expect(hard.trials[0]!.failure).toMatchObject({ kind: "timeout" });
  });
});

describe("a handle", () => {
  it("starts without blocking, shows what runs with its parameters, and waits with a time-out", async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const template: JobTemplate<P> = { name: "gated", run: async ({ x }) => (await gate, x) };
    const handle = defineJobs({ ...base, template, evaluator: inline({ workers: 2 }) }).start();
    expect([handle.jobs.size, handle.status, handle.budgets, handle.top(1)]).toEqual([0, undefined, undefined, []]);
    expect(await handle.wait(30)).toBe(false);
    const running = handle.running;
    expect(running.map(({ number, state }) => [number, state])).toEqual([
      [0, "running"],
      [1, "running"],
    ]);
    expect(await running[0]!.wait(1)).toBe(false);
    for (const job of running) {
      expect(handle.parameters.get(job.id)).toEqual(job.params);
      expect(handle.jobs.get(job.id)).toBe(job);
      expect(job.elapsed).toBeGreaterThan(0);
    }
    const over = running[0]!.wait();
    release();
    expect(await over).toBe(true);
    expect(running[0]).toMatchObject({ state: "complete", finished: true });
    expect(await handle.wait(60_000)).toBe(true);
    expect([...handle.parameters.keys()]).toEqual([...handle.jobs.keys()]);
    expect(handle.jobs.size).toBe(3);
  });
  it("aborts one job", async () => {
    const template: JobTemplate<P> = {
      name: "waits",
      run: ({ x }, { number, signal }) =>
        number > 0
          ? x
          : new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted")))),
    };
    const handle = defineJobs({ ...base, template, evaluator: inline({ workers: 2 }) }).start();
    await handle.wait(20);
    handle.running[0]!.abort("not wanted");
    const { reason } = await handle;
    expect(reason).toBe("trials");
    expect(list(handle)[0]).toMatchObject({ state: "cancelled", reason: "not wanted" });
    list(handle)[0]!.abort(); // nothing to abort
    expect(handle.status!.trials).toBe(3);
  });
  it("knows the best, one objective", async () => {
    const handle = defineJobs({ ...base, trials: 20 }).start();
    const result = await handle;
    const sorted = [...result.trials].sort((a, b) => a.values.value - b.values.value).map(({ number }) => number);
    expect(handle.top(5).map(({ number }) => number)).toEqual(sorted.slice(0, 5));
    expect(handle.top(99)).toHaveLength(20);
  });
  it("knows the best, several objectives: no job stands before one that dominates it", async () => {
    const template: JobTemplate<{ x: number; y: number }> = {
      name: "two",
      run: ({ x, y }) => ({ a: x + y / 4, b: -(1 - x + y / 4) }),
    };
    const handle = defineJobs({
      template,
      space: { x: range(0, 1, { step: 0.25 }), y: int(0, 3) },
      objectives: { a: "minimize", b: "maximize" },
      sampler: "grid",
      trials: 20,
    }).start();
    await handle;
    const top = handle.top(20);
    expect(top).toHaveLength(20);
    const dominates = (p: Job, q: Job): boolean =>
      p.values["a"]! <= q.values["a"]! &&
      p.values["b"]! >= q.values["b"]! &&
      (p.values["a"] !== q.values["a"] || p.values["b"] !== q.values["b"]);
    for (const [i, job] of top.entries())
      for (const later of top.slice(i + 1)) expect(dominates(later, job)).toBe(false);
    expect(new Set(top.slice(0, 5).map(({ params }) => params.y))).toEqual(new Set([0]));
  });
  it("says what is used and left of every budget", async () => {
    const handle = defineJobs({
      ...base,
      template: stepped,
      objectives: { "loss/test": "minimize" },
      trials: 4,
      stop: timeLimit(60_000),
    }).start();
    await handle;
    const { trials, iterations, computeTime, timeLimit: wall } = handle.budgets!;
    expect(trials).toEqual({ used: 4, limit: 4, left: 0 });
    expect(iterations).toEqual({ used: 12 });
    expect(computeTime.used).toBeGreaterThanOrEqual(0);
    expect(wall.limit).toBe(60_000);
    expect(wall.left! + wall.used).toBe(60_000);
    await handle.timeLimit(90_000);
    expect(handle.budgets!.timeLimit.limit).toBe(90_000);
  });
});

describe("completed", () => {
  it("is called once for each job, whatever became of it, with the best so far", async () => {
    const told: (readonly [number, string, number | undefined])[] = [];
    const template: JobTemplate<P> = {
      name: "mixed",
      run({ x }, { number }) {
        if (number === 1) throw new Error("no");
        return number === 3 ? -1 : x;
      },
    };
    const handle = defineJobs({
      ...base,
      template,
      trials: 5,
      hooks: { completed: (job, best) => told.push([job.number, job.state, best?.number]) },
    }).start();
    await handle;
    expect(told.map(([number]) => number)).toEqual([0, 1, 2, 3, 4]);
    expect(told.map(([, state]) => state)).toEqual(["complete", "failed", "complete", "complete", "complete"]);
    expect(told[0]![2]).toBe(0);
    expect(told.at(-1)![2]).toBe(3);
  });
  it("that throws is said once and harms nothing", async () => {
    const said: string[] = [];
    const hooks = { completed: () => Promise.reject(new Error("bad hook")) };
    const result = await defineJobs({ ...base, hooks }).start({ warn: (line) => said.push(line) });
    expect(result.feasible).toHaveLength(3);
    expect(said).toEqual(["the hook `completed` failed: bad hook; jobs go on, further errors of it are not shown"]);
  });
});

describe("the study", () => {
  it("to which reports go can be set", async () => {
    const ears = new Ears();
    const journal = join(fresh(), "night.jsonl");
    const jobs = defineJobs({ ...base, template: stepped, objectives: { "loss/test": "minimize" } });
    const handle = jobs.with({ journal, trackers: [ears.factory] }).start();
    await handle;
    expect(ears.count("trial-reported")).toBe(9);
    const text = readFileSync(journal, "utf8");
    for (const { id } of list(handle)) expect(text).toContain(JSON.stringify(id));
  });
  it("opened again knows the jobs of before: ids, labels, parameters, plans, reports", async () => {
    const journal = join(fresh(), "jobs.jsonl");
    let named = 0;
    const spec = {
      ...base,
      journal,
      template: { ...stepped, settings: { a: 1 } },
      objectives: { "loss/test": "minimize" },
      labels: { name: (of: string) => `${of} ${named++}`, tags: ["t"], project: "p" },
      hooks: {
        createJob: (_: unknown, make: (draft: object) => Job<P>) => make({ settings: { "b.c": 2 }, tags: ["u"] }),
      },
    } as const;
    const first = defineJobs(spec).start();
    await first;
    const before = list(first).map((job) => job.toJSON());
    let created = 0;
    const hooks = { completed: () => created++ };
    const second = defineJobs({ ...spec, trials: 4, hooks, labels: { ...spec.labels, tags: ["new"] } }).start();
    await second;
    const after = list(second);
    expect(after.slice(0, 3).map((job) => job.toJSON())).toEqual(before);
    expect(after.map(({ name }) => name)).toEqual(["stepped 0", "stepped 1", "stepped 2", "stepped 3"]);
    expect(after[0]!.metric("loss/test")!.step).toBe(3);
    expect(await after[0]!.wait()).toBe(true);
    expect(after[3]!.tags).toEqual(["new"]);
    expect(created).toBe(1);
    expect((await readJournal(journal)).trials).toHaveLength(4);
  });
  it("has twins, which are no jobs of their own", async () => {
    const handle = defineJobs({
      template: { name: "same", run: ({ n }: { n: number }) => n },
      space: { n: int(1, 3) },
      sampler: "random",
      trials: 3,
      seed: 1,
    }).start();
    const { trials } = await handle;
    expect(trials.filter(({ twin }) => twin !== undefined).length).toBeGreaterThan(0);
    expect(handle.jobs.size).toBe(3);
    expect(new Set(list(handle).map(({ params }) => params.n))).toEqual(new Set([1, 2, 3]));
  });
});

describe("jobs are a search", () => {
  it("whose own parts can be given back with changes, as the command line does", async () => {
    const made: number[] = [];
    const hooks = { createJob: (trial: { number: number }, make: () => Job<P>) => (made.push(trial.number), make()) };
    const jobs = defineJobs({ ...base, hooks });
    expect(jobs.spec.trackers).toBeUndefined();
    const { objective: _objective, ...own } = jobs.spec;
    await jobs.with({ ...own, trials: 2 }).start();
    expect(made).toEqual([0, 1]);
  });
  it("that can be checked and sampled, and whose objective runs in a queue", async () => {
    const jobs = defineJobs({ ...base, template: { ...plain, parameters: { y: 1 } } });
    expect((await jobs.check({ runs: 3 })).runs).toBe(3);
    const [params] = await jobs.sample(1);
    const queue = await openQueue(jobs);
    queue.submit([params!]);
    const [job] = await queue.gather("all");
    expect(job!.values).toEqual({ value: params!.x });
    await queue.close();
  });
  it("draws the top of a range with steps, and no integer beyond its range", async () => {
    const handle = defineJobs({
      template: { name: "ends", run: ({ s, n }: { s: number; n: number }) => s + n },
      space: { s: range(0, 1, { step: 0.3, anchor: "end" }), n: int(1, 9) },
      sampler: "random",
      trials: 36,
      seed: 2,
    }).start();
    const { trials } = await handle;
    expect(trials.some(({ params }) => params.s === 1)).toBe(true);
    for (const { params } of trials) expect(params.n >= 1 && params.n <= 9 && Number.isInteger(params.n)).toBe(true);
  });
});

it.each([
  [
    { ...base, template: { name: "x", run: ["x", "{rat}"] }, space: { rate: float(0, 1) } },
    "Unknown placeholder `{rat}`",
  ],
  [{ ...base, objective: () => 1 }, "Unknown option `objective` of defineJobs"],
  [{ ...base, labels: { tag: [] } }, "Unknown option `tag` of labels. Did you mean `tags`?"],
  [{ ...base, labels: { tags: "x" } }, 'Expected `labels.tags` to be a list of texts, got "x"'],
  [{ ...base, labels: { name: "x" } }, 'Expected `labels.name` to be a function or false, got "x"'],
  [{ ...base, labels: { parent: 5 } }, "Expected `labels.parent` to be a text, got 5"],
  [{ ...base, hooks: { createJobs: 1 } }, "Unknown option `createJobs` of hooks. Did you mean `createJob`?"],
  [{ ...base, hooks: { createJob: 1 } }, "Expected `hooks.createJob` to be a function, got 1"],
  [{ ...base, hooks: { every: 0 } }, "Expected `hooks.every` to be a finite number > 0, got 0"],
  [{ ...base, jobTime: 0 }, "Expected `jobTime` to be a finite number > 0, got 0"],
  [{ ...base, cache: 5 }, "Expected `cache` to be true, false or a directory, got 5"],
  [{ ...base, objectives: { a: "up" } }, "a"],
  [5, "Expected defineJobs() to be given { template, space, … }, got 5"],
])("refuses misuse %# before anything runs", async (spec, message) =>
  expect(async () => defineJobs(spec as never).start()).rejects.toThrow(message),
);
