import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { command, createRandom, defineSearch, inline, int, measure } from "../../src/index.ts";
import { realClock } from "../../src/system/clock.ts";
import { timerStep } from "../../src/system/stopwatch.ts";
import { callsPerSample } from "../../src/search/timed-calls.ts";

const node = (program: string, ...args: string[]): string[] => [process.execPath, "-e", program, ...args];
const directory = (): string => mkdtempSync(join(tmpdir(), "attune-measure-"));
/** Short, for tests about something else. */
const brief = { maxRepeats: 6, warmup: 0 };

function isAlive(pid: string): boolean {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}

/** Computes for about so many milliseconds. */
function compute(ms: number): number {
  const end = performance.now() + ms;
  let n = 0;
  while (performance.now() < end) n++;
  return n;
}

describe("measure(function)", () => {
  it("times it in milliseconds, and gives the median with its interval", async () => {
    const found = await measure(() => compute(2), { maxRepeats: 20 });
    expect(found.value).toBeGreaterThanOrEqual(2);
    expect(found.samples.length).toBeGreaterThanOrEqual(6);
    expect(Math.min(...found.samples)).toBeLessThanOrEqual(found.low);
    expect(found.low).toBeLessThanOrEqual(found.value);
    expect(found.value).toBeLessThanOrEqual(found.high);
    expect((found.high - found.low) / found.stderr).toBeCloseTo(3.92, 3);
    expect(found.batch).toBe(1);
  });

  it("awaits what it promises", async () => {
    const { value } = await measure(() => realClock.sleep(5), brief);
    expect(value).toBeGreaterThanOrEqual(4);
  });

  it("takes calls that are short beside the clock's step in batches", async () => {
    let calls = 0;
    const { batch, samples, value } = await measure(() => ++calls, { maxRepeats: 10, warmup: 0 });
    expect(batch).toBeGreaterThan(10);
    expect(calls).toBeGreaterThanOrEqual(batch * samples.length);
    expect(value).toBeGreaterThan(0);
  });

  it("finds batches that last a thousand steps of the clock, and no much longer ones", async () => {
    const step = 0.001;
    for (const each of [0.0001, 0.03, 0.4, 2]) {
      const batch = await callsPerSample(
        async () => each,
        step,
        async () => {},
      );
      expect(batch * each).toBeGreaterThanOrEqual(1);
      expect(batch * each).toBeLessThanOrEqual(Math.max(1.3, each));
    }
    let calls = 0;
    const coarse = async (times: number): Promise<number> => (++calls < 4 ? 0 : 5 / times);
    expect(await callsPerSample(coarse, step, async () => {})).toBe(1000);
  });

  it("knows the step of the clock", () => {
    expect(timerStep()).toBeGreaterThan(0);
    expect(timerStep()).toBeLessThan(5);
    expect(timerStep()).toBe(timerStep());
  });

  it("takes the numbers that it returns instead, if told to", async () => {
    const random = createRandom(1);
    const found = await measure(async () => -100 + random.normal(), { of: "returned", precision: 0.001 });
    expect(found.value).toBeCloseTo(-100, 0);
    expect(found.settled).toBe(true);
    expect(found.high - found.low).toBeLessThanOrEqual(0.2);
  });

  it("does not count the warm-up", async () => {
    let calls = 0;
    const counted = (): number => ++calls;
    const found = await measure(counted, { of: "returned", warmup: 5, maxRepeats: 6 });
    expect(found.samples).toEqual([6, 7, 8, 9, 10, 11]);
    calls = 0;
    const usual = await measure(() => (compute(10), ++calls), { of: "returned", maxRepeats: 6 });
    expect(usual.samples[0]).toBeGreaterThan(1);
  });

  it("ends with its time, but not before six samples", async () => {
    const began = performance.now();
    const random = createRandom(2);
    const found = await measure(() => (compute(1), random.normal()), {
      of: "returned",
      precision: 1e-9,
      maxRepeats: 1_000_000,
      maxTime: 200,
      warmup: 0,
    });
    expect(found.settled).toBe(false);
    expect(found.samples.length).toBeLessThanOrEqual(200);
    expect(performance.now() - began).toBeGreaterThanOrEqual(200);
    const late = await measure(() => compute(20), { maxTime: 1, precision: 1e-9 });
    expect(late.samples).toHaveLength(6);
  });

  it("ends when its signal aborts, also between calls that never wait", async () => {
    const reason = new Error("enough");
    await expect(measure(() => 1, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    let calls = 0;
    void realClock.sleep(30).then(() => controller.abort(reason));
    const endless = { precision: 1e-12, maxRepeats: 10_000_000, maxTime: 1e9, signal: controller.signal };
    await expect(measure(() => (compute(1), calls++), endless)).rejects.toBe(reason);
    const then = calls;
    await realClock.sleep(10);
    expect(calls).toBe(then);
  });

  it("ends also when its signal aborts in the last sample", async () => {
    const controller = new AbortController();
    let calls = 0;
    const last = (): number => {
      if (++calls === 6) controller.abort("stopped");
      return calls;
    };
    const options = { of: "returned", warmup: 0, maxRepeats: 6, signal: controller.signal };
    await expect(measure(last, options)).rejects.toBe("stopped");
    expect(calls).toBe(6);
  });

  it("throws what it throws", async () => {
    await expect(measure(() => Promise.reject(new Error("no device")))).rejects.toThrow("no device");
    await expect(measure(() => "fast", { of: "returned" })).rejects.toThrow(
      'Expected the measured function to return a finite number, got "fast"',
    );
  });

  it.each<[unknown, object, string]>([
    [3, {}, "Expected measure() to be given a function or a command(), got 3"],
    [() => 1, { repeats: 3 }, "Unknown option `repeats` of measure()"],
    [() => 1, { precision: 0 }, "Expected `precision` to be a finite number > 0, got 0"],
    [() => 1, { maxRepeats: 5 }, "Expected `maxRepeats` to be an integer ≥ 6, got 5"],
    [() => 1, { maxTime: -1 }, "Expected `maxTime` to be a finite number > 0, got -1"],
    [() => 1, { warmup: 0.5 }, "Expected `warmup` to be an integer ≥ 0, got 0.5"],
    [() => 1, { of: "ms" }, 'Expected `of` to be "time" or "returned" for a function, got "ms"'],
    [() => 1, { params: {} }, "`params` is for commands"],
    [command(["true"]), { of: "" }, 'Expected `of` to name a value of the command, got ""'],
    [command(["true", "{level}"]), {}, "Unknown placeholder `{level}`"],
  ])("refuses %s with %j", async (target, options, message) => {
    await expect(measure(target as never, options)).rejects.toThrow(message);
  });
});

describe("measure(command)", () => {
  it("measures how long the process runs", async () => {
    const found = await measure(command(node("setTimeout(() => {}, 30)")), brief);
    expect(found.value).toBeGreaterThanOrEqual(30);
    expect(found.samples).toHaveLength(6);
  });

  it("takes a value that it prints, for given parameters, and a run before the first that counts", async () => {
    const file = join(directory(), "runs");
    writeFileSync(file, "");
    const program = `require("fs").appendFileSync(process.argv[1], "x"); console.log("score: " + 2 * process.argv[2])`;
    const bench = command(node(program, file, "{level}"), { values: { score: /score: (\d+)/ } });
    const found = await measure(bench, { of: "score", params: { level: 21 }, maxRepeats: 6, warmup: 2 });
    expect(found).toMatchObject({ value: 42, stderr: 0, low: 42, high: 42, settled: true, batch: 1 });
    expect(readFileSync(file, "utf8")).toHaveLength(8);
  });

  it("has a directory, which is removed", async () => {
    const file = join(directory(), "dir");
    const program = `const fs = require("fs"); fs.writeFileSync(process.argv[1], process.argv[2]); fs.statSync(process.argv[2])`;
    await measure(command(node(program, file, "{dir}")), brief);
    expect(readFileSync(file, "utf8")).not.toBe("");
    expect(existsSync(readFileSync(file, "utf8"))).toBe(false);
  });

  it("rejects with its failure", async () => {
    const failing = command(node("console.error('no GPU'); process.exit(3)"));
    await expect(measure(failing)).rejects.toMatchObject({
      "attune.failure": { kind: "error", exitCode: 3, stderr: "no GPU\n" },
    });
    await expect(measure(command(node("1")), { of: "score", ...brief })).rejects.toMatchObject({
      "attune.failure": { kind: "invalid" },
    });
    await expect(measure(command(["no-such-program"]))).rejects.toThrow("Cannot run `no-such-program`");
  });

  it("is ended with all that it started when the signal aborts", async () => {
    const controller = new AbortController();
    const file = join(directory(), "pid");
    const program = `require("fs").writeFileSync(process.argv[1], String(process.pid)); setTimeout(() => {}, 60000)`;
    const measuring = measure(command(node(program, file)), { signal: controller.signal });
    while (!existsSync(file) || readFileSync(file, "utf8") === "") await realClock.sleep(10);
    controller.abort(new Error("enough"));
    await expect(measuring).rejects.toThrow("enough");
    expect(isAlive(readFileSync(file, "utf8"))).toBe(false);
  });
});

describe("an objective that measures", () => {
  const space = { x: int(1, 3, { default: 2 }) };

  it("returns what measure() found as it is, or as one of several values", async () => {
    const random = createRandom(5);
    const draw = (): number => 10 + random.normal();
    const options = { of: "returned", maxRepeats: 12, precision: 1e-6, warmup: 0 };
    const alone = await defineSearch({ space, objective: () => measure(draw, options), trials: 1, seed: 1 }).start();
    const among = await defineSearch({
      space,
      objectives: { ms: "minimize", bytes: "minimize" },
      objective: async () => ({ ms: await measure(draw, options), bytes: 5 }),
      trials: 1,
      seed: 1,
    }).start();
    for (const measured of [alone.baseline?.measured["value"], among.baseline?.measured["ms"]])
      expect(measured).toEqual({ value: expect.any(Number), stderr: expect.any(Number), samples: 12 });
    expect(Object.keys(alone.baseline!.values)).toEqual(["value"]);
    expect(alone.baseline!.stderr["value"]).toBeGreaterThan(0);
  });

  it("measures a command as its own trial: with its directory, its seed and its leases", async () => {
    const file = join(directory(), "seen");
    const program = `require("fs").writeFileSync(process.argv[1], JSON.stringify(process.argv.slice(2)))`;
    const bench = command(node(program, file, "{dir}", "{seed}", "{lease.gpu}", "{x}"));
    const seen: unknown[] = [];
    const { baseline } = await defineSearch({
      space,
      evaluator: inline({ resources: { gpu: [7] } }),
      objective: async (params, trial) => {
        const found = await measure(bench, { params, trial, ...brief });
        seen.push([trial.dir, String(trial.seed), "7", String(params.x)]);
        expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(seen.at(-1));
        return found;
      },
      trials: 1,
    }).start();
    expect(baseline).toMatchObject({ state: "complete", measured: { value: { samples: 6 } } });
    expect(seen.length).toBeGreaterThan(1);
  });

  it("is ended with the command that it measures at its timeout", async () => {
    const file = join(directory(), "pids");
    const program = `require("fs").appendFileSync(process.argv[1], process.pid + " "); setTimeout(() => {}, 60000)`;
    const bench = command(node(program, file));
    const { trials } = await defineSearch({
      space: { x: int(1, 1) },
      timeout: 1000,
      objective: (_, trial) => measure(bench, { trial }),
      trials: 1,
    }).start();
    expect(trials[0]?.failure).toMatchObject({ kind: "timeout" });
    const pids = readFileSync(file, "utf8").trim().split(" ");
    while (pids.some(isAlive)) await realClock.sleep(10);
  });
});
