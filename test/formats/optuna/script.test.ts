import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StudyDefinition, StudyEvent } from "../../../src/core/event.ts";
import type { Json } from "../../../src/core/json.ts";
import type { FinishedTrial } from "../../../src/core/trial.ts";
import type { Distribution } from "../../../src/formats/optuna/distribution.ts";
import { OptunaFold, type OptunaStudy } from "../../../src/formats/optuna/fold.ts";
import { studiesFromJournal } from "../../../src/formats/optuna/read-journal.ts";
import { decodeRecord, encodeRecord } from "../../../src/formats/optuna/record.ts";
import { definitionIn, OptunaScript } from "../../../src/formats/optuna/script.ts";
import { definitionOf } from "../../../src/formats/optuna/terms.ts";
import { eventsOf } from "../../../src/formats/optuna/to-events.ts";
import { spaceOf } from "../../../src/formats/optuna/to-space.ts";
import { journalOf } from "../../../src/formats/optuna/write-journal.ts";
import { createRandom } from "../../../src/core/random.ts";
import {
  choice,
  defineSpace,
  float,
  int,
  logGrid,
  optional,
  ordinal,
  range,
  type Space,
  variant,
} from "../../../src/space/index.ts";
import { readSpace } from "../../../src/space/read.ts";
import { spaces } from "../../../src/testing/spaces.ts";
import { finishedTrial } from "../../../src/testing/tracker-contract.ts";

const terms = (space: Space, more: Partial<StudyDefinition> = {}): StudyDefinition => ({
  space: space.toJSON() as Json,
  rules: [],
  objectives: [{ name: "ms", direction: "minimize" }],
  constraints: {},
  seed: 7,
  ...more,
});
const journal = (space: Space, trials: readonly FinishedTrial[], more: Partial<StudyDefinition> = {}): string =>
  journalOf({ name: "s", id: "id" }, { space, definition: terms(space, more), trials }, { worker: "w" });
const only = (text: string): OptunaStudy => studiesFromJournal(text, "x.log")[0]!;
const back = (space: Space, text: string, more: Partial<StudyDefinition> = {}) =>
  eventsOf(only(text), { definition: terms(space, more), space, writer: "w", times: "utc", now: 0 });
const paramsOf = (events: readonly StudyEvent[]): unknown[] =>
  events.flatMap((event) => (event.type === "trial-started" ? [event.params] : []));

describe("a study written for Optuna", () => {
  it("comes back the same, from any space", () =>
    fc.assert(
      fc.property(spaces, fc.integer(), (space, seed) => {
        const random = createRandom(seed);
        const trials = Array.from({ length: 8 }, (_, number) => {
          const params = space.read(space.rowAt(space.cube.draw(() => random.uniform())));
          return finishedTrial(number, { params, values: { ms: random.uniform() } });
        });
        const text = journal(space, trials);
        const study = only(text);
        expect(definitionIn(study.systemAttrs)).toEqual(JSON.parse(JSON.stringify(terms(space))));
        const { events, left } = back(space, text);
        expect(left).toEqual([]);
        expect(paramsOf(events)).toEqual(trials.map(({ params }) => params));
        expect(study.trials.map(({ values }) => values)).toEqual(trials.map(({ values }) => [values["ms"]]));
      }),
    ));

  it("comes back with the space that its trials tell of, if attune did not say", () =>
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const space = defineSpace({
          x: float(0, 1),
          lr: float(1e-4, 1, { log: true }),
          q: float(-1, 1, { step: 0.1 }),
          n: int(1, 64, { log: true }),
          k: int(1, 9, { step: 4 }),
          "a.b": choice(["a", null, true, 2]),
          "only once": choice(["x"]),
        }) as Space;
        const random = createRandom(seed);
        const trials = Array.from({ length: 12 }, (_, number) =>
          finishedTrial(number, { params: space.read(space.rowAt(space.cube.draw(() => random.uniform()))) }),
        );
        const study = only(journal(space, trials));
        const derived = readSpace(spaceOf(study.trials));
        const { events, left } = eventsOf(study, {
          definition: terms(derived),
          space: derived,
          writer: "w",
          times: "utc",
          now: 0,
        });
        expect(left).toEqual([]);
        const plain = (params: object): object =>
          Object.fromEntries(Object.entries(params).map(([key, v]) => [key.replaceAll('"', ""), v]));
        expect(paramsOf(events).map((p) => plain(p as object))).toEqual(trials.map(({ params }) => params));
      }),
    ));

  const space = defineSpace({
    grid: float(0, 1, { step: 0.1 }),
    even: range(1, 9, { step: 4 }),
    decades: logGrid(1, 100, { total: 3 }),
    size: ordinal(["s", "m"]),
    shape: choice([[1, 2], { a: 1 }, 3]),
    wide: float(0, 1),
    n: int(1, 64, { log: true }),
    flag: optional("-f"),
    plan: variant({ fixed: {}, dynamic: { chunk: int(1, 8) } }),
    arch: "native",
  }) as Space;
  const params = {
    grid: 0.3,
    even: 5,
    decades: 10,
    size: "m",
    shape: { a: 1 },
    wide: 1,
    n: 4,
    plan: { kind: "fixed" },
    arch: "native",
  };
  const [trial] = only(journal(space, [finishedTrial(0, { params })])).trials;

  it("has the distributions that fit, conditional parameters only where they hold, and no constants", () => {
    const told = [...trial!.params].map(([name, { distribution, internal }]) => [name, distribution, internal]);
    const number = (kind: string, low: number, high: number, step?: number, log = false) => ({
      kind,
      low,
      high,
      log,
      step,
    });
    expect(told).toEqual([
      ["grid", number("float", 0, 1, 0.1), 0.3],
      ["even", number("int", 1, 9, 4), 5],
      ["decades", { kind: "categorical", choices: [1, 10, 100] }, 1],
      ["size", { kind: "categorical", choices: ["s", "m"] }, 1],
      ["shape", { kind: "categorical", choices: ["[1,2]", '{"a":1}', 3] }, 1],
      ["wide", number("float", 0, 1), 1],
      ["n", number("int", 1, 64, 1, true), 4],
      ["flag?", { kind: "categorical", choices: ["absent", "present"] }, 0],
      ["plan.kind", { kind: "categorical", choices: ["fixed", "dynamic"] }, 0],
    ]);
  });

  it("writes what is a float in Python as one", () => {
    const line = journal(space, [finishedTrial(0, { params, values: { ms: 3 } })])
      .trimEnd()
      .split("\n")
      .at(-1)!;
    expect(line).toContain('"values":[3.0]');
    expect(line).toContain('"wide":1.0,"n":4.0');
    expect(line).toContain(String.raw`\"low\":0.0,\"high\":1.0`);
    expect(line).toContain(String.raw`\"low\":1,\"high\":64`);
  });

  it("keeps everything that is measured, and every fate", () => {
    const two: Partial<StudyDefinition> = {
      objectives: [
        { name: "ms", direction: "minimize" },
        { name: "rate", direction: "maximize" },
      ],
      constraints: { rss: { min: 1, max: 8 } },
    };
    const failure = { kind: "crash", message: "signal 9: ü", exitCode: 137, stderr: "the end" } as const;
    const none = { values: {}, measured: {}, params };
    const measured = { ms: { value: 3, stderr: 0.5, samples: 4 }, rate: { value: 2 }, rss: { value: 9, stderr: 1 } };
    const trials = [
      finishedTrial(0, {
        params,
        source: "baseline",
        values: { ms: 3, rate: 2, rss: 9 },
        measured,
        cost: 1.5,
        atLeast: true,
      }),
      finishedTrial(1, { ...none, state: "failed", failure, attempt: 2, source: "first" }),
      finishedTrial(2, { ...none, state: "cancelled", reason: "Ctrl-C" }),
      finishedTrial(3, {
        ...none,
        state: "pruned",
        reports: [
          { step: 2, values: { ms: 5, rate: 1 } },
          { step: 1.5, values: { ms: 9 } },
        ],
      }),
      finishedTrial(4, { ...none, state: "rejected", reason: "where" }),
      finishedTrial(5, { params, twin: 0, values: { ms: 3, rate: 2, rss: 9 }, measured, note: "again" }),
      finishedTrial(6, { params: { grid: 7 } }),
      finishedTrial(7, { params, values: { ms: 3 } }),
    ];
    const text = journal(space, trials, two);
    const study = only(text);
    expect(study.directions).toEqual([1, 2]);
    expect(study.systemAttrs.get("study:metric_names")).toEqual(["ms", "rate"]);
    const told = study.trials.map((t) => [
      t.state,
      t.values,
      Object.fromEntries(t.userAttrs),
      Object.fromEntries(t.systemAttrs),
    ]);
    const extra = { "stderr.ms": 0.5, "samples.ms": 4, rss: 9, "stderr.rss": 1 };
    expect(told).toEqual([
      [
        "complete",
        [3, 2],
        { "attune:trial": 0, "attune:source": "baseline", "attune:at_least": true, "attune:cost": 1.5, ...extra },
        { constraints: [1, -8] },
      ],
      [
        "fail",
        undefined,
        {
          "attune:trial": 1,
          "attune:source": "first",
          "attune:attempt": 2,
          "attune:failure": "crash: signal 9: ü",
          "attune:failure_detail": { exitCode: 137, stderr: "the end" },
        },
        {},
      ],
      ["fail", undefined, { "attune:trial": 2, "attune:cancelled": "Ctrl-C" }, {}],
      ["pruned", undefined, { "attune:trial": 3 }, {}],
      [
        "complete",
        [3, 2],
        { "attune:trial": 5, "attune:twin": 0, "attune:note": "again", ...extra },
        { constraints: [1, -8] },
      ],
      [
        "fail",
        undefined,
        { "attune:trial": 7, "attune:failure": "invalid: `rate` was not measured" },
        { constraints: [NaN, NaN] },
      ],
    ]);
    expect([...study.trials[3]!.reports]).toEqual([[2, 5]]);

    const outcomes = back(space, text, two).events.flatMap((event) =>
      event.type === "trial-finished" ? [event.outcome] : [],
    );
    expect(outcomes.slice(0, 4)).toEqual([
      { state: "complete", values: measured, atLeast: true, cost: 1.5 },
      { state: "failed", failure: { kind: "crash", message: "signal 9: ü" } },
      { state: "cancelled", reason: "Ctrl-C" },
      { state: "pruned" },
    ]);
  });

  it("has normalised values for those that Optuna compares, and all that was measured beside them", () => {
    const normalizedBy = { place: "host gpu=1", values: { ms: 6 } };
    const trial = finishedTrial(0, {
      params,
      values: { ms: 3, rss: 9 },
      measured: {
        ms: { value: 3, stderr: 0.5, samples: 4, normalized: { value: 0.5, stderr: 0.25 } },
        rss: { value: 9 },
      },
      normalizedBy,
    });
    const text = journal(space, [trial]);
    expect(only(text).trials.map(({ values, userAttrs }) => [values, Object.fromEntries(userAttrs)])).toEqual([
      [
        [0.5],
        {
          "attune:trial": 0,
          "attune:normalized_by": normalizedBy,
          "measured.ms": 3,
          "stderr.ms": 0.5,
          "stderr.normalized.ms": 0.25,
          "samples.ms": 4,
          rss: 9,
        },
      ],
    ]);
    const finished = back(space, text).events.filter((event) => event.type === "trial-finished");
    expect(finished.map(({ outcome }) => outcome)).toEqual([
      { state: "complete", values: trial.measured, normalizedBy },
    ]);
  });

  it("of one objective gives a pruned trial its last report for a value", () => {
    const reports = [2, 1].map((step) => ({ step, values: { ms: step * 10 } }));
    const [pruned] = only(
      journal(space, [finishedTrial(0, { params, state: "pruned", values: {}, measured: {}, reports })]),
    ).trials;
    expect(pruned!.values).toEqual([20]);
  });

  it("follows a trial from its start to its end, and writes nothing twice", () => {
    const script = new OptunaScript(space, terms(space), { worker: "w", times: "local" });
    const fold = new OptunaFold();
    let lines = 0;
    const follow = (more: Partial<FinishedTrial> | { state: "running" | "waiting" | "queued" }) => {
      const given = { ...finishedTrial(0, { params, values: {}, measured: {} }), ...more } as FinishedTrial;
      const records = script.follow(given, 0, fold.trials[0]);
      lines += records.length;
      for (const record of records) fold.apply(decodeRecord(encodeRecord(record), 1, "x"));
      return fold.trials[0];
    };
    fold.apply(script.createStudy("s"));
    expect(follow({ state: "waiting", attempt: 0 } as never)).toBeUndefined();
    expect(follow({ state: "running" })).toMatchObject({ state: "running", values: undefined });
    expect(follow({ state: "queued" })).toMatchObject({ state: "running" });
    const reports = [{ step: 1, values: { ms: 4 } }];
    expect([...follow({ state: "running", reports } as never)!.reports]).toEqual([[1, 4]]);
    expect(lines).toBe(2);
    expect(follow({ state: "running", reports } as never)!.reports.size).toBe(1);
    expect(lines).toBe(2);
    const end = { state: "complete", values: { ms: 3 }, measured: { ms: { value: 3, stderr: 1 } }, reports } as const;
    expect(follow(end)).toMatchObject({ state: "complete", values: [3] });
    expect(fold.trials[0]!.userAttrs.get("stderr.ms")).toBe(1);
    expect(lines).toBe(4);
    follow(end);
    expect(lines).toBe(4);
    expect(fold.trials[0]!.complete).not.toContain("+");
  });

  it("keeps out of the way of parameters of another kind", () => {
    const small = defineSpace({ x: float(0, 1), mode: choice(["a", "b"]) }) as Space;
    const script = new OptunaScript(small, terms(small), { worker: "w" });
    const categories: Distribution = { kind: "categorical", choices: ["a"] };
    const floats: Distribution = { kind: "float", low: 5, high: 6, log: false, step: undefined };
    script.avoid(
      new Map<string, Distribution>([
        ["x", floats],
        ["mode", categories],
        ["mode#2", categories],
      ]),
    );
    const [record] = script.follow(finishedTrial(0, { params: { x: 1, mode: "b" } }), 0, undefined);
    expect(record).toMatchObject({ params: { x: 1, "mode#3": 1 } });
  });

  it("says what the study is in pieces that every database holds", () => {
    const long = defineSpace(
      Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`parameter ü ${i}`, float(0, 1)])),
    ) as Space;
    const study = only(journal(long, []));
    const pieces = [...study.systemAttrs].filter(([key]) => key.startsWith("attune:study:"));
    expect(pieces.length).toBeGreaterThan(5);
    for (const [, piece] of pieces) expect((piece as string).length).toBeLessThanOrEqual(2045);
    expect(definitionIn(study.systemAttrs)).toEqual(JSON.parse(JSON.stringify(terms(long))));
    study.systemAttrs.delete("attune:study:1");
    expect(definitionIn(study.systemAttrs)).toBeUndefined();
  });
});

describe("a space that trials tell of", () => {
  type Param = { name: string; domain: string; internal: number };
  const study = (...trials: { state?: number; params: Param[]; system?: object }[]): OptunaStudy => {
    const fold = new OptunaFold();
    fold.apply({ op_code: 0, worker_id: "w", study_name: "s", directions: [1, 2] });
    for (const { state = 1, params, system = {} } of trials)
      fold.apply({
        op_code: 4,
        worker_id: "w",
        study_id: 0,
        datetime_start: null,
        state,
        values: [1, 2],
        distributions: Object.fromEntries(params.map(({ name, domain }) => [name, domain])),
        params: Object.fromEntries(params.map(({ name, internal }) => [name, internal])),
        system_attrs: system as never,
      });
    return fold.study("s")!;
  };
  const x = (internal: number, more: string, kind = "float"): Param => ({
    name: "x",
    domain: `{"type":"${kind}",${more}}`,
    internal,
  });
  const spaceWith = (...params: Param[]) =>
    (spaceOf(study(...params.map((param) => ({ params: [param] }))).trials) as unknown as { of: { x: unknown } }).of.x;

  it("takes the union of what was allowed and what was tried", () => {
    expect(spaceWith(x(1, '"low":0,"high":2'), x(5, '"low":1,"high":6'))).toEqual({ type: "float", low: 0, high: 6 });
    expect(spaceWith(x(9, '"low":0,"high":2'))).toEqual({ type: "float", low: 0, high: 9 });
    expect(spaceWith(x(-1, '"low":1,"high":2,"log":true'))).toEqual({ type: "float", low: -1, high: 2 });
    expect(spaceWith(x(1, '"low":0,"high":2,"step":0.5'))).toEqual({ type: "float", low: 0, high: 2, step: 0.5 });
    expect(spaceWith(x(1, '"low":0,"high":2,"step":0.5'), x(1, '"low":0,"high":2,"step":0.25'))).toEqual({
      type: "float",
      low: 0,
      high: 2,
    });
    expect(spaceWith(x(0.3, '"low":0,"high":2,"step":0.5'))).toEqual({ type: "float", low: 0, high: 2 });
    expect(spaceWith(x(3, '"low":1,"high":9,"step":2', "int"))).toEqual({ type: "int", low: 1, high: 9, step: 2 });
    expect(spaceWith(x(4.7, '"low":1,"high":9,"step":2', "int"))).toEqual({ type: "int", low: 1, high: 9 });
    expect(spaceWith(x(1, '"low":0,"high":1e300', "int"))).toEqual({ type: "float", low: 0, high: 1e300 });
    expect(spaceWith(x(1, '"low":1,"high":1000001,"step":2', "int"))).toEqual({ type: "int", low: 1, high: 1_000_001 });
    expect(spaceWith(x(2, '"low":2,"high":2', "int"))).toEqual({ type: "constant", value: 2 });
    expect(spaceWith(x(0, '"choices":[NaN,1,1.0,[Infinity]]', "categorical"))).toEqual({
      type: "choice",
      values: ["NaN", 1, ["Infinity"]],
    });
  });

  it("makes what some complete trial lacks optional, and does not ask failed ones", () => {
    const b: Param = { name: "b", domain: '{"type":"categorical","choices":["u","v"]}', internal: 1 };
    const a = x(1, '"low":0,"high":2');
    const of = (
      spaceOf(study({ params: [a, b] }, { params: [a] }, { state: 3, params: [] }).trials) as unknown as { of: object }
    ).of;
    expect(of).toEqual({
      x: { type: "float", low: 0, high: 2 },
      b: { type: "optional", of: { type: "choice", values: ["u", "v"] }, absent: 0.5 },
    });
    const failedOnly = spaceOf(study({ state: 3, params: [a] }, { state: 3, params: [] }).trials);
    expect(failedOnly).toMatchObject({ of: { x: { type: "optional" } } });
    expect(spaceOf(study({ params: [] }).trials)).toBeUndefined();
  });

  it("comes with objectives by their names, and limits where there were constraints", () => {
    const of = study({ params: [x(1, '"low":0,"high":2')], system: { constraints: [1, -1], "constraints:rss": -2 } });
    expect(definitionOf(of, 3)).toMatchObject({
      objectives: [
        { name: "value_0", direction: "minimize" },
        { name: "value_1", direction: "maximize" },
      ],
      constraints: { constraint_0: { max: 0 }, constraint_1: { max: 0 }, rss: { max: 0 } },
      seed: 3,
    });
    expect(definitionOf(of, 3, ["ms", "rate"]).objectives.map(({ name }) => name)).toEqual(["ms", "rate"]);
    expect(() => definitionOf(of, 3, ["ms"])).toThrow(
      'Expected 2 different names for the objectives of the study "s", got ms',
    );
    expect(() => definitionOf(study(), 3)).toThrow('The study "s" has no finished trials with parameters');
  });
});
