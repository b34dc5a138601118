import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  areCompatible,
  decodeDistribution,
  type Distribution,
  encodeDistribution,
  externalValue,
} from "../../../src/formats/optuna/distribution.ts";
import { OptunaFold, type OptunaStudy } from "../../../src/formats/optuna/fold.ts";
import { decodePython, type PythonJson } from "../../../src/formats/optuna/python-json.ts";
import { chooseStudy, studiesFromJournal } from "../../../src/formats/optuna/read-journal.ts";
import { decodeRecord, encodeRecord } from "../../../src/formats/optuna/record.ts";
import { readTime } from "../../../src/formats/optuna/times.ts";

const golden = (name: string): string => readFileSync(new URL(`../../golden/optuna/${name}`, import.meta.url), "utf8");

interface Dumped {
  readonly trials: readonly {
    readonly state: string;
    readonly values: readonly number[] | null;
    readonly params: Readonly<Record<string, PythonJson>>;
    readonly user: PythonJson;
    readonly system: PythonJson;
    readonly reports: Readonly<Record<string, number>>;
    readonly start: number | null;
    readonly complete: number | null;
  }[];
}

/** A dumped value without the marks of floats. */
function bare(value: PythonJson): PythonJson {
  if (Array.isArray(value)) return (value as readonly PythonJson[]).map(bare);
  if (typeof value !== "object" || value === null) return value;
  const { float } = value as { float?: string };
  if (typeof float === "string") return Number(float.replace("inf", "Infinity"));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, bare(item as PythonJson)]));
}

function told({ trials }: OptunaStudy, timed: boolean): unknown {
  const time = (text: string | undefined): number | null => (text === undefined ? null : readTime(text, "local")!);
  return trials.map((trial) => ({
    state: trial.state.toUpperCase(),
    values: trial.values ?? null,
    params: Object.fromEntries([...trial.params].map(([name, p]) => [name, externalValue(p.distribution, p.internal)])),
    user: Object.fromEntries(trial.userAttrs),
    system: Object.fromEntries(trial.systemAttrs),
    reports: Object.fromEntries(trial.reports),
    ...(timed ? { start: time(trial.start), complete: time(trial.complete) } : {}),
  }));
}

describe.each(["5.0.0", "4.9.0"])("a journal that Optuna %s wrote", (version) => {
  const text = golden(`optuna-${version}.log`);
  const lines = text.trimEnd().split("\n");

  it.each(["svm", "two"])("tells of the study %s what Optuna itself reads there", (name) => {
    const { trials } = decodePython(golden(`optuna-${version}.${name}.json`)) as unknown as Dumped;
    const study = chooseStudy(studiesFromJournal(text, "x.log"), "x.log", name === "svm" ? "svm ü" : name);
    const timed = version === "5.0.0"; // naive times are of the zone of the machine that wrote them
    // the dump rounds to whole milliseconds, the journal has microseconds
    const close = (x: number | null): unknown => (x === null ? null : expect.closeTo(x, -0.5));
    expect(told(study, timed)).toEqual(
      trials.map(({ state, values, params, user, system, reports, start, complete }) => ({
        state,
        values: values ?? null,
        params: bare(params as PythonJson),
        user: bare(user),
        system: bare(system),
        reports,
        ...(timed ? { start: close(start), complete: close(complete) } : {}),
      })),
    );
  });

  it("comes out of our encoder as it went in", () => {
    for (const [i, line] of lines.entries()) {
      const record = decodeRecord(line, i + 1, "x.log");
      const again = encodeRecord(record);
      expect(decodePython(again)).toEqual(decodePython(line));
      // a number's form decides what Python makes of it; Python says 1e-05 where we say 0.00001, a float both times
      if ([0, 1, 6, 7].includes(record.op_code) && !/e-\d/.test(line)) expect(again).toBe(line);
    }
  });

  it("is read up to a last line that was cut off", () => {
    const cut = text.slice(0, -20);
    const count = (of: string): number =>
      studiesFromJournal(of, "x").reduce((sum, { trials, domains }) => sum + trials.length + domains.size, 0);
    expect(count(cut)).toBe(count(`${lines.slice(0, -1).join("\n")}\n`));
  });
});

it("a study is chosen by its name, or is the only one", () => {
  const studies = studiesFromJournal(golden("optuna-5.0.0.log"), "x.log");
  expect(() => chooseStudy(studies, "x.log")).toThrow('one of the 2 studies in x.log: "svm ü", "two"');
  expect(() => chooseStudy(studies, "x.log", "gone")).toThrow(
    'There is no study "gone" in x.log; it has "svm ü", "two"',
  );
  expect(chooseStudy(studies.slice(1), "x.log").name).toBe("two");
  expect(() => chooseStudy([], "x.log")).toThrow("There is no study in x.log");
});

const create = `{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":null`;
describe("a line that is none", () => {
  it.each([
    ["", "expected JSON, got"],
    ["[]", "expected an object, got []"],
    ['{"op_code":11,"worker_id":"w"}', "expected `op_code` to be one of 0 to 10, got 11"],
    ['{"op_code":1,"study_id":0}', "`worker_id` of operation 1 is undefined"],
    ['{"op_code":0,"worker_id":"w","study_name":"s","directions":[3]}', "`directions` of operation 0 is [3]"],
    ['{"op_code":2,"worker_id":"w","study_id":0,"user_attr":{}}', "`user_attr` of operation 2 is {}"],
    ['{"op_code":6,"worker_id":"w","trial_id":0,"state":1}', "`values` of operation 6 is undefined"],
    ['{"op_code":7,"worker_id":"w","trial_id":0,"step":"1","intermediate_value":1}', '`step` of operation 7 is "1"'],
    [`${create},"datetime_complete":null}`, "`datetime_complete` of operation 4 is null"],
    [`${create},"state":5}`, "`state` of operation 4 is 5"],
  ])("%s", (line, why) => {
    const text = `{"op_code":0,"worker_id":"w","study_name":"s","directions":[1]}\n${line}\n`;
    expect(() => studiesFromJournal(text, "old.log")).toThrow(`Line 2 of old.log is not one of an Optuna journal: `);
    expect(() => studiesFromJournal(text, "old.log")).toThrow(why);
  });
});

describe("what Optuna skips is skipped", () => {
  const fold = (...lines: string[]): OptunaFold => {
    const of = new OptunaFold();
    for (const line of [
      `"op_code":0,"study_name":"s","directions":[1]`,
      `"op_code":0,"study_name":"s","directions":[2]`,
      `"op_code":4,"study_id":7,"datetime_start":null`,
      `"op_code":4,"study_id":0,"datetime_start":null`,
      ...lines,
    ])
      of.apply(decodeRecord(`{"worker_id":"w",${line}}`, 1, "x"));
    return of;
  };
  const trial = (of: OptunaFold) => of.study("s")!.trials[0]!;
  const param = (name: string, domain: string): string =>
    `"op_code":5,"trial_id":0,"param_name":"${name}","param_value_internal":1.0,"distribution":${JSON.stringify(domain)}`;

  it("a second study of the name, a trial of no study, what comes after the end", () => {
    const of = fold(
      `"op_code":6,"trial_id":0,"state":1,"values":[2.0],"datetime_complete":"2026-11-21T09:15:02"`,
      `"op_code":8,"trial_id":0,"user_attr":{"late":1}`,
      `"op_code":8,"trial_id":5,"user_attr":{"lost":1}`,
      `"op_code":10,"trial_ids":[0]`,
    );
    expect(of.studies.size).toBe(1);
    expect(of.study("s")!.directions).toEqual([1]);
    expect(of.trials).toHaveLength(1);
    expect(trial(of)).toMatchObject({ state: "complete", values: [2] });
    expect(trial(of).userAttrs.size).toBe(0);
  });

  it("a parameter of another kind than before, and a start of what runs", () => {
    const of = fold(
      `"op_code":6,"trial_id":0,"state":0,"values":null,"datetime_start":"2026-11-21T09:15:02"`,
      param("x", '{"type":"float","low":0,"high":1}'),
      param("x", '{"type":"int","low":0,"high":1}'),
      param("y", '{"type":"categorical","choices":[1,2]}'),
    );
    expect(trial(of).start).toBeUndefined();
    expect([...trial(of).params.values()].map(({ distribution }) => distribution.kind)).toEqual([
      "float",
      "categorical",
    ]);
  });

  it("deleted studies go on counting", () => {
    const of = fold(
      `"op_code":1,"study_id":0`,
      `"op_code":0,"study_name":"s","directions":[2]`,
      `"op_code":4,"study_id":1,"datetime_start":null`,
    );
    expect([...of.studies.keys()]).toEqual([1]);
    expect(trial(of)).toMatchObject({ id: 1, number: 0 });
  });
});

describe("distributions", () => {
  const real = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 });
  const any: fc.Arbitrary<Distribution> = fc.oneof(
    fc.record({
      kind: fc.constant("float" as const),
      low: real,
      high: real,
      log: fc.boolean(),
      step: fc.option(real, { nil: undefined }),
    }),
    fc.record({
      kind: fc.constant("int" as const),
      low: fc.integer(),
      high: fc.integer(),
      log: fc.boolean(),
      step: fc.integer({ min: 1 }),
    }),
    fc.record({
      kind: fc.constant("categorical" as const),
      choices: fc.array(fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constantFrom(null, NaN)), {
        minLength: 1,
      }),
    }),
  );

  it("come back, and are compatible with themselves", () =>
    fc.assert(
      fc.property(any, (of) => {
        expect(decodeDistribution(encodeDistribution(of))).toEqual(of);
        expect(areCompatible(of, decodeDistribution(encodeDistribution(of)))).toBe(true);
      }),
    ));

  it("are read by their old names and in the short form", () => {
    const read = (name: string, attributes: object) =>
      decodeDistribution(JSON.stringify({ name: `${name}Distribution`, attributes }));
    const range = { low: 1, high: 9 };
    expect(read("Uniform", range)).toEqual({ kind: "float", ...range, log: false });
    expect(read("LogUniform", range)).toEqual({ kind: "float", ...range, log: true });
    expect(read("DiscreteUniform", { ...range, q: 2 })).toEqual({ kind: "float", ...range, log: false, step: 2 });
    expect(read("IntUniform", { ...range, step: 4 })).toEqual({ kind: "int", ...range, log: false, step: 4 });
    expect(read("IntLogUniform", range)).toEqual({ kind: "int", ...range, log: true, step: 1 });
    expect(decodeDistribution('{"type":"int","low":1,"high":9}')).toEqual({
      kind: "int",
      ...range,
      log: false,
      step: 1,
    });
    for (const bad of [
      "{}",
      '{"name":"FooDistribution","attributes":{}}',
      '{"type":"toString"}',
      '{"type":"categorical","choices":[]}',
    ])
      expect(() => decodeDistribution(bad)).toThrow("expected the text of a distribution of Optuna's, got ");
  });

  it("agree with Optuna on what may stand under one name", () => {
    const float = decodeDistribution('{"type":"float","low":0,"high":1}');
    const wide = decodeDistribution('{"type":"float","low":-5,"high":9}');
    const log = decodeDistribution('{"type":"float","low":1,"high":9,"log":true}');
    const [ab, ba] = ['["a","b"]', '["b","a"]'].map((c) => decodeDistribution(`{"type":"categorical","choices":${c}}`));
    expect([
      areCompatible(float, wide),
      areCompatible(float, log),
      areCompatible(ab!, ba!),
      areCompatible(ab!, float),
    ]).toEqual([true, false, false, false]);
  });
});
