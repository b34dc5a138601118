import { expect, it } from "vitest";
import type { Evaluator, Task } from "../../src/core/evaluator.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import { Loop } from "../../src/study/loop.ts";
import { timeLimit } from "../../src/study/stop-rules/index.ts";
import { realClock } from "../../src/system/clock.ts";
import { open, scripted, standing } from "./harness.ts";

type Params = { readonly x: number };

const done: Outcome = { state: "complete", values: { value: { value: 1 } } };
const turns = async (n: number): Promise<void> => {
  for (let i = 0; i < n; i++) await realClock.sleep(0);
};

/** Trials that end when they are let go. */
function held(concurrency: number): Evaluator<Params> & { readonly begun: number[]; release(): void } {
  const waiting: (() => void)[] = [];
  const begun: number[] = [];
  return {
    begun,
    concurrency,
    release: () => waiting.splice(0).forEach((go) => go()),
    evaluate: async ({ number, signal }: Task<Params>) => {
      begun.push(number);
      await new Promise<void>((go) => {
        waiting.push(go);
        signal.addEventListener("abort", () => go());
      });
      return signal.aborted ? { state: "cancelled", reason: "stopped" } : done;
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

it("begins nothing while it is paused, lets finish what runs, and goes on", async () => {
  const study = await open({ trials: 6 });
  const evaluator = held(2);
  const loop = new Loop({ study, evaluator, rules: [], clock: realClock });
  const run = loop.run();
  await turns(5);
  await loop.pause();
  evaluator.release();
  await turns(20);
  expect([loop.paused, loop.running, study.counted, evaluator.begun]).toEqual([true, 0, 2, [0, 1]]);
  loop.continue();
  while (study.counted < 6) {
    await turns(1);
    evaluator.release();
  }
  expect(await run).toBe("trials");
});

it.each([false, true])("is stopped while it is paused (now: %s)", async (now) => {
  const study = await open({ trials: 6 });
  const evaluator = held(2);
  const loop = new Loop({ study, evaluator, rules: [], clock: realClock });
  const run = loop.run();
  await turns(5);
  await loop.pause();
  if (!now) evaluator.release();
  loop.stop("interrupted", { now });
  expect(await run).toBe("interrupted");
  expect(evaluator.begun).toEqual([0, 1]);
  expect(study.counted).toBe(now ? 0 : 2);
});

it("has paused only once the trial that it was asking for has begun", async () => {
  let answer = (): void => {};
  const slow = scripted(async () => {
    await new Promise<void>((go) => {
      answer = go;
    });
    return { unit: [0.5] };
  });
  const study = await open({ trials: 3, sampler: slow });
  const evaluator = held(2);
  const loop = new Loop({ study, evaluator, rules: [], clock: realClock });
  const run = loop.run();
  await turns(5);
  let paused = false;
  const pausing = loop.pause().then(() => {
    paused = true;
  });
  await turns(5);
  expect(paused).toBe(false);
  answer();
  await pausing;
  expect(study.running).toBe(1);
  loop.stop("stopped", { now: true });
  await run;
});

it("counts no pause in a time limit, and rings for the rest of it afterwards", async () => {
  const still = standing();
  const sleeps: number[] = [];
  const clock = { ...still, sleep: (ms: number) => (sleeps.push(ms), still.sleep(ms)) };
  const study = await open({ clock });
  const rule = timeLimit(1000).create({ objectives: study.definition.objectives, feasible: () => true });
  const evaluator = held(1);
  const loop = new Loop({ study, evaluator, rules: [rule], clock });
  const run = loop.run();
  await turns(3);
  await loop.pause();
  clock.pass(5000);
  evaluator.release();
  await turns(10);
  expect(loop.elapsed).toBe(0);
  sleeps.length = 0;
  loop.continue();
  await turns(5);
  expect(evaluator.begun).toEqual([0, 1]);
  expect(sleeps.filter((ms) => ms !== 0)).toEqual(sleeps.filter((ms) => ms === 1000));
  clock.pass(1000);
  expect(await run).toBe("time");
});
