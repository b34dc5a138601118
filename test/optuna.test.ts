import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { decodePython } from "../src/formats/optuna/python-json.ts";
import { chooseStudy, studiesFromJournal } from "../src/formats/optuna/read-journal.ts";
import { importOptuna } from "../src/search/import-optuna.ts";
import { readJournal } from "../src/search/read-journal.ts";
import { defineSearch } from "../src/search/search.ts";
import { choice, float, int, optional, variant } from "../src/space/index.ts";
import { optuna } from "../src/trackers/optuna/optuna.ts";
import { main } from "./cli/attune.ts";
import { nodes, optunas } from "./equipment.ts";

vi.setConfig({ testTimeout: 180_000 }); // Optuna writes a database slowly on a busy machine

const program = resolve("test/fixtures/real_optuna.py");
const maker = resolve("test/golden/optuna/make.py");

let directory: string;
let path: string;
const started: ChildProcess[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "attune-optuna-"));
  path = join(directory, "study.log");
});
afterEach(async () => {
  for (const child of started.splice(0))
    if (child.exitCode === null && child.kill("SIGKILL")) await once(child, "exit");
  rmSync(directory, { recursive: true });
});

/** What the real Optuna reads of a study. */
interface Dump {
  readonly directions: readonly string[];
  readonly names: readonly string[] | null;
  readonly best: readonly number[];
  readonly trials: readonly {
    readonly state: string;
    readonly values: readonly number[] | null;
    readonly params: Readonly<Record<string, unknown>>;
    readonly domains: Readonly<Record<string, string>>;
    readonly user: Readonly<Record<string, unknown>>;
    readonly system: Readonly<Record<string, unknown>>;
    readonly reports: Readonly<Record<string, number>>;
    readonly start: number;
    readonly complete: number;
  }[];
}

function start(python: string, ...args: string[]): ChildProcess {
  const child = spawn(python, args, { stdio: ["ignore", "pipe", "pipe"] });
  started.push(child);
  return child;
}

async function output(child: ChildProcess): Promise<string> {
  const parts = { out: "", err: "" };
  child.stdout!.on("data", (data) => (parts.out += String(data)));
  child.stderr!.on("data", (data) => (parts.err += String(data)));
  const [code] = (await once(child, "close")) as [number | null];
  expect(code, parts.err).toBe(0);
  return parts.out;
}

const dump = async (python: string, study: string): Promise<Dump> =>
  decodePython(await output(start(python, program, "dump", path, study))) as unknown as Dump;

/** The first line that a program prints. */
const firstLine = async (child: ChildProcess): Promise<string> =>
  String((await once(createInterface({ input: child.stdout! }), "line"))[0]);

const search = (more: object = {}) =>
  defineSearch({
    space: {
      x: float(0, 10),
      n: int(1, 64, { log: true }),
      q: float(0, 1, { step: 0.1 }),
      mode: choice(["ü", null, true, 1.5, [1, 2]]),
      plan: variant({ fixed: {}, dynamic: { chunk: int(1, 8) } }),
      flag: optional("-f"),
    },
    objectives: { ms: "minimize", rate: "maximize" },
    constraints: { rss: { max: 8 } },
    baseline: { x: 5, n: 4, q: 0.5, mode: "ü", plan: { kind: "fixed" } },
    objective: async ({ x, n }, trial) => {
      await trial.report(1, { ms: x, rate: n });
      if (x > 9) throw new Error("too much: ü");
      return { ms: [x, x + 0.5, x + 1], rate: n, rss: x };
    },
    sampler: "random",
    seed: 1,
    trials: 60,
    journal: join(directory, "tune.attune.jsonl"),
    trackers: [optuna({ file: path })],
    ...more,
  });

describe.each(optunas)("$name", ({ found, path: python, name }) => {
  it.skipIf(!found)("reads of a mirrored study what it was told, with types, times and the best", async () => {
    const result = await search({
      trackers: [optuna({ file: path, times: name.endsWith("4.9.0") ? "local" : "utc" })],
    }).start();
    const told = await dump(python, "tune");
    expect(told.directions).toEqual(["MINIMIZE", "MAXIMIZE"]);
    expect(told.names).toEqual(["ms", "rate"]);
    const mirrored = [...result.trials].sort((a, b) => a.number - b.number);
    expect(told.trials).toHaveLength(mirrored.length);
    for (const [i, trial] of told.trials.entries()) {
      const ours = mirrored[i]!;
      const { x, n, q, mode, plan, ...rest } = ours.params as {
        x: number;
        n: number;
        q: number;
        mode: unknown;
        plan: { kind: string; chunk?: number };
        flag?: string;
      };
      const { params } = trial;
      expect(Number((params["x"] as { float: string }).float)).toBe(x);
      expect(Number((params["q"] as { float: string }).float)).toBeCloseTo(q, 12);
      expect(params["n"]).toBe(n); // an int, not a float
      expect(params["mode"]).toEqual(Array.isArray(mode) ? "[1,2]" : mode === 1.5 ? { float: "1.5" } : mode);
      expect([params["plan.kind"], params["plan.dynamic.chunk"]]).toEqual([plan.kind, plan.chunk]);
      expect(params["flag?"]).toBe("flag" in rest ? "present" : "absent");
      expect(trial.state).toBe(ours.state === "failed" ? "FAIL" : "COMPLETE");
      expect(trial.values).toEqual(ours.state === "failed" ? null : [ours.values["ms"], ours.values["rate"]]);
      expect(trial.reports).toEqual({ 1: x });
      expect([trial.start, trial.complete]).toEqual([ours.startedAt, ours.finishedAt]);
      if (ours.state === "failed") expect(trial.user["attune:failure"]).toBe("error: too much: ü");
      else expect((trial.user["stderr.ms"] as { float: string }).float).toBe(String(ours.stderr["ms"]));
    }
    expect(told.trials[0]!.user["attune:source"]).toBe("baseline");
    expect(told.trials[0]!.domains["q"]).toBe("FloatDistribution(high=1.0, log=False, low=0.0, step=0.1)");
    // Optuna takes the constraints for its front, as we do
    expect(told.best.map((at) => told.trials[at]!.user["attune:trial"]).sort()).toEqual(
      result
        .paretoFront()
        .map((t) => t.number)
        .sort(),
    );
  });

  it.skipIf(!found)(
    "and attune write into one file at once, into one study and two, and both read the same",
    async () => {
      const workers = [
        start(python, program, "work", path, "shared", "100"),
        start(python, program, "work", path, "shared", "100", "open"),
        start(python, program, "work", path, "theirs", "40"),
      ];
      const outputs = workers.map(output);
      await Promise.all(workers.map(firstLine));
      const single = {
        space: { x: float(0, 10) },
        objectives: { value: "minimize" },
        constraints: {},
        baseline: undefined,
        objective: async ({ x }: { x: number }) => (await setTimeout(25), x),
        evaluator: "inline",
      };
      const searches = ["a", "b"].map((each, i) =>
        search({
          ...single,
          trials: 150,
          journal: join(directory, `${each}.jsonl`),
          trackers: [optuna({ file: path, study: i === 0 ? "shared" : "ours" })],
        }).start(),
      );
      const results = await Promise.all(searches);
      await Promise.all(outputs);
      for (const [study, result, others] of [
        ["shared", results[0]!, 200],
        ["ours", results[1]!, 0],
      ] as const) {
        const told = (await dump(python, study)).trials;
        const ours = told.filter(({ user }) => "attune:trial" in user);
        expect(told).toHaveLength(150 + others);
        expect(told.filter(({ user }) => user["by"] === "optuna")).toHaveLength(others);
        expect(told.every(({ state }) => state === "COMPLETE")).toBe(true);
        expect(ours.map(({ user, values }) => [user["attune:trial"], values![0]])).toEqual(
          result.trials.map((t) => [t.number, t.values["value"]]),
        );
        const read = chooseStudy(studiesFromJournal(readFileSync(path, "utf8"), path), path, study).trials;
        expect(read.map(({ values }) => values)).toEqual(told.map(({ values }) => values));
      }
      expect((await dump(python, "theirs")).trials).toHaveLength(40);
      // they did take turns
      const writers = readFileSync(path, "utf8")
        .split("\n")
        .map((line) => /"worker_id":"([^"]*)"/.exec(line)?.[1]);
      expect(
        writers.filter((writer, i) => writer?.startsWith("attune") && writers[i - 1] !== writer).length,
      ).toBeGreaterThan(20);
    },
  );

  it.skipIf(!found)("writes databases that are imported as its journals are", async () => {
    const database = join(directory, "x.db");
    await output(start(python, maker, path));
    await output(start(python, maker, `sqlite:///${database}`));
    for (const study of ["svm ü", "two"]) {
      const [fromLog, fromTables] = await Promise.all([path, database].map((file) => importOptuna(file, { study })));
      expect(fromTables!.taken).toBeGreaterThan(5);
      expect(fromTables!.space.toJSON()).toEqual(fromLog!.space.toJSON());
      expect(fromTables!.left).toEqual(fromLog!.left);
      const facts = ({ result }: typeof fromLog & object) =>
        result.trials.map(({ params, state, values, reports, source, failure }) => ({
          params,
          state,
          values,
          reports: reports.map(({ step, values }) => ({ step, values })), // `elapsed` is of each run its own
          source,
          failure,
        }));
      expect(facts(fromTables!)).toEqual(facts(fromLog!));
      // the times agree with the clock: whichever zone they are written in
      for (const { startedAt } of fromTables!.result.trials)
        expect(Math.abs(startedAt! - fromLog!.result.trials[0]!.startedAt!)).toBeLessThan(600_000);
    }
    for (const node of nodes.filter((node) => node.found)) {
      const journal = join(directory, `${node.name}.jsonl`);
      const told = await output(start(node.path, main, "import", "optuna", database, "--study", "two", "-o", journal));
      expect(told).toContain("Imported 7 of 7 trials");
    }
    await expect(importOptuna(database)).rejects.toThrow(
      /Expected `study` to name one of the 2 studies in .*x\.db: "svm ü", "two"/,
    );
  });

  it.skipIf(!found)("serves a mirrored study in its dashboard, while it runs", async () => {
    const go: { on?: () => void } = {};
    const half = new Promise<void>((resolve) => (go.on = resolve));
    let reached = (): void => {};
    const waiting = new Promise<void>((resolve) => (reached = resolve));
    const handle = search({
      objective: async ({ x, n }: { x: number; n: number }, trial: { number: number }) => {
        if (trial.number === 30) {
          reached();
          await half;
        }
        return { ms: x, rate: n, rss: x };
      },
      evaluator: "inline",
    }).start();
    await waiting;
    const child = start(python, program, "serve", path);
    const port = await firstLine(child);
    const ask = async (of: string): Promise<unknown> => (await fetch(`http://127.0.0.1:${port}/api/${of}`)).json();
    const states = async (): Promise<string[]> => {
      const { study_summaries: studies } = (await ask("studies")) as {
        study_summaries: { study_id: number; study_name: string }[];
      };
      const id = studies.find(({ study_name }) => study_name === "tune")?.study_id;
      if (id === undefined) return [];
      return ((await ask(`studies/${id}`)) as { trials: { state: string }[] }).trials.map(({ state }) => state);
    };
    while (!(await states()).includes("Running")); // each look takes the dashboard some milliseconds
    expect((await states()).filter((state) => state === "Complete").length).toBeGreaterThan(20);
    go.on!();
    await handle;
    while ((await states()).length < 61);
    expect((await states()).every((state) => state === "Complete")).toBe(true);
    expect(await readJournal(join(directory, "tune.attune.jsonl"))).toMatchObject({ trials: { length: 61 } });
  });
});
