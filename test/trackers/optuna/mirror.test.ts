import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Tracker, Watched } from "../../../src/core/tracker.ts";
import type { FinishedTrial, Trial } from "../../../src/core/trial.ts";
import type { OptunaStudy } from "../../../src/formats/optuna/fold.ts";
import { chooseStudy, studiesFromJournal } from "../../../src/formats/optuna/read-journal.ts";
import { importOptuna } from "../../../src/search/import-optuna.ts";
import { readJournal } from "../../../src/search/read-journal.ts";
import { defineSearch } from "../../../src/search/search.ts";
import { choice, float, int } from "../../../src/space/index.ts";
import { finishedTrial } from "../../../src/testing/tracker-contract.ts";
import { optuna, type OptunaOptions } from "../../../src/trackers/optuna/optuna.ts";

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "attune-optuna-"));
  path = join(directory, "study.log");
});
afterEach(() => rmSync(directory, { recursive: true }));

const read = (name?: string, file = path): OptunaStudy =>
  chooseStudy(studiesFromJournal(readFileSync(file, "utf8"), file), file, name);
const numbers = ({ trials }: OptunaStudy): unknown[] => trials.map(({ userAttrs }) => userAttrs.get("attune:trial"));

const search = (more: object = {}) =>
  defineSearch({
    space: { x: float(0, 10), mode: choice(["a", "b"]) },
    sampler: "random",
    seed: 1,
    objective: async ({ x }, trial) => {
      await trial.report(1, x / 2);
      if (x > 9) throw new Error("too much");
      return x;
    },
    trials: 40,
    journal: join(directory, "tune.attune.jsonl"),
    trackers: [optuna({ file: path })],
    ...more,
  });

describe("a search that is mirrored", () => {
  it("stands in the file with every trial, and is found beside its journal when nobody says where", async () => {
    const result = await search({ trackers: ["optuna"] }).start();
    const study = read("tune", join(directory, "tune.optuna.log"));
    expect(existsSync(join(directory, "tune.optuna.log.lock"))).toBe(false);
    expect(study.trials.map(({ state }) => state)).toEqual(
      result.trials.map(({ state }) => (state === "failed" ? "fail" : state)),
    );
    expect(new Set(study.trials.map(({ state }) => state)).size).toBe(2);
    expect(study.trials.map(({ values }) => values?.[0])).toEqual(result.trials.map(({ values }) => values["value"]));
    expect(study.trials.map(({ params }) => params.get("x")?.internal)).toEqual(
      (result.trials as readonly { params: { x: number } }[]).map(({ params }) => params.x),
    );
    for (const { reports, params } of study.trials) expect(reports.get(1)).toBe(params.get("x")!.internal / 2);
  });

  it("goes on in the same study, and no trial is there twice", async () => {
    await search({ trials: 15 }).start();
    await search({ trials: 15 }).start();
    await search({ trials: 40 }).start();
    expect(numbers(read())).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  it("is caught up with where earlier sessions, or a crash, left the mirror behind", async () => {
    await search({ trials: 15, trackers: [] }).start();
    await search({ trials: 20 }).start();
    const whole = readFileSync(path);
    truncateSync(path, whole.lastIndexOf('{"op_code"') + 30); // killed while it wrote its last line
    await search({ trials: 20 }).start();
    expect(numbers(read())).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(read().trials.every(({ state }) => state !== "running")).toBe(true);
  });

  it("is shared by all its processes: whoever comes first writes a trial", async () => {
    const several = Array.from({ length: 3 }, () => search({ trials: 60, evaluator: "inline" }).start());
    await Promise.all(several);
    const { trials } = await readJournal(join(directory, "tune.attune.jsonl"));
    const study = read();
    const mirrored = numbers(study) as number[];
    expect(new Set(mirrored).size).toBe(mirrored.length);
    expect(mirrored.sort((a, b) => a - b)).toEqual(
      trials.filter(({ state }) => state !== "rejected").map(({ number }) => number),
    );
    expect(study.trials.filter(({ state }) => state === "running")).toEqual([]);
  });

  it("has its twins, which end when the trial does that they follow", async () => {
    const result = await search({
      space: { n: int(1, 3) },
      trials: 3,
      objective: async ({ n }: { n: number }) => n,
      evaluator: "inline",
      sampler: "random",
    }).start();
    const twins = result.trials.filter(({ twin }) => twin !== undefined);
    const study = read();
    expect(twins.length).toBeGreaterThan(0);
    expect(study.trials.flatMap(({ userAttrs }) => userAttrs.get("attune:twin") ?? [])).toEqual(
      twins.map(({ twin }) => twin),
    );
    expect(study.trials.every(({ state }) => state === "complete")).toBe(true);
  });

  it("goes on with a changed space: what Optuna would drop stands under another name, and comes back under its own", async () => {
    await search({ trials: 10 }).start();
    const wider = { x: float(0, 20), mode: choice(["c", "b", "a"]) };
    const result = await search({ space: wider, trials: 20 }).start({ adopt: true, warn: () => {} });
    const study = read();
    expect(numbers(study)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    const names = study.trials.map(({ params }) => [...params.keys()].join());
    expect(new Set(names.slice(0, 10))).toEqual(new Set(["x,mode"]));
    expect(new Set(names.slice(10))).toEqual(new Set(["x,mode#2"]));
    const { result: imported, left } = await importOptuna(path);
    expect(left).toEqual([]);
    expect(imported.trials.map(({ params }) => params)).toEqual(result.trials.map(({ params }) => params));
    const lines = readFileSync(path, "utf8").split("\n").length;
    await search({ space: wider, trials: 20 }).start();
    expect(readFileSync(path, "utf8").split("\n")).toHaveLength(lines);
  });

  it.each(["not one of Optuna's\n", "nor this, which has no end", '{"a":1}'])(
    "never waits for the mirror, whose failure is said once, and leaves %j as it is",
    async (text) => {
      writeFileSync(path, text);
      const warnings: string[] = [];
      const result = await search().start({ warn: (text) => warnings.push(text) });
      expect(result.trials).toHaveLength(40);
      expect(warnings).toEqual([
        expect.stringMatching(
          /^the tracker `optuna` failed: Line 1 of .*study\.log is not one of an Optuna journal: expected /,
        ),
      ]);
      expect(readFileSync(path, "utf8")).toBe(text);
    },
  );

  it("leaves its name to a search that had it before, where nobody chose one", async () => {
    await search({ trials: 5 }).start();
    for (const trials of [3, 4])
      await search({ trials }).start({ fresh: trials === 3, warn: (text) => expect(text).toContain("former journal") });
    expect([read("tune").trials.length, read("tune 2").trials.length]).toEqual([5, 4]);
  });

  it("leaves the study of another search alone, and one with other directions", async () => {
    await search({ trials: 5 }).start();
    const before = readFileSync(path, "utf8");
    const warnings: string[] = [];
    const other = { journal: join(directory, "other.jsonl"), seed: 2, trials: 5 };
    await search({ ...other, trackers: [optuna({ file: path, study: "tune" })] }).start({
      warn: (text) => warnings.push(text),
    });
    expect(warnings.join()).toContain(
      `The study "tune" in ${read().name === "tune" ? path : ""} mirrors another search: give the tracker another \`study\` or \`file\``,
    );
    expect(readFileSync(path, "utf8")).toBe(before);
    await search({ ...other, journal: join(directory, "other2.jsonl") }).start();
    expect(read("other2").trials).toHaveLength(5);
    expect(read("tune").trials).toHaveLength(5);

    appendFileSync(path, '{"op_code":0,"worker_id":"w","study_name":"theirs","directions":[2]}\n');
    const third = {
      ...other,
      journal: join(directory, "third.jsonl"),
      trackers: [optuna({ file: path, study: "theirs" })],
    };
    await search(third).start({ warn: (text) => warnings.push(text) });
    expect(warnings.at(-1)).toContain("has the directions maximize, the search minimize");
    appendFileSync(path, '{"op_code":0,"worker_id":"w","study_name":"ours","directions":[1]}\n');
    await search({ ...third, trackers: [optuna({ file: path, study: "ours" })] }).start();
    expect(read("ours").trials).toHaveLength(5);
  });
});

describe("a mirror", () => {
  const watched = (trials: readonly Trial[]): Watched => ({
    id: "study-1",
    study: {
      space: { x: { type: "int", low: 0, high: 9 } },
      rules: [],
      objectives: [{ name: "ms", direction: "minimize" }],
      constraints: {},
      seed: 1,
    },
    trials,
    reportFiles: async () => ({}),
    warn: () => {},
    objectives: [{ name: "ms", direction: "minimize" }],
    constraints: {},
    status: { trials: 0, running: 0, failed: 0, failures: {}, workers: 1, elapsed: 0, best: [] },
  });
  const mirror = (trials: readonly Trial[], options: OptunaOptions = {}): Tracker =>
    optuna({ file: path, study: "s", ...options }).create(watched(trials));
  const started = (number: number) => ({ type: "trial-started", at: 1, number, attempt: 1, writer: "w" }) as const;

  it("shows a trial while it runs, and its reports", async () => {
    const running = { ...finishedTrial(0, { values: {}, measured: {} }), state: "running" } as Trial;
    const trials = [running];
    const tracker = mirror(trials);
    await tracker.track(started(0), running);
    expect(read().trials[0]).toMatchObject({ state: "running" });
    const reported = { ...running, reports: [{ step: 3, values: { ms: 4 } }] };
    await tracker.track({ type: "trial-reported", at: 2, number: 0, attempt: 1, step: 3, values: { ms: 4 } }, reported);
    expect(read().trials[0]!.reports.get(3)).toBe(4);
    await tracker.close?.();
  });

  it("begins again when the file was emptied under it", async () => {
    const trials: FinishedTrial[] = [finishedTrial(0)];
    const tracker = mirror(trials);
    await tracker.track(started(0), trials[0]);
    truncateSync(path, 0);
    trials.push(finishedTrial(1));
    await tracker.track(started(1), trials[1]);
    await tracker.close?.();
    expect(numbers(read()).sort()).toEqual([0, 1]);
  });

  it("cuts off what a killed writer left of a line, and counts what others wrote", async () => {
    const trials: FinishedTrial[] = [finishedTrial(0)];
    const tracker = mirror(trials, { lock: "open", times: "local" });
    await tracker.track(started(0), trials[0]);
    appendFileSync(path, '{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":null}\n{"op_code":4,"worker');
    trials.push(finishedTrial(1));
    await tracker.track(started(1), trials[1]);
    await tracker.close?.();
    expect(numbers(read())).toEqual([0, undefined, 1]);
    expect(read().trials[2]).toMatchObject({ id: 2, number: 2 });
    expect(readFileSync(path, "utf8")).not.toContain("+00:00");
  });

  it.each([
    [{ file: "" }, "Expected `file` to be a text that is not empty"],
    [{ study: 3 }, "Expected `study` to be a text that is not empty, got 3"],
    [{ times: "zulu" }, 'Expected `times` to be "utc" or "local", got "zulu"'],
    [{ lock: "none" }, 'Expected `lock` to be "symlink" or "open", got "none"'],
    [{ path: "x" }, "Unknown option `path` of optuna"],
  ])("refuses %j", (options, message) => expect(() => optuna(options as never)).toThrow(message));
});
