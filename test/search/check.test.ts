import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  command,
  createRandom,
  defineSearch,
  file,
  float,
  inline,
  int,
  isAttuneError,
  processes,
  RetryLater,
  threads,
  timeLimit,
} from "../../src/index.ts";
import { isolated } from "../../src/evaluators/index.ts";
import { smallestGain } from "../../src/analysis/noise.ts";
import { expectedTime } from "../../src/search/check.ts";
import { realClock } from "../../src/system/clock.ts";

const space = { x: float(0, 1, { default: 0.5 }), n: int(1, 5, { default: 3 }) };
const directory = (): string => mkdtempSync(join(tmpdir(), "attune-check-"));
const node = (program: string, ...args: string[]): string[] => [process.execPath, "-e", program, ...args];

/** Noise of one after another, the same for every test. */
function noisy(deviation: number): () => number {
  const random = createRandom(4);
  return () => 100 + deviation * random.normal();
}

describe("search.check()", () => {
  it("tells what it understood of the specification", async () => {
    const { search, subject, timerStep } = await defineSearch({
      space: { n: int(1, 5, { default: 3 }), m: int(1, 2, { default: 1 }) },
      where: [(p) => p.n > 0],
      objectives: { a: "minimize", b: "maximize" },
      constraints: { c: { max: 9 } },
      objective: () => ({ a: 1, b: 2, c: 3 }),
      evaluator: inline({ workers: 3 }),
      sampler: "random",
      timeout: 5_000,
      trials: 7,
    }).check();
    expect(search).toEqual({
      parameters: 2,
      size: 10,
      rules: 1,
      objectives: [
        { name: "a", direction: "minimize" },
        { name: "b", direction: "maximize" },
      ],
      constraints: { c: { max: 9 } },
      sampler: "random",
      evaluator: "inline",
      workers: 3,
      timeout: 5_000,
      trials: 7,
      cost: undefined,
      repeats: { times: 1, reduce: "median" },
      normalize: undefined,
    });
    expect(subject).toEqual({ source: "baseline", params: { n: 3, m: 1 } });
    expect(timerStep).toBeGreaterThan(0);
  });

  it("runs the baseline ten times or as often as told, and leaves the first run out of the noise", async () => {
    let calls = 0;
    const search = defineSearch({ space, objective: () => (++calls === 1 ? 900 : 100), trials: 20 });
    const found = await search.check();
    expect([found.runs, calls]).toEqual([10, 10]);
    expect(found.noise["value"]).toEqual({ value: 100, deviation: 0, relative: 0, smallestGain: 0 });
    expect((await search.check({ runs: 4 })).runs).toBe(4);
    expect(calls).toBe(14);
  });

  it("hands each run what a trial is handed, with a seed of its own, and keeps no journal", async () => {
    const journal = join(directory(), "never.jsonl");
    const seen: unknown[] = [];
    const seeds = new Set<number>();
    const logged: string[] = [];
    await defineSearch({
      space,
      journal: file(journal),
      evaluator: inline({ resources: { gpu: [7] } }),
      seed: 3,
      objective: async (params, trial) => {
        seen.push([params, trial.baseline, trial.leases, existsSync(trial.dir)]);
        seeds.add(trial.seed);
        await trial.report(1, 5);
        trial.log("here");
        return 1;
      },
    }).check({ runs: 3, log: (line) => logged.push(line) });
    expect(seen).toEqual([1, 2, 3].map(() => [{ x: 0.5, n: 3 }, true, { gpu: ["7"] }, true]));
    expect(seeds.size).toBe(3);
    expect(logged).toEqual(["here", "here", "here"]);
    expect(existsSync(journal)).toBe(false);
  });

  it("finds the noise, and the smallest gain that so many trials show in it", async () => {
    const draw = noisy(2);
    const { noise, advice } = await defineSearch({ space, objective: draw, trials: 100 }).check({ runs: 400 });
    const { value, deviation, relative, smallestGain: gain } = noise["value"]!;
    expect(value).toBeCloseTo(100, 0);
    expect(deviation).toBeGreaterThan(1.8);
    expect(deviation).toBeLessThan(2.2);
    expect(relative).toBeCloseTo(deviation / value, 12);
    expect(gain).toBeCloseTo(smallestGain({ noise: { deviation }, trials: 101 }), 12);
    expect(advice).toEqual([expect.stringContaining("`value` is one number per trial")]);
  });

  it("knows how many samples a trial returns, and doubts errors that runs do not bear out", async () => {
    const draw = noisy(2);
    const honest = defineSearch({ space, objective: () => [draw(), draw(), draw(), draw(), draw()] });
    const found = await honest.check({ runs: 30 });
    expect(found.noise["value"]).toMatchObject({ samples: 5, stderr: expect.any(Number) as number });
    expect(found.advice).toEqual([]);
    const few = await defineSearch({ space, objective: () => [draw(), draw(), draw()] }).check({ runs: 30 });
    expect(few.advice).toEqual([expect.stringMatching(/^`value` has 3 samples per trial, .* Return 5 or more\.$/)]);
    const proud = defineSearch({ space, objective: () => ({ value: draw(), stderr: 0.1 }) });
    expect((await proud.check()).advice).toEqual([expect.stringContaining("`value` differs between runs by ")]);
  });

  it("warns of what varies wildly, and of two clusters", async () => {
    const wild = await defineSearch({ space, objective: noisy(60) }).check();
    expect(wild.advice[0]).toMatch(/^`value` varies wildly, by \d+ % from run to run/);
    let calls = 0;
    const two = await defineSearch({ space, objective: () => (calls++ % 2 ? 100 : 130) + calls / 100 }).check();
    expect(two.advice[0]).toMatch(/^`value` falls into two clusters, around 100\.\d+ and 130\.\d+: /);
  });

  it("warns of a baseline that breaks a limit, and where there is none", async () => {
    const limited = { space, objectives: { ms: "minimize" }, constraints: { rss: { max: 5 } } } as const;
    const broken = defineSearch({ ...limited, objective: () => ({ ms: 1, rss: 9 }) });
    expect((await broken.check()).advice).toEqual(["The baseline breaks a limit of the search: it cannot be best."]);
    const open = { x: float(0, 1), n: int(1, 5) };
    const first = await defineSearch({ space: open, first: [{ x: 0.25, n: 2 }], objective: () => 1 }).check();
    expect(first.subject).toEqual({ source: "first", params: { x: 0.25, n: 2 } });
    const drawn = await defineSearch({ space: open, objective: (_, { baseline }) => Number(baseline) }).check();
    expect(drawn.subject).toMatchObject({ source: "drawn", params: { n: expect.any(Number) as number } });
    expect(drawn.noise["value"]!.value).toBe(0);
    expect(drawn.advice[0]).toContain("There is no baseline, so that a configuration drawn from the space was run");
  });

  it("says how long the budget takes, which a small space may not use up", async () => {
    const plan = {
      planned: 10,
      rules: [],
      timeLimit: undefined,
      trials: 10,
      generations: undefined,
      pool: undefined,
      cost: undefined,
    };
    const time = (size: number, workers: number, slowdown?: number): number | undefined =>
      expectedTime({ plan, space: { size } as never }, 100, workers, slowdown);
    expect([time(Infinity, 1), time(Infinity, 3), time(4, 1), time(Infinity, 2, 1.5)]).toEqual([1000, 400, 400, 750]);
    expect(time(Infinity, 1, 0.5)).toBe(1000);
    expect(expectedTime({ plan: { ...plan, planned: undefined }, space: { size: 4 } as never }, 1, 1)).toBeUndefined();
    const endless = await defineSearch({ space, objective: () => 1, stop: timeLimit(1000) }).check();
    expect(endless.expected).toBeUndefined();
  });

  it("runs it by all workers at once, and says how that disturbs", async () => {
    let [running, most] = [0, 0];
    const objective = async (): Promise<number> => {
      most = Math.max(most, ++running);
      await realClock.sleep(20 * running);
      return 100 + 10 * --running;
    };
    const crowded = await defineSearch({ space, objective, evaluator: inline({ workers: 3 }), trials: 6 }).check();
    expect(most).toBe(3);
    const { slowdown } = crowded.crowded!;
    expect(crowded.expected).toBe(2 * crowded.duration.median * Math.max(1, slowdown));
    expect(crowded.crowded).toMatchObject({ runs: 6, change: { value: 0.1 } });
    expect(crowded.advice.at(-1)).toMatch(/^Runs disturb each other: `value` rises by 10 % when 3 run at once/);
    expect((await defineSearch({ space, objective }).check()).crowded).toBeUndefined();
  });

  it("runs at least three times, however little time there is", async () => {
    const slow = (): Promise<number> => realClock.sleep(5).then(() => 1);
    const found = await defineSearch({ space, objective: slow, evaluator: inline({ workers: 2 }) }).check({
      maxTime: 1,
    });
    expect([found.runs, found.crowded]).toEqual([3, undefined]);
  });

  it.each([inline, threads, processes, isolated])("works with every evaluator: %o", async (evaluator) => {
    const objective = command(node("console.log(process.argv[1] * 2)", "{n}"));
    const found = await defineSearch({ space, objective, evaluator: evaluator({ workers: 2 }) }).check({ runs: 3 });
    expect(found.noise["value"]!.value).toBe(6);
    expect(found.search.workers).toBe(2);
    expect(found.crowded?.runs).toBe(4);
    expect(found.duration.median).toBeGreaterThan(0);
  });

  it("is not done by search.start(), which runs the trials and nothing else", async () => {
    let calls = 0;
    await defineSearch({ space, objective: () => ++calls, trials: 4, sampler: "random" }).start();
    expect(calls).toBe(5);
  });

  it.each<[object, string]>([
    [{ runs: 1 }, "Expected `runs` to be an integer ≥ 2, got 1"],
    [{ maxTime: 0 }, "Expected `maxTime` to be a finite number > 0, got 0"],
    [{ times: 3 }, "Unknown option `times` of check()"],
  ])("refuses %j", async (options, message) => {
    await expect(defineSearch({ space, objective: () => 1 }).check(options)).rejects.toThrow(message);
  });
});

describe("search.check() of a configuration that does not run", () => {
  const refused = async (spec: object): Promise<unknown> =>
    defineSearch({ space, ...spec } as never)
      .check()
      .then(
        () => "checked",
        (error: unknown) =>
          isAttuneError(error) ? { code: error.code, message: error.message, cause: error.cause } : error,
      );

  it("rejects with the failure: its kind, its message, the end of its stderr", async () => {
    const objective = command(node("console.error('first\\nno GPU here\\nlast'); process.exit(3)"));
    expect(await refused({ objective })).toMatchObject({
      code: "all-failed",
      message: expect.stringMatching(
        /^The baseline failed \(error\): .* exited with code 3: last\n {2}first\n {2}no GPU here\n {2}last$/,
      ) as string,
      cause: { kind: "error", stderr: "first\nno GPU here\nlast\n" },
    });
    expect(await refused({ objective: () => NaN })).toMatchObject({ cause: { kind: "invalid" } });
    expect(await refused({ objective: () => NaN, evaluator: inline({ normalize: true }) })).toMatchObject({
      message: expect.stringMatching(/^The baseline failed \(invalid\): /) as string,
    });
    expect(await refused({ objective: () => ({ velue: 1 }) })).toMatchObject({ cause: { kind: "invalid" } });
    expect(await refused({ objective: () => realClock.sleep(60_000), timeout: 50 })).toMatchObject({
      message: "The baseline failed (timeout): took longer than 50 ms",
    });
    const pruned = command(node("process.exit(2)"), { exitCodes: { 2: "pruned" } });
    expect(await refused({ objective: pruned })).toMatchObject({
      message: expect.stringContaining("to be pruned") as string,
    });
  });

  it("tries as often as the search would", async () => {
    let calls = 0;
    const objective = (): number => {
      if (++calls % 2) throw new Error("flaky");
      return 1;
    };
    expect(await refused({ objective, evaluator: inline({ retry: { error: 1 } }) })).toBe("checked");
    expect(calls).toBe(20);
    expect(await refused({ objective })).toMatchObject({ message: "The baseline failed (error): flaky" });
    const busy = (): number => {
      if (++calls % 2) throw new RetryLater(1);
      return 1;
    };
    calls = 0;
    expect(await refused({ objective: busy })).toBe("checked");
    expect(calls).toBe(20);
  });

  it("says when it fails only beside others", async () => {
    let running = 0;
    const objective = async (): Promise<number> => {
      if (++running > 1) throw new Error("the port is in use");
      await realClock.sleep(10);
      return --running;
    };
    expect(await refused({ objective, evaluator: inline({ workers: 2 }) })).toMatchObject({
      message: "The baseline failed while 2 ran at once (error): the port is in use",
    });
  });

  it("names a drawn one for what it is", async () => {
    const objective = (): never => {
      throw new Error("no");
    };
    expect(await refused({ space: { x: float(0, 1) }, objective })).toMatchObject({
      message: "A configuration drawn from the space failed (error): no",
    });
  });

  it("ends with its signal, and leaves nothing running", async () => {
    const pid = join(directory(), "pid");
    writeFileSync(pid, "");
    const program = `require("fs").writeFileSync(process.argv[1], String(process.pid)); setTimeout(() => {}, 60000)`;
    const controller = new AbortController();
    const checking = defineSearch({ space, objective: command(node(program, pid)) }).check({
      signal: controller.signal,
    });
    while (readFileSync(pid, "utf8") === "") await realClock.sleep(10);
    controller.abort(new Error("enough"));
    await expect(checking).rejects.toThrow("enough");
    expect(() => process.kill(Number(readFileSync(pid, "utf8")), 0)).toThrow("ESRCH");
  });
});
