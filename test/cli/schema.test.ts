import { readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JsonSpec, readSearch } from "../../src/search/json-spec.ts";
import { readSpace } from "../../src/space/read.ts";
import { spaces } from "../../src/testing/spaces.ts";

const load = (name: string): object =>
  JSON.parse(readFileSync(new URL(`../../schema/${name}.schema.json`, import.meta.url), "utf8")) as object;
const ajv = new Ajv2020.default({ strict: true, strictTypes: false, strictTuples: false });
const isSpace = ajv.compile(load("space"));
const isSearch = ajv.compile(load("search"));

async function accepts(read: () => unknown): Promise<boolean> {
  try {
    await read();
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: "usage" });
    return false;
  }
}

const int = { type: "int", low: 1, high: 9 };
const float = { type: "float", low: 0, high: 1 };
const dynamic = { type: "variant", branches: { static: {}, dynamic: { chunk: int } } };

const validSpaces: unknown[] = [
  { x: int },
  { $schema: "./space.schema.json", x: int },
  { $schema: { ...int } },
  [{ x: int }, { y: float }],
  [{}],
  int,
  { type: "object", of: { x: int } },
  { type: "list", of: [{ x: int }, "c"] },
  { type: int },
  { a: { b: { c: "constant", d: 1, e: null, f: true } }, g: {} },
  { x: { ...int, log: true } },
  { x: { ...int, log: true, step: 1 } },
  { x: { ...int, log: false, step: 2, default: 3 } },
  { x: { ...float, step: 0.1, default: 0.3 } },
  { x: { type: "float", low: 0.1, high: 1, log: true } },
  { x: { type: "range", start: 0, end: 9, step: 3, prior: [3, 6], anchor: "start", default: 3 } },
  { x: { type: "logGrid", start: 1000, end: 1, total: 4 } },
  { x: { type: "choice", values: [1, "1", true, null, [1], { a: 1 }], default: null } },
  { x: { type: "ordinal", values: ["s"] } },
  { x: { type: "constant", value: null } },
  { x: { type: "optional", of: "-O3", absent: 0 } },
  { x: { type: "optional", of: { a: int, b: float }, absent: 1, default: { a: 1, b: 0.5 } } },
  { x: { type: "optional", of: dynamic } },
  { x: dynamic },
  { x: { ...dynamic, default: "static", weights: { static: 0, dynamic: 2 } } },
  { x: { ...dynamic, default: { kind: "dynamic", chunk: 3 } } },
  { x: { type: "variant", branches: { a: { type: "int" } } } },
];

const noSpaces: unknown[] = [null, 5, "x", {}, [], { $schema: "x" }, [[{ x: int }]], { x: [1, 2] }];

const invalidSpaces: unknown[] = [
  ...noSpaces,
  { "": int },
  { x: { "": 1 } },
  { x: { type: "itn", low: 1, high: 2 } },
  { type: "x" },
  { ...int, $schema: "x" },
  ...[
    { type: "int", low: 1 },
    { ...int, low: 0.5 },
    { ...int, high: "9" },
    { ...int, step: 0 },
  ].map((x) => ({ x })),
  ...[
    { ...int, log: true, step: 2 },
    { ...int, log: true, low: 0 },
    { ...int, log: "yes" },
  ].map((x) => ({ x })),
  ...[
    { ...int, max: 9 },
    { ...int, default: 1.5 },
    { ...int, default: null },
    { ...int, step: null },
  ].map((x) => ({ x })),
  ...[
    { ...float, log: true },
    { ...float, step: 0 },
    { ...float, low: null },
    { ...float, log: 1 },
  ].map((x) => ({ x })),
  { x: { type: "float", low: 0.1, high: 1, log: true, step: 0.1 } },
  ...[{}, { step: 0 }, { prior: 3 }, { prior: null }, { prior: [1] }, { prior: ["a", "b"] }, { anchor: "middle" }].map(
    (more, i) => ({ x: { type: "range", start: 0, ...(i === 0 ? {} : { end: 9 }), ...more } }),
  ),
  ...[{ start: 0 }, { end: -1 }, { total: 0 }, { total: 1.5 }].map((more) => ({
    x: { type: "logGrid", start: 1, end: 10, ...more },
  })),
  ...[[], [1, 1], "ab", {}, null, [[1], [1]]].map((values) => ({ x: { type: "choice", values } })),
  ...[{ type: "ordinal" }, { type: "ordinal", values: [1], step: 1 }].map((x) => ({ x })),
  ...[{ type: "constant" }, { type: "constant", value: 1, of: 2 }].map((x) => ({ x })),
  ...[{}, { of: int, absent: 2 }, { of: int, absent: "half" }, { of: { type: "optional", of: 1 } }, { of: [1] }].map(
    (more) => ({ x: { type: "optional", ...more } }),
  ),
  ...[{}, [], { a: 1 }, { a: { kind: 1 } }, { a: { "": 1 } }, null].map((branches) => ({
    x: { type: "variant", branches },
  })),
  ...[{ weights: {} }, { weights: { static: 0 } }, { weights: { static: -1 } }, { default: 3 }, { default: null }].map(
    (more) => ({ x: { ...dynamic, ...more } }),
  ),
  ...[{ type: "object" }, { type: "object", of: [] }, { type: "object", of: {}, at: 1 }].map((x) => ({ x })),
  ...[
    { type: "list", of: [] },
    { type: "list", of: {} },
    { type: "list", of: [1], n: 1 },
  ].map((x) => ({ x })),
];

describe("schema/space.schema.json and the program agree", () => {
  it.each(validSpaces.map((json) => [json]))("accept %j", async (json) => {
    expect([isSpace(json), await accepts(() => readSpace(json))]).toEqual([true, true]);
  });

  it.each(invalidSpaces.map((json) => [json]))("refuse %j", async (json) => {
    expect([isSpace(json), await accepts(() => readSpace(json))]).toEqual([false, false]);
  });

  it("accept whatever a space writes", () =>
    fc.assert(
      fc.property(spaces, (space) => {
        const json: unknown = JSON.parse(JSON.stringify(space));
        expect(isSpace(json) || isSpace.errors).toBe(true);
      }),
    ));
});

const base = { space: { n: int }, command: ["./bench", "{n}"] };

const validSearches: object[] = [
  {},
  { $schema: "./search.schema.json" },
  { command: { run: ["./bench", ""] } },
  {
    command: {
      run: ["./bench {n}"],
      cwd: "..",
      env: { LANG: "C" },
      values: { ms: "(\\d+)" },
      shell: true,
      successCodes: [0, 3],
    },
  },
  { command: { run: ["x"], values: "/(?<ms>\\d+)/i" } },
  { command: { run: ["x", "{params.json}", "{lease.gpu}"], resultFile: "{dir}/r.json", exclusive: "measure" } },
  { command: { run: ["x"], cwd: "{dir}", resultFile: "r.json", exitCodes: { 2: "pruned", 137: "memory" } } },
  { command: { run: ["x"], env: { N: "{n}" }, resultFile: "/tmp/{trial}.json", exitCodes: {} } },
  { objectives: { ms: "minimize", wall: "maximize" }, constraints: { p99: { max: 3 }, rss: { min: 1, max: 2 } } },
  { constraints: {}, first: [], baseline: { n: 3 } },
  { first: [{ n: 1 }, { n: 2 }], trials: 3, seed: -1, workers: 2, journal: "x.jsonl", failures: false },
  { generations: 3, sampler: { name: "genetic", pool: 8 }, timeLimit: "5m", timeout: "1.5s" },
  ...[
    "3xbest",
    " 1.5 x baseline , 10s",
    { timesBest: 1 },
    { timesBaseline: 2.5, max: "9s" },
    { timesBest: 3, max: 5 },
  ].map((timeout) => ({ timeout })),
  { cost: 0.5, directory: "trial", command: { run: ["x"], exitCodes: { 75: "later" }, retryAfter: "1m" } },
  { directory: "attempt", command: { run: ["x"], retryAfter: 5 } },
  { sampler: "random", timeLimit: 60_000, timeout: " 10 min " },
  { memory: "512M", cpuTime: "10s", evaluator: "processes", retry: { crash: 2, lost: 0 }, keep: "failed" },
  { memory: 1e9, cpuTime: 500, retry: {}, keep: "always", scratch: "scratch", resources: {} },
  { pruner: "median", minSteps: 2, maxSteps: 9.5, failures: { rate: 0.2, count: 3 } },
  { pruner: { name: "patient", of: { name: "threshold", upper: 3 }, patience: 2 }, failures: 7 },
  { command: { run: ["x"], reports: true }, failures: { count: 2, inARow: true } },
  { command: { run: ["x"], reports: "loss (\\S+)", resultFile: "{dir}/r.json" } },
  { command: { run: ["x"], reportFile: "{dir}/r.jsonl", values: "(\\d+)" } },
  { trackers: [] },
  { trackers: ["progress", { name: "csv", file: "trials.csv" }, { name: "log", level: "debug" }] },
  { repeats: 5, normalize: true },
  { repeats: { times: 3, reduce: "mean" }, normalize: { every: 20 } },
  { repeats: { times: 3 }, normalize: { interleave: true } },
  { normalize: { every: 3, interleave: false } },
  { normalize: {} },
  { instances: { over: ["a", 3, { name: "c", file: "c.txt" }], holdout: [], order: "given", reduce: "geometricMean" } },
  { instances: { over: ["a"], reduce: { quantile: 0.9 } }, command: ["./bench", "{instance}"] },
  {
    instances: { over: [{ f: 1 }], reduce: { ms: "mean", rss: { quantile: 1 } } },
    command: ["./bench", "{instance.f}"],
  },
  { memory: " 1.5 GiB ", resources: { gpu: [0, 1, "a"], port: 4, "big-disk": { tokens: ["x", "y"], each: 2 } } },
];

const noSearches: unknown[] = [null, [], "x", {}, { space: base.space }, { command: base.command }];

const invalidSearches: unknown[] = [
  ...noSearches,
  { ...base, trails: 3 },
  ...[
    {},
    ["a"],
    null,
    { over: [] },
    { over: "a" },
    { over: ["a", "a"] },
    { over: ["a"], holdout: "b" },
    { over: ["a"], order: "sorted" },
    { over: ["a"], reduce: "median" },
    { over: ["a"], reduce: { quantile: 2 } },
    { over: ["a"], reduce: { ms: "max" } },
    { over: ["a"], reduce: [] },
    { over: ["a"], on: "all" },
  ].map((instances) => ({ ...base, instances })),
  ...[{}, [], null, 3].map((space) => ({ ...base, space })),
  ...[[], "x", [1], [""], {}, { run: [] }, { run: ["x"], wd: "." }, null].map((command) => ({ ...base, command })),
  ...[{ cwd: 1 }, { env: [] }, { env: { A: 1 } }, { values: {} }, { values: { a: 1 } }, { values: 3 }].map((more) => ({
    ...base,
    command: { run: ["x"], ...more },
  })),
  ...[{ shell: "yes" }, { successCodes: 0 }, { successCodes: ["0"] }].map((more) => ({
    ...base,
    command: { run: ["x"], ...more },
  })),
  ...[
    { cwd: "" },
    { cwd: null },
    { values: "x", resultFile: "{dir}/r" },
    { resultFile: "r.json" },
    { resultFile: "r.json", cwd: "there" },
    { resultFile: "" },
    { resultFile: 3 },
    { exitCodes: [] },
    { exitCodes: { x: "error" } },
    { exitCodes: { "-1": "error" } },
    { exitCodes: { 2: "oom" } },
    { exitCodes: { 2: null } },
    { exclusive: "" },
    { retryAfter: 0 },
    { retryAfter: "soon" },
    { retryAfter: null },
    { exclusive: true },
  ].map((more) => ({ ...base, command: { run: ["x"], ...more } })),
  ...[
    ...[0, 1.5, "512", "M", "0M", "512 M i", null].map((memory) => ({ memory })),
    { cpuTime: 0 },
    ...[
      0,
      1.5,
      "3",
      null,
      [],
      {},
      { times: 0 },
      { reduce: "min" },
      { times: 3, reduce: "sum" },
      { times: 3, of: 1 },
    ].map((repeats) => ({ repeats })),
    ...[
      0,
      "yes",
      null,
      [],
      { every: 0 },
      { every: 1.5 },
      { interleave: 1 },
      { every: 3, interleave: true },
      { of: 1 },
    ].map((normalize) => ({ normalize })),
    { cpuTime: "10" },
    { keep: "sometimes" },
    { keep: null },
    { directory: "both" },
    ...[0, -1, "5", null].map((cost) => ({ cost })),
    ...[
      "3x",
      "xbest",
      "0.5xbest",
      "3xbest,",
      "3xbest,9",
      {},
      { timesBest: 0.5 },
      { timesBest: 3, timesBaseline: 3 },
    ].map((timeout) => ({ timeout })),
    ...[{ timesBest: 3, max: 0 }, { max: 5 }, { timesBest: "3" }, { timesBest: 3, least: 1 }].map((timeout) => ({
      timeout,
    })),
    { scratch: "" },
    { evaluator: 3 },
    ...[[], null, { oom: 1 }, { crash: -1 }, { crash: 0.5 }, { crash: "1" }].map((retry) => ({ retry })),
    ...[[], null, { "": 1 }, { "1gpu": 1 }].map((resources) => ({ resources })),
    ...[0, 1.5, "0,1", [], [0, 0], [""], null, {}, { each: 1 }, { tokens: [], each: 1 }, { tokens: 2, each: 0 }].map(
      (gpu) => ({ resources: { gpu } }),
    ),
    { resources: { gpu: { tokens: 2, each: 1, of: 1 } } },
  ].map((more) => ({ ...base, ...more })),
  ...[{}, [], { "": "minimize" }, { ms: "min" }, "ms", null].map((objectives) => ({ ...base, objectives })),
  ...[{ ms: {} }, { ms: { max: "3" } }, { ms: { most: 3 } }, { ms: 3 }, { ms: null }, [], 5, null].map(
    (constraints) => ({ ...base, constraints }),
  ),
  ...[{ baseline: null }, { first: {} }, { first: [null] }].map((more) => ({ ...base, ...more })),
  ...[0, 1.5, "9", null].flatMap((n) => [
    { ...base, trials: n },
    { ...base, generations: n },
    { ...base, workers: n },
  ]),
  ...[0, -1, "0s", "10", "soon", true, null].flatMap((time) => [
    { ...base, timeLimit: time },
    { ...base, timeout: time },
  ]),
  ...[{}, 3, null, { pool: 8 }, { name: 3 }, []].map((sampler) => ({ ...base, sampler })),
  ...[{}, 3, null, { percentile: 8 }, { name: 3 }, []].map((pruner) => ({ ...base, pruner })),
  ...[{ reports: false }, { reports: 3 }, { reportFile: "r" }, { reportFile: "{dir}/r", reports: true }].map(
    (more) => ({
      ...base,
      command: { run: ["x"], ...more },
    }),
  ),
  ...[{ minSteps: -1 }, { maxSteps: "9" }].map((more) => ({ ...base, ...more })),
  ...["csv", null, {}, [3], [{}], [{ name: 3 }], [{ name: "csv", file: "" }], [{ name: "csv", file: 1 }]].map(
    (trackers) => ({ ...base, trackers }),
  ),
  ...[
    { journal: "" },
    { journal: 3 },
    { seed: 1.5 },
    { seed: "1" },
    { failures: "no" },
    { failures: 0 },
    { failures: true },
    { failures: { rate: 1 } },
    { failures: {} },
  ].map((more) => ({
    ...base,
    ...more,
  })),
  { ...base, $schema: 3 },
];

const { space } = base;
const validObjectives: unknown[] = [
  { python: "train.py" },
  { python: "a/b.py:f.g", execPath: "python3.12", args: ["-X", "dev"], env: { A: "1" }, cwd: "x", startLimit: "5m" },
  { worker: ["./p", "--a", ""] },
  { worker: ["p"], env: {}, cwd: "..", startLimit: 1000 },
];
const invalidObjectives: unknown[] = [
  null,
  {},
  [],
  "train.py",
  ...["train", "train.py:", ".py", "a.ts", "", 3, null].map((python) => ({ python })),
  ...[[], [""], "./p", [1], null].map((worker) => ({ worker })),
  { python: "a.py", worker: ["p"] },
  { worker: ["p"], execPath: "q" },
  { worker: ["p"], args: [] },
  ...[{ execPath: "" }, { args: "-u" }, { env: { A: 1 } }, { cwd: "" }, { startLimit: 0 }, { shell: true }].map(
    (more) => ({
      python: "a.py",
      ...more,
    }),
  ),
];

describe("schema/search.schema.json and the program agree on objectives in other languages", () => {
  const read = (objective: unknown): Promise<boolean> =>
    accepts(() => readSearch({ space, objective } as JsonSpec, "/"));

  it.each(validObjectives.map((objective) => [objective]))("accept %j", async (objective) => {
    expect([isSearch({ space, objective }) || isSearch.errors, await read(objective)]).toEqual([true, true]);
  });

  it.each(invalidObjectives.map((objective) => [objective]))("refuse %j", async (objective) => {
    expect([isSearch({ space, objective }), await read(objective)]).toEqual([false, false]);
  });

  it("refuse a command beside one", async () => {
    const both = { ...base, objective: { python: "a.py" } };
    expect([isSearch(both), await accepts(() => readSearch(both as JsonSpec, "/"))]).toEqual([false, false]);
  });
});

describe("schema/search.schema.json and the program agree", () => {
  const read = (json: unknown): Promise<boolean> => accepts(() => readSearch(json as JsonSpec, "/"));

  it.each(validSearches.map((more) => [more]))("accept %j", async (more) => {
    const json = { ...base, ...more };
    expect([isSearch(json) || isSearch.errors, await read(json)]).toEqual([true, true]);
  });

  it.each(invalidSearches.map((json) => [json]))("refuse %j", async (json) => {
    expect([isSearch(json), await read(json)]).toEqual([false, false]);
  });

  it.each(["command.json", "python/search.json"])("accept the example %s", async (name) => {
    const json = JSON.parse(readFileSync(new URL(`../../examples/${name}`, import.meta.url), "utf8")) as JsonSpec;
    expect([isSearch(json), await read(json)]).toEqual([true, true]);
  });
});
