import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/core/clock.ts";
import type { BareTask, Evaluator } from "../../src/core/evaluator.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import { encodeBatch } from "../../src/formats/journal.ts";
import { grid } from "../../src/samplers/index.ts";
import { defineSpace, int } from "../../src/space/index.ts";
import { Loop } from "../../src/study/loop.ts";
import type { Study } from "../../src/study/study.ts";
import { timeLimit } from "../../src/study/stop-rules/index.ts";
import { exhaust, host, keptJournal, open, scripted, standing } from "./harness.ts";

type Line = { readonly x: number };

const later = (after: number): Outcome => ({ state: "later", after, reason: "429" });
const done: Outcome = { state: "complete", values: { value: { value: 1 } } };
const one = defineSpace({ x: int(1, 1) });

describe("an attempt that asks to be run again later", () => {
  it("is no failure and no retry, and its trial waits for its time while others run", async () => {
    const clock = standing();
    const study = await open({ trials: 3, clock });
    const first = (await study.ask()) as { number: number };
    expect(await study.tell(0, later(5000))).toMatchObject({ state: "queued", attempt: 1, retried: undefined });
    expect([study.counted, study.running, study.queued, study.postponed.size]).toEqual([0, 0, 1, 1]);
    expect(await study.ask()).toMatchObject({ number: 1 });
    clock.pass(4999);
    expect(await study.ask()).toMatchObject({ number: 2 });
    clock.pass(1);
    expect(study.postponed.size).toBe(0);
    expect(await study.ask()).toEqual({ ...first, attempt: 2 });
    for (const number of [0, 1, 2]) await study.tell(number, 1);
    expect([study.counted, await study.ask()]).toEqual([3, undefined]);
  });

  it("keeps its trial's place in the budget, as often as it asks", async () => {
    const clock = standing();
    const study = await open({ trials: 2, clock });
    for (const wait of [100, 200]) {
      await study.ask();
      await study.tell(0, later(wait));
      if (wait === 100) expect(await study.ask()).toMatchObject({ number: 1 });
      if (wait === 100) await study.tell(1, 1);
      expect(await study.ask()).toBe("wait");
      expect(study.postponed.next - clock.now()).toBe(wait);
      clock.pass(wait);
    }
    expect(await exhaust(study)).toBe(1);
    expect(study.trials.map(({ state, attempt }) => [state, attempt])).toEqual([
      ["complete", 3],
      ["complete", 1],
    ]);
  });

  it("may be the baseline, for which a full budget waits", async () => {
    const clock = standing();
    const study = await open({ trials: 1, clock, baseline: { x: 0.5 } });
    await study.ask();
    await study.tell(0, later(100));
    await study.ask();
    await study.tell(1, 1);
    expect(await study.ask()).toBe("wait");
    clock.pass(100);
    expect(await study.ask()).toMatchObject({ number: 0, baseline: true, attempt: 2 });
    await study.tell(0, 1);
    expect(await study.ask()).toBeUndefined();
  });

  it("is waited for where the sampler has nothing more, or waits itself", async () => {
    const clock = standing();
    const exhausted = await open({ space: one, sampler: grid(), clock });
    await exhausted.ask();
    await exhausted.tell(0, later(100));
    expect([await exhausted.ask(), exhausted.ended]).toEqual(["wait", undefined]);
    clock.pass(100);
    expect(await exhaust(exhausted)).toBe(1);
    expect(exhausted.ended).toBe("exhausted");

    let asked = 0;
    const sampler = scripted(() => (asked++ === 0 ? { unit: [0.5] } : "wait"));
    const waiting = await open({ trials: 2, clock, sampler });
    await waiting.ask();
    await waiting.tell(0, later(100));
    expect(await waiting.ask()).toBe("wait");
  });

  it("is remembered by the journal, also by that of a process that was killed", async () => {
    const clock = standing();
    const journal = await keptJournal();
    const killed = await open({ trials: 2, clock, journal: await journal.open(), host: host(1) });
    await killed.ask();
    await killed.tell(0, later(5000));
    const resumed = await open({ trials: 2, clock, journal: await journal.open(), host: host(2, [1]) });
    expect([resumed.queued, resumed.running, resumed.postponed.size]).toEqual([1, 0, 1]);
    expect(await resumed.ask()).toMatchObject({ number: 1 });
    expect(await resumed.ask()).toBe("wait");
    clock.pass(5000);
    expect(await resumed.ask()).toMatchObject({ number: 0, attempt: 2 });
    const events = await journal.events();
    expect(events.filter(({ type }) => type === "trial-requeued")).toEqual([
      expect.objectContaining({ failure: { kind: "error", message: "429", host: "here" }, after: 5000 }),
    ]);
  });

  it("is read by an attune that knows nothing of it", async () => {
    const clock = standing();
    const journal = await keptJournal();
    const study = await open({ trials: 2, clock, journal: await journal.open(), costs: true });
    await study.ask();
    await study.tell(0, later(5000));
    await study.ask();
    await study.tell(1, { value: 3, cost: 0.5 });
    const directory = mkdtempSync(join(tmpdir(), "attune-later-"));
    try {
      const path = join(directory, "old.jsonl");
      writeFileSync(path, (await journal.events()).map((event) => encodeBatch([event])).join(""));
      const reader = fileURLToPath(new URL("../fixtures/old-reader/reader.mjs", import.meta.url));
      const trials = execFileSync(process.execPath, [reader, path], { encoding: "utf8" }).trimEnd().split("\n");
      expect(trials.map((text) => (JSON.parse(text) as { state: string }).state)).toEqual(["queued", "complete"]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("must say when, or has failed", async () => {
    const study = await open({ trials: 2 });
    for (const [number, after] of [NaN, -1].entries()) {
      await study.ask();
      expect(await study.tell(number, later(after))).toMatchObject({
        state: "failed",
        failure: {
          kind: "invalid",
          message: `Expected \`after\` to be a finite number of milliseconds ≥ 0, got ${after}`,
        },
      });
    }
  });
});

/** A clock whose time passes only when all sleep: a sleep for its whole length, at once. */
function leaping(): Clock & { readonly sleeps: number[] } {
  let now = 1_000_000;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => now,
    sleep: async (ms, signal) => {
      if (ms > 0) sleeps.push(ms);
      const end = now + ms;
      for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
      if (!signal?.aborted && end > now) now = end;
    },
  };
}

function evaluator(concurrency: number, evaluate: (task: BareTask<Line>) => Outcome): Evaluator<Line, BareTask<Line>> {
  return { concurrency, evaluate: async (task) => evaluate(task), [Symbol.asyncDispose]: async () => {} };
}

describe("the loop, while trials wait for their time", () => {
  it("sleeps until the first is due, and no shorter, when nothing else is left", async () => {
    const clock = leaping();
    const study = await open({ trials: 3, clock });
    const starts: [number, number, number][] = [];
    const began = clock.now();
    const run = evaluator(3, ({ number, attempt }) => {
      starts.push([number, attempt, clock.now() - began]);
      return attempt === 1 ? later(60_000 * (number + 1)) : done;
    });
    expect(await new Loop({ study, evaluator: run, rules: [], clock }).run()).toBe("trials");
    expect(starts).toEqual([
      [0, 1, 0],
      [1, 1, 0],
      [2, 1, 0],
      [0, 2, 60_000],
      [1, 2, 120_000],
      [2, 2, 180_000],
    ]);
    expect(clock.sleeps).toEqual([60_000, 60_000, 60_000]);
    expect(study.counted).toBe(3);
  });

  it("begins the first when it is due, though others still run", async () => {
    const clock = leaping();
    const study = await open({ trials: 2, clock });
    const began = clock.now();
    let again: number | undefined;
    let release = (): void => {};
    const other = new Promise<void>((resolve) => (release = resolve));
    const run: Evaluator<Line, BareTask<Line>> = {
      ...evaluator(2, () => done),
      evaluate: async ({ number, attempt }) => {
        if (number === 1) await other;
        else if (attempt === 1) return later(2500);
        else again = clock.now() - began;
        release();
        return done;
      },
    };
    expect(await new Loop({ study, evaluator: run, rules: [], clock }).run()).toBe("trials");
    expect(again).toBe(2500);
  });

  it("ends at once when it is stopped, and in time at its limit", async () => {
    for (const how of ["stop", "limit"] as const) {
      let resume = (): void => {};
      const naps: AbortSignal[] = [];
      const clock: Clock = {
        now: () => Date.now(),
        sleep: (ms, signal) =>
          new Promise((resolve) => {
            if (signal) naps.push(signal);
            signal?.addEventListener("abort", () => resolve());
            if (ms <= 30) setTimeout(resolve, ms);
            else resume();
          }),
      };
      const study = await open({ trials: 1, clock });
      const asleep = new Promise<void>((resolve) => {
        resume = resolve;
      });
      const rules = how === "limit" ? [timeLimit(30).create({ objectives: [], feasible: () => true })] : [];
      const loop = new Loop({ study, evaluator: evaluator(1, () => later(3_600_000)), rules, clock });
      const running = loop.run();
      if (how === "stop") {
        await asleep;
        loop.stop("stopped");
      }
      expect(await running).toBe(how === "stop" ? "stopped" : "time");
      expect(naps.every(({ aborted }) => aborted)).toBe(true);
      expect(study.queued).toBe(1);
    }
  });

  it("takes over, in its time, what another process left waiting", async () => {
    const clock = leaping();
    const journal = await keptJournal();
    const common = { trials: 2, clock };
    const gone: Study<Line> = await open({ ...common, journal: await journal.open(), host: host(1) });
    await gone.ask();
    await gone.tell(0, later(10_000));
    await gone.close();
    const study = await open({ ...common, journal: await journal.open(), host: host(2) });
    const attempts: number[][] = [];
    const run = evaluator(1, ({ number, attempt }) => (attempts.push([number, attempt]), done));
    expect(await new Loop({ study, evaluator: run, rules: [], clock }).run()).toBe("trials");
    expect(attempts).toEqual([
      [1, 1],
      [0, 2],
    ]);
  });
});
