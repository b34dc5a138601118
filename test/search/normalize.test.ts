import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { compared } from "../../src/core/compared.ts";
import type { Watched } from "../../src/core/tracker.ts";
import type { Observation } from "../../src/core/sampler.ts";
import { trialsText } from "../../src/cli/trials-text.ts";
import { trialJson } from "../../src/cli/trial-json.ts";
import {
  changes,
  createRandom,
  defineSearch,
  type FinishedTrial,
  float,
  inline,
  int,
  normalize,
  openQueue,
  paretoMask,
  random,
  Search,
  type SearchHandle,
  SearchResult,
  stagnation,
  target,
  type TrialContext,
  when,
} from "../../src/index.ts";
import type { AnySpec } from "../../src/search/spec.ts";
import { Leaders } from "../../src/study/leaders.ts";
import { finishedTrial } from "../../src/testing/tracker-contract.ts";
import { line } from "../../src/trackers/progress.ts";
import { readJournal } from "../../src/search/read-journal.ts";

const oldReader = fileURLToPath(new URL("../fixtures/old-reader/reader.mjs", import.meta.url));
const quiet = { warn: () => {} };
const journalPath = (): string => join(mkdtempSync(join(tmpdir(), "attune-normalize-")), "s.attune.jsonl");
const space = { n: int(-30, 30, { default: 7 }) };

/** Objectives of either sign, with zeros among their values but for the baseline's. */
const FORMULAS = {
  one: (n: number): number => n * 3,
  two: (n: number): number => 100 - n ** 2,
  three: (n: number): number => -n - 1,
};
type Name = keyof typeof FORMULAS;

describe("every row's value equals the recomputed one", () => {
  const cases = (["minimize", "maximize"] as const).flatMap((direction) =>
    ([["one"], ["one", "two"], ["three", "two", "one"]] as Name[][]).flatMap((names) =>
      [false, true, "interleave"].flatMap((normalized) =>
        [1, 3].map((workers) => ({ direction, names, normalized, workers })),
      ),
    ),
  );
  it.each(cases)(
    "$direction $names, normalised $normalized, $workers at a time",
    async ({ direction, names, normalized, workers }) => {
      const by = normalized === "interleave" ? { interleave: true } : normalized === true;
      const result = await defineSearch({
        space,
        objectives: Object.fromEntries(names.map((name) => [name, direction])),
        objective: async ({ n }: { n: number }) => {
          await Promise.resolve();
          return Object.fromEntries([...names.map((name) => [name, FORMULAS[name](n)]), ["extra", n]]);
        },
        evaluator: inline({ workers, repeats: 2, normalize: by }),
        first: [0, 10, -1].map((n) => ({ n })), // one, two and three are 0 there
        trials: 30,
        seed: 5,
      } as never).start(quiet);
      const { baseline } = result as { baseline: FinishedTrial };
      expect(baseline).toMatchObject({ number: 0, params: { n: 7 } });
      const sign = direction === "minimize" ? 1 : -1;
      const expected = (n: number, name: Name): number =>
        normalized === false ? FORMULAS[name](n) : normalize(FORMULAS[name](n), FORMULAS[name](7));
      let zeros = 0;
      for (const trial of result.trials as readonly FinishedTrial[]) {
        const { n } = trial.params as { n: number };
        expect(trial.values).toEqual({
          ...Object.fromEntries(names.map((name) => [name, FORMULAS[name](n)])),
          extra: n,
        });
        expect(trial.normalized).toEqual(
          normalized === false ? undefined : Object.fromEntries(names.map((name) => [name, expected(n, name)])),
        );
        expect(result.losses(trial as never)).toEqual(names.map((name) => sign * expected(n, name)));
        if (Object.values(trial.values).includes(0)) zeros++;
      }
      expect(zeros).toBeGreaterThan(0);
      const rows = (result.trials as readonly FinishedTrial[]).filter(({ twin }) => twin === undefined);
      const losses = rows.map(({ params }) => names.map((name) => sign * expected((params as { n: number }).n, name)));
      const mask = paretoMask(losses);
      if (names.length > 1)
        expect(result.paretoFront().map(({ number }) => number)).toEqual(
          rows.filter((_, i) => mask[i]).map(({ number }) => number),
        );
      else {
        const least = Math.min(...losses.map(([loss]) => loss!));
        expect(result.losses(result.best)).toEqual([least]);
        expect(result.losses(result.top(1)[0]!)).toEqual([least]);
      }
      const mean = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0) / of.length;
      expect(mean(result.losses(result.bestBy("mean")))).toBe(Math.min(...losses.map(mean)));
    },
  );
});

/** A machine of two devices, of which the second is half as fast: raw times of one cannot be compared with the other's. */
const onDevice =
  (time: (x: number) => number) =>
  ({ x }: { x: number }, trial: TrialContext): number =>
    time(x) * (trial.leases["gpu"]?.[0] === "attune-test-slow" ? 2 : 1);

describe("a search with normalize", () => {
  const devices = ["attune-test-fast", "attune-test-slow"];
  const search = (more: object = {}): Search<{ x: number }, { ms: number }> =>
    new Search({
      space: { x: float(0, 1, { default: 0.5 }) },
      objectives: { ms: "minimize" },
      objective: onDevice((x) => 10 + x),
      evaluator: inline({ workers: 2, normalize: true, resources: { gpu: devices } }),
      trials: 24,
      seed: 3,
      ...more,
    } as unknown as AnySpec);

  it("compares what different devices measured, and says which baseline was whose", async () => {
    const handle = search().start(quiet);
    const result = await handle;
    const places = new Set(result.trials.map(({ normalizedBy }) => normalizedBy!.place.split(" ")[1]));
    expect(places).toEqual(new Set(devices.map((device) => `gpu:${device}`)));
    for (const { params, normalized, normalizedBy, values } of result.trials) {
      expect(normalized!["ms"]).toBeCloseTo((10 + params.x) / 10.5, 12);
      expect(normalizedBy!.values).toEqual({ ms: normalizedBy!.place.endsWith("slow") ? 21 : 10.5 });
      expect(values.ms).toBeCloseTo(normalized!["ms"]! * normalizedBy!.values["ms"]!, 12);
    }
    const [leader] = handle.status!.best;
    expect(leader!.number).toBe(result.best.number);
    const ranked = [...result.trials].sort((a, b) => a.params.x - b.params.x);
    expect(result.best.number).toBe(ranked[0]!.number);
    expect(result.top(5).map(({ number }) => number)).toEqual(ranked.slice(0, 5).map(({ number }) => number));
  });

  it("shows progress in per cent of the baseline, whichever device measured", () => {
    const at = (value: number, normalized: number): Partial<FinishedTrial> => ({
      values: { ms: value },
      normalized: { ms: normalized },
    });
    const [baseline, slow] = [finishedTrial(0, { ...at(10, 1), source: "baseline" }), finishedTrial(1, at(18, 0.9))];
    const leaders = new Leaders({ objectives: [{ name: "ms", direction: "minimize" }], constraints: {} });
    for (const trial of [baseline, slow]) leaders.add(trial as never);
    expect(leaders.trials).toEqual([slow]);
    const status = { trials: 2, running: 0, failed: 0, failures: {}, workers: 1, elapsed: 1, best: [slow], baseline };
    expect(line({ objectives: [{ name: "ms", direction: "minimize" }], status } as unknown as Watched)).toContain(
      "best ms 18 (−10.0 %)",
    );
    const result = new SearchResult([baseline, slow], { objectives: [{ name: "ms", direction: "minimize" }] });
    expect(trialsText([slow], result)).toMatch(/^ +1 +complete +18 +0\.9 +−10\.0 % +1$/m);
    const twice = [finishedTrial(0, { values: { a: 5, b: 5 }, normalized: { a: 1, b: 3 } })].concat(
      finishedTrial(1, { values: { a: 1, b: 9 }, normalized: { a: 2, b: 2 } }),
    );
    const both = new SearchResult(twice, {
      objectives: [
        { name: "a", direction: "minimize" },
        { name: "b", direction: "minimize" },
      ],
    });
    expect(both.bestBy("stddev").number).toBe(1);
  });

  it("tells the sampler, stop rules, trackers and changes the normalised values, with their errors", async () => {
    const told: Observation[] = [];
    const factory = random();
    const watching = {
      ...factory,
      create: (setting: never) => {
        const sampler = factory.create(setting);
        return { ask: sampler.ask.bind(sampler), tell: (o: Observation) => (told.push(o), sampler.tell(o)) };
      },
    };
    const leaders: (number | undefined)[] = [];
    const result = await search({
      sampler: watching,
      objective: (p: { x: number }, trial: TrialContext) => ({
        ms: { value: onDevice((x) => 10 + x)(p, trial), stderr: 0.21 },
      }),
      trackers: [
        {
          track: (_: unknown, trial?: FinishedTrial) => {
            if (trial?.state === "complete") leaders.push(trial.normalized?.["ms"]);
          },
        },
      ],
    }).start(quiet);
    for (const { number, losses, errors } of told) {
      const { normalized, normalizedBy } = result.trials[number]!;
      expect(losses).toEqual([normalized!["ms"]]);
      expect(errors![0]).toBeCloseTo(0.21 / normalizedBy!.values["ms"]!, 12);
    }
    expect(told.length).toBeGreaterThan(20);
    expect(leaders.filter((value) => value !== undefined)).toHaveLength(25);
    const slow = result.trials.find(({ normalizedBy }) => normalizedBy!.place.endsWith("slow"))!;
    const [change] = changes(slow, result.baseline!, result.objectives);
    expect(change!.relative).toBeCloseTo(slow.normalized!["ms"]! - 1, 12);
    expect(JSON.parse(trialJson(slow, result))).toMatchObject({
      normalized: slow.normalized,
      normalizedBy: slow.normalizedBy,
      change: { ms: change!.relative },
    });
  });

  it("stops at a target, and at a standstill, of normalised values", async () => {
    const result = await search({ stop: target({ ms: 0.96 }), trials: 500 }).start(quiet);
    expect(result.reason).toBe("target");
    expect(result.losses(result.best)[0]).toBeLessThanOrEqual(0.96);
    // every value is new, and their ratio always the same
    let machine = 1;
    const drifting = {
      objective: ({ x }: { x: number }) => (machine *= 0.5) * (10 + x * 0),
      evaluator: inline({ normalize: { every: 1 } }),
      stop: stagnation(5),
      trials: 100,
    };
    const still = await search(drifting).start(quiet);
    expect(still.reason).toBe("stagnation");
    expect(new Set(still.trials.map(({ values }) => values.ms)).size).toBe(still.trials.length);
  });

  it("keeps limits on values as they were measured", async () => {
    const result = await search({ constraints: { ms: { max: 10.4 } } }).start(quiet);
    expect(result.feasible.length).toBeGreaterThan(0);
    for (const { values } of result.feasible) expect(values.ms).toBeLessThanOrEqual(10.4);
    expect(result.baseline).toBeDefined();
  });

  it("is read again from its journal, from a CSV and a table", async () => {
    const journal = journalPath();
    const result = await search({ journal }).start(quiet);
    const read = (await readJournal(journal)).result;
    expect(JSON.parse(JSON.stringify(read.trials))).toEqual(JSON.parse(JSON.stringify(result.trials)));
    const old = execFileSync(process.execPath, [oldReader, journal], { encoding: "utf8" });
    const known = read.trials.map((trial) => {
      const { normalized: _, normalizedBy: __, ...rest } = JSON.parse(JSON.stringify(trial)) as Record<string, unknown>;
      return `${JSON.stringify(rest)}\n`;
    });
    expect(old).toBe(known.join(""));
    const csv = journal.replace("jsonl", "csv");
    writeFileSync(csv, result.toCsv());
    expect(readFileSync(csv, "utf8").split("\n")[0]).toMatch(/,values\.ms,normalized\.ms,failure$/);
    const again = SearchResult.fromCsv(csv, { objectives: { ms: "minimize" } });
    expect(again.top(25).map(({ number }) => number)).toEqual(result.top(25).map(({ number }) => number));
    expect(again.best.normalized).toEqual(result.best.normalized);
    expect(again.toCsv()).toBe(result.toCsv());
  });

  it("goes on with the baseline measured again, and in each further start", async () => {
    const journal = journalPath();
    let measured = 0;
    const objective = ({ x }: { x: number }, { baseline }: TrialContext): number => {
      if (baseline) measured++;
      return (10 + x) * (measured + 1);
    };
    const more = { journal, objective, evaluator: inline({ normalize: true }) };
    const half = await search({ ...more, trials: 5 }).start(quiet);
    expect([half.trials.length, measured]).toEqual([6, 1]);
    const whole = await search({ ...more, trials: 10 }).start(quiet);
    expect([whole.trials.length, measured]).toEqual([11, 2]);
    expect(whole.trials.filter(({ source }) => source === "baseline")).toHaveLength(1);
    expect(whole.trials[10]!.normalizedBy!.values).toEqual({ ms: 31.5 });
    for (const { params, normalized } of whole.trials)
      expect(normalized!["ms"]).toBeCloseTo((10 + params.x) / 10.5, 12);
    const twice = search({ objective, evaluator: inline({ normalize: true }), trials: 2 });
    for (const times of [3, 4]) {
      expect((await twice.start(quiet)).baseline).toBeDefined();
      expect(measured).toBe(times);
    }
  });

  it("goes on by the baseline that the study has, though the program says another one", async () => {
    const journal = journalPath();
    const more = { journal, evaluator: inline({ normalize: true }) };
    await search({ ...more, trials: 3 }).start(quiet);
    const result = await search({ ...more, trials: 6, baseline: { x: 1 } }).start(quiet);
    for (const { normalizedBy } of result.trials) expect(normalizedBy!.values).toEqual({ ms: 10.5 });
  });

  it("gives a twin the normalised values of its original", async () => {
    const handle = search().start(quiet);
    await handle.enqueue({ x: 0.5 });
    const result = await handle;
    const twins = result.trials.filter(({ twin }) => twin !== undefined);
    expect(twins.length).toBeGreaterThan(0);
    for (const { normalized, normalizedBy, twin } of twins)
      expect({ normalized, normalizedBy }).toEqual({
        normalized: result.trials[twin!]!.normalized,
        normalizedBy: result.trials[twin!]!.normalizedBy,
      });
  });

  it("does not mix trials that are normalised with others, and writes nothing else", async () => {
    for (const [before, after, message] of [
      [
        false,
        true,
        /^The journal's trials are not normalised \(such as trial 0\), and cannot be compared with trials with `normalize`/,
      ],
      [
        true,
        false,
        /^The journal's trials are normalised \(such as trial 0\), .* without `normalize`: go on as before, or start over with `--fresh`/,
      ],
    ] as const) {
      const journal = journalPath();
      await search({ journal, evaluator: inline({ normalize: before }), trials: 3 }).start(quiet);
      const mixed = search({ journal, evaluator: inline({ normalize: after }), trials: 6 });
      await expect(mixed.start(quiet)).rejects.toThrow(message);
      expect((await readJournal(journal)).trials).toHaveLength(4);
      expect(existsSync(`${journal}.lock`)).toBe(false);
      expect((await mixed.start({ ...quiet, fresh: true })).trials).toHaveLength(7);
    }
  });

  it("needs a baseline, before anything runs", async () => {
    let ran = 0;
    const without = defineSearch({
      space: { x: float(0, 1) },
      objective: () => ran++,
      evaluator: inline({ normalize: true }),
      trials: 3,
    });
    await expect(without.start(quiet)).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining(
        "Expected a baseline to normalise by: give the search a `baseline`, or every parameter a `default`",
      ) as string,
    });
    expect(ran).toBe(0);
  });

  it.each([
    [
      () => {
        throw new Error("no such device");
      },
      "The baseline failed, and nothing can be normalised: error: no such device",
    ],
    [() => 0, "The baseline failed, and nothing can be normalised: its `ms` is 0"],
    [
      () => NaN,
      "The baseline failed, and nothing can be normalised: invalid: Expected `ms` to be a finite number, got NaN",
    ],
  ])(
    "ends with why the baseline failed, and goes on once that is repaired: %#",
    async (objective: () => number, message) => {
      const journal = journalPath();
      const broken = search({ journal, objective, evaluator: inline({ workers: 3, normalize: true }) });
      await expect(broken.start(quiet)).rejects.toThrow(message);
      const { trials } = await readJournal(journal);
      expect(trials.filter(({ state }) => state === "complete")).toEqual([]);
      const result = await search({ journal, evaluator: inline({ normalize: true }), trials: 4 }).start(quiet);
      expect(result.baseline).toMatchObject({ number: 0, normalized: { ms: 1 } });
      expect(result.trials.filter(({ state }) => state === "complete")).toHaveLength(5);
    },
  );

  it("runs a trial elsewhere whose place gives no baseline", async () => {
    const result = await search({
      objective: ({ x }: { x: number }, trial: TrialContext) => {
        if (trial.baseline && trial.leases["gpu"]![0] === "attune-test-slow" && trial.number > 0)
          throw new Error("no memory left");
        return 10 + x;
      },
      evaluator: inline({ workers: 1, normalize: true, resources: { gpu: devices }, retry: { lost: 3 } }),
      trials: 6,
    }).start(quiet);
    const complete = result.trials.filter(({ state }) => state === "complete");
    expect(complete).toHaveLength(7);
    expect(complete.some(({ attempt }) => attempt > 1)).toBe(true);
    for (const { normalizedBy } of complete) expect(normalizedBy!.place).toMatch(/fast$/);
  });

  it("shows the baseline while it runs, and afterwards", async () => {
    let shown: FinishedTrial | undefined;
    const handle: SearchHandle<{ x: number }, { ms: number }> = search({
      stop: when(() => ((shown ??= handle.status?.baseline), false)),
    }).start(quiet);
    const result = await handle;
    expect(shown).toMatchObject({ number: 0, normalized: { ms: 1 } });
    expect(result.baseline).toMatchObject({ values: { ms: 10.5 }, normalizedBy: { values: { ms: 10.5 } } });
    expect(compared(result.baseline!.measured["ms"]!)).toEqual({ value: 1 });
  });
});

describe("a machine that becomes slower by 60 % while it searches, at 1 % of noise and 5 % to be gained", () => {
  /** How the trials' order agrees with the true one: Spearman's rank correlation, the mean of ten searches. */
  async function agreement(options: object, runs: number): Promise<number> {
    let sum = 0;
    for (let seed = 0; seed < 10; seed++) {
      const noise = createRandom(seed + 1000);
      let ran = 0;
      const result = await defineSearch({
        space: { x: float(0, 1, { default: 0.5 }) },
        objectives: { ms: "minimize" },
        objective: ({ x }) => ({
          ms: 100 * (1 + 0.05 * x) * (1 + (0.6 * ran++) / runs) * (1 + 0.01 * noise.normal()),
        }),
        evaluator: inline({ repeats: 5, ...options }),
        sampler: "random",
        trials: 60,
        seed,
      }).start(quiet);
      const trials = result.trials.filter(({ source }) => source === "sampler");
      const found = ranks(trials.map((trial) => result.losses(trial)[0]!));
      const truth = ranks(trials.map(({ params }) => params.x));
      const squares = found.reduce((total, rank, i) => total + (rank - truth[i]!) ** 2, 0);
      sum += 1 - (6 * squares) / (60 * (60 ** 2 - 1));
    }
    return sum / 10;
  }

  it("is searched as if it stood still, where the baseline is measured again or in turn", async () => {
    expect(await agreement({}, 305)).toBeLessThan(0.25);
    expect(await agreement({ normalize: true }, 305)).toBeLessThan(0.25);
    expect(await agreement({ normalize: { every: 5 } }, 360)).toBeGreaterThan(0.6);
    expect(await agreement({ normalize: { interleave: true } }, 605)).toBeGreaterThan(0.8);
  });
});

function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const out: number[] = [];
  for (const [rank, i] of order.entries()) out[i] = rank;
  return out;
}

describe("a queue", () => {
  it("repeats, and has nothing to normalise by", async () => {
    let runs = 0;
    const objective = ({ x }: { x: number }): number => x + runs++;
    const queue = await openQueue({ objective, evaluator: inline({ repeats: 3 }) });
    queue.submit([{ x: 10 }]);
    const [job] = await queue.gather("all");
    expect(job).toMatchObject({ values: { value: 11 } });
    await queue.close();
    await expect(openQueue({ objective, evaluator: inline({ normalize: true }) })).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining("a queue has none") as string,
    });
  });
});
