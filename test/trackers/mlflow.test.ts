import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  choice,
  command,
  defineSearch,
  float,
  inline,
  int,
  mlflow,
  optional,
  type SearchResult,
  type SearchSpec,
  variant,
} from "../../src/index.ts";
import { Server } from "../../src/trackers/mlflow/server.ts";
import { Place } from "../cli/attune.ts";
import * as equipment from "../equipment.ts";
import { MlflowServer } from "./mlflow-server.ts";

const server = new MlflowServer();
/** Long enough for a busy machine. */
const patience = 60_000;
const directory = mkdtempSync(join(tmpdir(), "attune-mlflow-test-"));

const space = {
  level: int(1, 9, { default: 6 }),
  strategy: choice(["plain", "rle"], { default: "plain" }),
  schedule: variant({ static: {}, dynamic: { chunk: int(1, 64) } }, { default: "static" }),
  flag: optional("-O3", { absent: 0.5 }),
};
const objectives = { bytes: "minimize", ms: "minimize" } as const;
const baseline = { level: 6, strategy: "plain", schedule: { kind: "static" } } as const;
const measured = ({ level }: { level: number }): { bytes: number; ms: number[]; rss: number } => ({
  bytes: 1000 / level,
  ms: [level, level + 1],
  rss: 7,
});

/** Runs a search that the server is told of; the experiment is the test's own. */
async function tracked(
  experiment: string,
  spec: Partial<SearchSpec<typeof space, typeof objectives>> = {},
  options: Parameters<typeof mlflow>[0] = {},
): Promise<{ result: SearchResult; said: string[] }> {
  const said: string[] = [];
  const result = await defineSearch({
    space,
    objectives,
    baseline,
    objective: measured,
    trials: 6,
    seed: 1,
    sampler: "random",
    trackers: [mlflow({ uri: server.uri, experiment, patience, ...options })],
    ...spec,
  }).start({ warn: (message) => said.push(message) });
  return { result: result as unknown as SearchResult, said };
}

describe.runIf(equipment.mlflow.found)("the mlflow tracker, on a real server", () => {
  beforeAll(() => server.start(), 120_000);
  afterAll(() => server.end());

  it("shows a search as a run, and each trial as a run under it", async () => {
    const { result, said } = await tracked("shown");
    expect(said).toEqual([]);
    const { studies, trials } = await server.runs("shown");
    expect(studies).toHaveLength(1);
    const [study] = studies;
    expect(study).toMatchObject({
      status: "FINISHED",
      name: expect.stringMatching(/^search \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as unknown,
      params: { seed: "1", sampler: "random", "objective.bytes": "minimize", "objective.ms": "minimize" },
      tags: { "attune.trials": "6", "attune.evaluator": "inline", "attune.ended": "trials" },
    });
    expect(trials.map(({ name }) => name)).toEqual(["t0000 baseline", ...[1, 2, 3, 4, 5, 6].map((n) => `t000${n}`)]);
    for (const [i, trial] of result.trials.entries()) {
      const run = trials[i]!;
      expect(run.tags).toMatchObject({ "mlflow.parentRunId": study!.id, "attune.state": "complete" });
      expect(run).toMatchObject({ status: "FINISHED", start: trial.startedAt, end: trial.finishedAt });
      const { level, strategy, schedule, flag } = trial.params as never as {
        level: number;
        strategy: string;
        schedule: { kind: string; chunk?: number };
        flag?: string;
      };
      expect(run.params).toEqual({
        level: String(level),
        strategy,
        "schedule.kind": schedule.kind,
        ...(schedule.chunk === undefined ? {} : { "schedule.chunk": String(schedule.chunk) }),
        ...(flag === undefined ? {} : { flag }),
      });
      expect(run.metrics).toEqual({
        bytes: trial.values["bytes"],
        ms: trial.values["ms"],
        rss: 7,
        "stderr/ms": trial.stderr["ms"],
        duration_s: trial.duration / 1000,
      });
    }
  });

  it("draws the course of the best values and of the hypervolume on the search's run", async () => {
    const { result } = await tracked("courses", { trials: 12 });
    const { id } = (await server.runs("courses")).studies[0]!;
    const bytes = result.trials.map(({ values }) => values["bytes"]!);
    const best = bytes.map((_, i) => [i + 1, Math.min(...bytes.slice(0, i + 1))] as const);
    expect(await server.history(id, "best/bytes")).toEqual(best);
    expect(await server.history(id, "value/bytes")).toEqual(bytes.map((value, i) => [i, value]));
    expect((await server.history(id, "trials")).at(-1)).toEqual([13, 13]);
    expect((await server.history(id, "front")).at(-1)).toEqual([13, result.paretoFront().length]);
    const volumes = (await server.history(id, "hypervolume")).map(([, value]) => value);
    expect(volumes.length).toBe(9); // from the fifth trial on
    expect(volumes).toEqual([...volumes].sort((a, b) => a - b));
    expect(volumes.at(-1)).toBeGreaterThan(0);
  });

  it("shows values as they were measured and normalised, and the best by what counts", async () => {
    let calls = 0;
    const result = await defineSearch({
      space: { n: int(1, 20, { default: 10 }) },
      baseline: { n: 10 },
      objectives: { ms: "minimize" },
      evaluator: inline({ normalize: { every: 2 } }),
      objective: ({ n }) => ({ ms: n * (++calls > 8 ? 3 : 1) }), // from then on everything takes three times as long
      first: [8, 9, 5, 15, 12, 7, 4, 3].map((n) => ({ n })),
      trials: 8,
      trackers: [mlflow({ uri: server.uri, experiment: "normalised", patience })],
    }).start();
    const shares = result.trials.map(({ normalized }) => normalized!["ms"]!);
    const raw = result.trials.map(({ values }) => values.ms);
    const least = (upTo: number): number => shares.indexOf(Math.min(...shares.slice(0, upTo + 1)));
    expect(result.best.values.ms, "another one would be best as it was measured").toBeGreaterThan(Math.min(...raw));
    const { studies, trials } = await server.runs("normalised");
    for (const [i, { metrics }] of trials.entries())
      expect(metrics).toMatchObject({ ms: raw[i], "normalized/ms": shares[i] });
    const { id, tags } = studies[0]!;
    const values = async (key: string): Promise<number[]> => (await server.history(id, key)).map(([, value]) => value);
    expect(await values("value/ms")).toEqual(raw);
    expect(await values("normalized/ms")).toEqual(shares);
    expect(await values("best/ms")).toEqual(raw.map((_, i) => raw[least(i)]));
    expect(await values("best/normalized/ms")).toEqual(shares.map((_, i) => shares[least(i)]));
    expect(tags["mlflow.note.content"]).toContain("Best ms **9 (−70.0 %)** (t0008)");
    const page = await server.artifact(id, "report.html");
    expect(page.includes(`"found":["Best ms 9, −70.0 % against the baseline's 30"`)).toBe(true);
    const shown = shares.map((share) => Number((10 * share).toPrecision(6)));
    expect(/"values":(\{"ms":.*?\})/.exec(page)![1]).toBe(JSON.stringify({ ms: shown }));
  });

  it("tells the true state of each trial, and why it failed", async () => {
    const { said } = await tracked("states", {
      trials: 5,
      objective: (params, trial) => {
        if (trial.number === 2) throw new Error("no luck");
        return measured(params);
      },
    });
    expect(said).toEqual([]);
    const { studies, trials } = await server.runs("states");
    expect(trials.map(({ status }) => status)).toEqual([
      "FINISHED",
      "FINISHED",
      "FAILED",
      "FINISHED",
      "FINISHED",
      "FINISHED",
    ]);
    expect(trials[2]!.tags).toMatchObject({ "attune.state": "failed", "attune.failure": "error" });
    expect(trials[2]!.tags["mlflow.note.content"]).toContain("**error**: no luck");
    expect(trials[2]!.metrics).toEqual({});
    expect(studies[0]!.metrics["failed"]).toBe(1);
  });

  it("marks what was stopped as killed, and a search that broke as failed", async () => {
    const experiment = "stopped";
    const handle = defineSearch({
      space: { x: float(0, 1) },
      objective: (_, trial) => (trial.number === 0 ? 1 : new Promise<number>(() => {})),
      trials: 5,
      trackers: [mlflow({ uri: server.uri, experiment, patience })],
    }).start({ warn: () => {} });
    for await (const { event } of handle)
      if (event.type === "trial-started" && event.number === 1) void handle.stop({ now: true });
    const { studies, trials } = await server.runs(experiment);
    expect(trials.map(({ status }) => status)).toEqual(["FINISHED", "KILLED"]);
    expect(studies[0]).toMatchObject({ status: "KILLED", tags: { "attune.ended": "stopped" } });
    await tracked("all failed", {
      trials: 20,
      objective: () => {
        throw new Error("never");
      },
    });
    expect((await server.runs("all failed")).studies[0]).toMatchObject({ status: "FAILED" });
  });

  it("logs reports by their steps, and the value as the last of them", async () => {
    await tracked(
      "reports",
      {
        trials: 1,
        objective: async (params, trial) => {
          for (const step of [1, 2, 10]) await trial.report(step, { ms: 100 / step, loss: step });
          return measured(params);
        },
      },
      { names: { loss: "training loss" } },
    );
    const { trials } = await server.runs("reports");
    const level = Number(trials[1]!.params["level"]);
    expect(await server.history(trials[1]!.id, "training loss")).toEqual([
      [1, 1],
      [2, 2],
      [10, 10],
    ]);
    expect((await server.history(trials[1]!.id, "ms")).map(([step]) => step)).toEqual([1, 2, 10, 10]);
    expect(trials[1]!.metrics["ms"]).toBe(level + 0.5);
  });

  it("takes names of any kind and values of any length", async () => {
    const wide = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`p${i}`, i]));
    const long = "ü".repeat(7000);
    const result = await defineSearch({
      space: { "größe: [1]": int(3, 3), "../up": int(1, 1), text: long, list: choice([[1, 2]]), ...wide },
      objective: () => ({ value: 1, "p99 (µs)": 2, "p99 [µs]": 3, NaNny: -1e308 }),
      trials: 1,
      trackers: [mlflow({ uri: server.uri, experiment: "wild", patience })],
    }).start();
    const { trials } = await server.runs("wild");
    const { params, metrics, id } = trials[0]!;
    expect(Object.keys(params)).toHaveLength(254);
    expect(params).toMatchObject({ "größe_ _1_": "3", "_/up": "1", list: "[1,2]", p249: "249" });
    expect(params["text"]).toBe(`${"ü".repeat(5999)}…`);
    expect(JSON.parse(await server.artifact(id, "params.json"))).toEqual(result.trials[0]!.params);
    expect(metrics).toMatchObject({ value: 1, "p99 _µs_": 2, "p99 _µs__2": 3, NaNny: -1e308 });
  });

  it("keeps the space, the study, the best and every trial as artifacts", async () => {
    const { result } = await tracked("artifacts");
    const { id } = (await server.runs("artifacts")).studies[0]!;
    expect(await server.artifact(id, "trials.csv")).toBe(result.toCsv());
    expect(JSON.parse(await server.artifact(id, "trials.json"))).toHaveLength(7);
    const best = JSON.parse(await server.artifact(id, "best.json")) as { number: number }[];
    expect(best.map(({ number }) => number).sort()).toEqual(
      result
        .paretoFront()
        .map(({ number }) => number)
        .sort(),
    );
    expect(JSON.parse(await server.artifact(id, "space.json"))).toMatchObject({ of: { level: { low: 1, high: 9 } } });
    expect(JSON.parse(await server.artifact(id, "study.json"))).toMatchObject({ seed: 1 });
  });

  it("keeps a report and charts for people as artifacts", async () => {
    const { result, said } = await tracked("pictures", {
      trials: 9,
      objective: (params, trial) => {
        if (trial.number === 3) throw new Error("no luck");
        trial.reportSync(1, { ms: 1 });
        return measured(params);
      },
    });
    expect(said).toEqual([]);
    const { id } = (await server.runs("pictures")).studies[0]!;
    const drawn = await server.artifacts(id, "charts");
    const names = "contour curves failures front history hypervolume importance parallel slices timeline";
    expect(drawn).toEqual(names.split(" ").map((name) => `charts/${name}.svg`));
    for (const name of drawn)
      expect(await server.artifact(id, name)).toMatch(/^<svg width="900" [^]*<(path|circle|rect)[^]*<\/svg>\n?$/);
    const page = await server.artifact(id, "report.html");
    const held = /<script type="application\/json" id="data">(.*)<\/script>/.exec(page)![1]!;
    const data = JSON.parse(held) as { title: string; trials: { number: number[] }; facts: [string, string][] };
    expect(data.title).toBe("search");
    expect(data.trials.number).toEqual(result.trials.map(({ number }) => number));
    expect(Object.fromEntries(data.facts)).toMatchObject({ sampler: "random", "ran on": "inline, 1 worker" });
  });

  it("does what each option says", async () => {
    await tracked("options", {}, { run: "my run", description: "**Why** we do this.", names: { ms: "latency (ms)" } });
    const { studies, trials } = await server.runs("options");
    expect(studies[0]!.name).toBe("my run");
    expect(studies[0]!.tags["mlflow.note.content"]).toMatch(
      /^\*\*Why\*\* we do this\.\n\n6 of 6 trials\. Best bytes \*\*.*, latency \(ms\) \*\*[^]*\| +\| bytes \| latency \(ms\) \| parameters \|\n[^]*\| t0000 baseline \|/,
    );
    expect(Object.keys(studies[0]!.metrics)).toContain("best/latency _ms_");
    expect(Object.keys(trials[1]!.metrics).sort()).toEqual([
      "bytes",
      "duration_s",
      "latency _ms_",
      "rss",
      "stderr/latency _ms_",
    ]);
    await tracked("without params", {}, { logParams: false });
    const bare = await server.runs("without params");
    expect(bare.trials.map(({ params }) => params)).toEqual(bare.trials.map(() => ({})));
    expect(Object.keys(bare.trials[0]!.metrics)).toContain("bytes");
  });

  it("reads the variables of MLflow's own clients", async () => {
    vi.stubEnv("MLFLOW_TRACKING_URI", `${server.uri}/`);
    vi.stubEnv("MLFLOW_EXPERIMENT_NAME", "by name");
    vi.stubEnv("MLFLOW_RUN_NAME", "named");
    const run = (): PromiseLike<unknown> =>
      defineSearch({ space: { x: float(0, 1) }, objective: ({ x }) => x, trials: 1, trackers: ["mlflow"] }).start();
    try {
      await run();
      expect((await server.runs("by name")).studies[0]!.name).toBe("named");
      vi.stubEnv("MLFLOW_EXPERIMENT_NAME", "");
      const { experiment_id: id } = await server.call("experiments/create", { name: "by id" });
      vi.stubEnv("MLFLOW_EXPERIMENT_ID", String(id));
      await run();
      expect((await server.runs("by id")).trials).toHaveLength(1);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("goes on in the same runs when the search is resumed", async () => {
    const journal = join(directory, "resumed.attune.jsonl");
    const spec = { journal, trials: 3 };
    await tracked("resumed", spec);
    const before = await server.runs("resumed");
    await tracked("resumed", { ...spec, trials: 8 }, { run: "renamed" });
    const after = await server.runs("resumed");
    expect(after.studies.map(({ id }) => id)).toEqual(before.studies.map(({ id }) => id));
    expect(after.studies[0]).toMatchObject({ status: "FINISHED", name: "renamed", tags: { "attune.trials": "8" } });
    expect(after.trials.slice(0, 4).map(({ id }) => id)).toEqual(before.trials.map(({ id }) => id));
    expect(after.trials).toHaveLength(9);
    const steps = (await server.history(after.studies[0]!.id, "best/bytes")).map(([step]) => step);
    expect(steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("sends what earlier sessions were not asked to, each trial once", async () => {
    const journal = join(directory, "late.attune.jsonl");
    await tracked("late", { journal, trials: 4, trackers: [] });
    await tracked("late", { journal, trials: 4 });
    const logged = vi.spyOn(Server.prototype, "log");
    try {
      await tracked("late", { journal, trials: 4 });
      expect(logged.mock.calls.length).toBeGreaterThan(0);
      expect(logged.mock.calls.flatMap(([, { metrics = [] }]) => metrics)).toEqual([]); // the server has them
    } finally {
      logged.mockRestore();
    }
    const { studies, trials } = await server.runs("late");
    expect([studies.length, trials.length]).toEqual([1, 5]);
    expect(trials.every(({ status }) => status === "FINISHED")).toBe(true);
    expect((await server.history(studies[0]!.id, "trials")).map(([step]) => step)).toEqual([1, 2, 3, 4, 5]);
  });

  it("hands the run of its trial to the objective, which logs to it", async () => {
    const program = [
      "import sys, mlflow",
      "with mlflow.start_run():",
      "    mlflow.log_metric('inner', float(sys.argv[1]))",
      "    mlflow.log_param('level', 'its own')",
      "print(sys.argv[1])",
    ].join("\n");
    const said: string[] = [];
    await defineSearch({
      space: { level: int(1, 9), other: int(1, 9) },
      objective: command([equipment.mlflow.path, "-c", program, "{level}"]),
      trials: 1,
      trackers: [mlflow({ uri: server.uri, experiment: "inner", handOver: true, patience })],
    }).start({ warn: (message) => said.push(message) });
    const { trials } = await server.runs("inner");
    expect(said).toEqual([]);
    expect(trials).toHaveLength(1);
    const { metrics, params, status } = trials[0]!;
    expect(status).toBe("FINISHED");
    expect(metrics["inner"]).toBeGreaterThan(0);
    expect(metrics["value"]).toBe(metrics["inner"]);
    expect(params).toEqual({ level: "its own", other: expect.stringMatching(/^\d$/) as unknown });
  });

  it("is read by MLflow's own client as nested runs", async () => {
    await tracked("client");
    const program = [
      "import mlflow, json",
      "c = mlflow.MlflowClient()",
      "e = c.get_experiment_by_name('client')",
      "parent = c.search_runs([e.experiment_id], \"tags.`attune.kind` = 'study'\")[0]",
      "runs = c.search_runs([e.experiment_id], f\"tags.mlflow.parentRunId = '{parent.info.run_id}'\", order_by=['metrics.bytes ASC'])",
      "print(json.dumps([r.data.metrics['bytes'] for r in runs]))",
    ].join("\n");
    const sorted = JSON.parse(await server.python(program)) as number[];
    expect(sorted).toHaveLength(7);
    expect(sorted).toEqual([...sorted].sort((a, b) => a - b));
  });

  it("works as docs/mlflow.md shows, from the command line", async () => {
    const [, program] = /```ts\n([^]*?)```/.exec(readFileSync("docs/mlflow.md", "utf8"))!;
    const place = new Place({ "tune.ts": program! });
    vi.stubEnv("MLFLOW_TRACKING_URI", server.uri);
    try {
      const ran = await place.attune("run", "tune.ts", "--trials", "4", "--tracker", "mlflow");
      expect([ran.code, ran.stderr]).toEqual([0, expect.not.stringContaining("MLflow")]);
      expect((await server.runs("attune/tune")).trials).toHaveLength(5);
      const resumed = await place.attune("resume", "tune.attune.jsonl", "--trials", "6", "--tracker", "mlflow");
      expect(resumed.code).toBe(0);
      const { studies, trials } = await server.runs("attune/tune");
      expect([studies.length, trials.length]).toEqual([1, 7]);
      expect(await server.artifacts(studies[0]!.id, "charts")).toContain("charts/history.svg");
      const page = await server.artifact(studies[0]!.id, "report.html");
      expect(/<title>(.*)<\/title>/.exec(page)![1]).toBe("tune.attune.jsonl");
      expect(studies[0]!.name).toMatch(/^tune \d{4}-/);
      expect(studies[0]!.tags["mlflow.source.name"]).toBe(place.path("tune.ts"));
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("tells of a deleted experiment, and of a server that is none of MLflow's", async () => {
    const { experiment_id: id } = await server.call("experiments/create", { name: "gone" });
    await server.call("experiments/delete", { experiment_id: id });
    const { said } = await tracked("gone");
    expect(said[0]).toContain('its experiment "gone" is deleted');
    const wrong = await tracked("x", {}, { uri: `${server.uri}/elsewhere` });
    expect(wrong.said[0]).toMatch(/elsewhere is no MLflow server: it answers 404/);
    expect(wrong.result.trials).toHaveLength(7);
  });
});

describe("the options of mlflow", () => {
  it.each([
    [
      { uri: "sqlite:///x.db" },
      "Expected `mlflow.uri` to be the address of a server, such as http://127.0.0.1:5000, got",
    ],
    [{ uri: "" }, "Expected `mlflow.uri` to be a text"],
    [{ experiment: 3 }, "Expected `mlflow.experiment` to be a text, got 3"],
    [{ names: { ms: 3 } }, "Expected `mlflow.names` to give texts by name"],
    [{ logParams: "no" }, "Expected `mlflow.logParams` to be true or false"],
    [{ handOver: 1 }, "Expected `mlflow.handOver` to be true or false"],
    [{ patience: -1 }, "Expected `mlflow.patience` to be a finite number ≥ 0, got -1"],
    [{ url: "x" }, "Unknown option `url` of mlflow. Did you mean `uri`?"],
  ])("refuse %j", (options, message) => expect(() => mlflow(options as never)).toThrow(message));

  it("says which variable is wrong", () => {
    vi.stubEnv("MLFLOW_TRACKING_URI", "databricks");
    try {
      expect(() => mlflow()).toThrow("Expected `MLFLOW_TRACKING_URI` to be the address of a server");
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
