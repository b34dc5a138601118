import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { choice, float, inline, int, optional } from "../../src/index.ts";
import { defineJobs, Job } from "../../src/jobs/index.ts";
import { bundle, start } from "../journals/processes.ts";
import { until } from "../search/until.ts";

const fresh = (): string => mkdtempSync(join(tmpdir(), "attune-jobs-"));
const tree = resolve("test/fixtures/tree.sh");
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
};
const numbersIn = (file: string): number[] =>
  existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").filter(Boolean).map(Number) : [];

describe("a command", () => {
  it("gets parameters, variables, files and settings", async () => {
    const script =
      'cat "$0"; cat "$1/in/notes.txt"; echo "threads $THREADS, gone [$GONE], $ATTUNE_PARAM_RATE"; echo "{\\"value\\": {rate}}"';
    const said: string[] = [];
    class Said<P> extends Job<P> {
      override async launch(trial: Parameters<Job["launch"]>[0]): Promise<unknown> {
        const dir = trial.dir;
        const returned = await super.launch(trial);
        said.push(readFileSync(join(dir, "out.txt"), "utf8"));
        return returned;
      }
    }
    const handle = defineJobs({
      template: {
        name: "shows",
        run: ["sh", "-c", `{ ${script}; } | tee "$1/out.txt"`, "{settings.json}", "{dir}"],
        env: { THREADS: "1", GONE: "here", RATE: "{rate}" },
        files: { "in/notes.txt": "rate is {rate}, {epochs} epochs, {unknown}\nflag {flag}\nkind {settings.kind}\n" },
        settings: { model: { layers: 2 } },
        parameters: { epochs: 3 },
      },
      space: {
        rate: float(0.25, 0.25),
        "env.THREADS": int(4, 4),
        "settings.model.layers": int(8, 8),
        "settings.kind": choice(["mlp"]),
        flag: optional("-f", { absent: 1 }),
      },
      hooks: {
        createJob: (_, make) => make({ env: { GONE: null } }),
        job: (request) => new Said(request),
      },
      trials: 1,
    }).start();
    const { trials } = await handle;
    expect(trials[0]).toMatchObject({ state: "complete", values: { value: 0.25 } });
    expect(said[0]).toContain(`${JSON.stringify({ model: { layers: 8 }, kind: "mlp" }, undefined, 2)}\n`);
    expect(said[0]).toContain("rate is 0.25, 3 epochs, {unknown}\nkind mlp\nthreads 4, gone [], 0.25\n");
  });

  const counting = {
    name: "counting",
    run: [
      "sh",
      "-c",
      'for i in 1 2 3 4 5 6 7 8; do echo "{\\"step\\": $i, \\"loss/test\\": $((9 - i))}"; sleep 0.02; done; echo done',
    ],
    reports: true,
  } as const;
  it("that only reports is complete with its objective over the steps", async () => {
    const handle = defineJobs({
      template: counting,
      space: { x: float(0, 1) },
      objectives: { "loss/test": { direction: "minimize", over: "max" } },
      trials: 1,
    }).start();
    const { trials } = await handle;
    expect(trials[0]).toMatchObject({ state: "complete", values: { "loss/test": 8 } });
    expect(handle.top(1)[0]!.metric(["loss", "test"])).toEqual({ last: 1, min: 1, max: 8, step: 8 });
  });
  it("is ended at its last step, complete with what it reported", async () => {
    const handle = defineJobs({
      template: counting,
      space: { x: float(0, 1) },
      objectives: { "loss/test": "minimize" },
      evaluator: inline({ maxSteps: 3 }),
      trials: 2,
    }).start();
    const { trials } = await handle;
    for (const { state, values, reports } of trials)
      expect([state, values["loss/test"], reports.length]).toEqual(["complete", 6, 3]);
  });
});

describe("stop", () => {
  it.runIf(process.platform === "linux")("ends the whole tree of every job, also one that ignores TERM", async () => {
    const file = join(fresh(), "pids");
    const handle = defineJobs({
      template: { name: "tree", run: ["sh", "-c", 'sh "$0" >> "$1"', tree, file] },
      space: { x: float(0, 1) },
      evaluator: inline({ workers: 2 }),
      trials: 9,
    }).start();
    await until(() => numbersIn(file).length === 8);
    const pids = numbersIn(file);
    expect(pids.every(alive)).toBe(true);
    const result = await handle.stop({ now: true });
    expect(result.reason).toBe("stopped");
    await until(() => !pids.some(alive));
    expect([...handle.jobs.values()].map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
    expect(handle.running).toEqual([]);
  });
  it.runIf(process.platform === "linux")("of one job ends its tree alone", async () => {
    const directory = fresh();
    const handle = defineJobs({
      template: { name: "tree", run: ["sh", "-c", 'sh "$0" > "$1/$ATTUNE_TRIAL"', tree, directory] },
      space: { x: float(0, 1) },
      evaluator: inline({ workers: 2 }),
      trials: 9,
    }).start();
    const pids = (number: number): number[] => numbersIn(join(directory, String(number)));
    await until(() => pids(0).length === 4 && pids(1).length === 4);
    handle.running[0]!.abort();
    await until(() => !pids(0).some(alive));
    expect(pids(1).every(alive)).toBe(true);
    await handle.stop({ now: true });
    await until(() => !pids(1).some(alive));
  });
});

describe("the cache", () => {
  const place = (): { directory: string; script: string; cache: string; runs: () => number } => {
    const directory = fresh();
    const script = join(directory, "job.sh");
    writeFileSync(script, 'echo run >> "$2/runs"; echo "{\\"step\\": 1, \\"loss\\": $1}"; echo "{\\"loss\\": $1}"\n');
    const runs = (): number =>
      existsSync(join(directory, "runs")) ? readFileSync(join(directory, "runs"), "utf8").split("\n").length - 1 : 0;
    return { directory, script, cache: join(directory, "cache"), runs };
  };
  const jobs = ({ script, directory, cache }: ReturnType<typeof place>, more: object = {}) =>
    defineJobs({
      template: { name: "cached", run: ["sh", script, "{n}", directory], reports: true, ...more },
      space: { n: int(1, 3) },
      objectives: { loss: "minimize" },
      sampler: "grid",
      cache,
      trials: 3,
    });

  it("gives another search the results of the same configurations, and says whose", async () => {
    const here = place();
    const first = jobs(here).start();
    await first;
    const second = jobs(here).start();
    const { trials } = await second;
    expect(here.runs()).toBe(3);
    expect(trials.map(({ params, values }) => values.loss === params.n)).toEqual([true, true, true]);
    const ids = new Map([...first.jobs.values()].map(({ params, id }) => [params.n, id]));
    for (const job of second.jobs.values()) {
      expect(job.cached).toBe(ids.get(job.params.n));
      expect(job.metric("loss")).toMatchObject({ last: job.params.n, step: 1 });
    }
    for (const job of first.jobs.values()) expect(job.cached).toBeUndefined();
  });
  it.each([
    ["other parameters", { parameters: { z: 1 } }],
    ["other variables", { env: { A: "1" } }],
    ["other settings", { settings: { a: 1 } }],
    ["other files", { files: { a: "1" } }],
  ])("tells %s apart", async (_, more) => {
    const here = place();
    await jobs(here).start();
    await jobs(here, more).start();
    expect(here.runs()).toBe(6);
  });
  it("tells a changed program apart, and does not keep failures", async () => {
    const here = place();
    await jobs(here).start();
    writeFileSync(here.script, `${readFileSync(here.script, "utf8")}exit 3\n`);
    await jobs(here).start();
    expect((await jobs(here).start()).trials.every(({ state }) => state === "failed")).toBe(true);
    expect(here.runs()).toBe(9);
  });
  it("takes what is damaged for nothing, and goes on where it cannot be written", async () => {
    const here = place();
    await jobs(here).start();
    for (const name of readdirSync(here.cache)) writeFileSync(join(here.cache, name), "{");
    await jobs(here).start();
    expect(here.runs()).toBe(6);
    const said: string[] = [];
    const result = await jobs({ ...here, cache: join(here.script, "no") }).start({ warn: (line) => said.push(line) });
    expect(result.feasible).toHaveLength(3);
    expect(said[0]).toMatch(/^the result of job \S+ could not be cached: /);
  });
});

describe("kill −9 and resume", () => {
  it("keeps ids, names, tags, parents and parameters; what ran is the same job again, and nothing of it was left", async () => {
    const { directory, program } = await bundle("jobs-driver");
    const journal = join(directory, "jobs.jsonl");
    const first = start(process.execPath, [program, journal, "8", tree]);
    await until(
      () =>
        numbersIn(`${journal}.tree`).length === 4 &&
        first.lines.filter((line) => line.startsWith("completed")).length >= 4,
    );
    const pids = numbersIn(`${journal}.tree`);
    first.child.kill("SIGKILL");
    await first.ended;
    const text = readFileSync(journal, "utf8");
    const placed = text
      .split("\n")
      .filter((line) => line.includes('"trial-placed"'))
      .map(
        (line) => JSON.parse(line) as { where: { job: { id: string; name: string; tags: string[]; parent: string } } },
      )
      .map(({ where }) => where.job);
    expect(placed.length).toBeGreaterThanOrEqual(5);
    if (process.platform === "linux") await until(() => !pids.some(alive));

    const second = start(process.execPath, [program, journal, "8", tree]);
    await second.ended;
    const last = second.lines.at(-1);
    expect(last).toBe("ended trials");
    const jobs = second.lines
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(jobs).toHaveLength(8);
    for (const { id, name, tags, parent } of placed)
      expect(jobs.find((job) => job["id"] === id)).toMatchObject({
        name,
        tags,
        parent,
        project: "night",
        state: "complete",
      });
    for (const { loss, steps, params, settings } of jobs as {
      loss: number;
      steps: { min: number; step: number };
      params: { x: number };
      settings: object;
    }[]) {
      expect(loss).toBe(Math.min(params.x, 0.5));
      expect(steps).toMatchObject({ min: loss, step: 2 });
      expect(Object.keys(settings)).toEqual(["drawn"]);
    }
    // the job that never ended was made again as attempt 2 of the same id, and completed once
    const stuck = placed.find(({ id }) => id.endsWith(".3"))!;
    expect(second.lines).toContain(`made ${stuck.id} 2`);
    const completed = [...first.lines, ...second.lines].filter((line) => line.startsWith("completed"));
    expect(new Set(completed).size).toBe(completed.length);
    expect(completed).toContain(`completed ${stuck.id} complete`);
  });
});
