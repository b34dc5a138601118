import { expect, it } from "vitest";
import type { Evaluator, Task } from "../../src/core/evaluator.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import { Loop } from "../../src/study/loop.ts";
import { realClock } from "../../src/system/clock.ts";
import { defineSpace, int } from "../../src/space/index.ts";
import { RETRY } from "../../src/core/attempt-policy.ts";
import { host, judging, keptJournal, open, scripted } from "./harness.ts";

type Params = { readonly x: number };

function evaluator(concurrency: number, evaluate: (task: Task<Params>) => Promise<Outcome>): Evaluator<Params> {
  return { concurrency, evaluate, [Symbol.asyncDispose]: async () => {} };
}

const done: Outcome = { state: "complete", values: { value: { value: 1 } } };
const turn = (): Promise<void> => realClock.sleep(0);

it("sets one alarm for a time limit, however many trials come and go", async () => {
  let alarms = 0;
  const clock = {
    now: () => realClock.now(),
    sleep: (ms: number, signal?: AbortSignal) => {
      if (ms > 1000) alarms++;
      return realClock.sleep(ms, signal);
    },
  };
  const study = await open({ trials: 40 });
  const loop = new Loop({ study, evaluator: evaluator(2, () => turn().then(() => done)), rules: [], clock });
  loop.limit(1_000_000);
  expect(await loop.run()).toBe("trials");
  expect(alarms).toBe(1);
});

it("does nothing while a trial runs, however long that takes", async () => {
  const study = await open({ trials: 1 });
  let looks = 0;
  const run: Evaluator<Params> = {
    ...evaluator(2, async () => {
      const before = looks;
      for (let i = 0; i < 100; i++) await realClock.sleep(1);
      expect(looks - before).toBeLessThan(5);
      return done;
    }),
    get concurrency() {
      looks++;
      return 2;
    },
  };
  expect(await new Loop({ study, evaluator: run, rules: [], clock: realClock }).run()).toBe("trials");
});

it("refills a worker at once, while another one is still busy", async () => {
  const study = await open({ trials: 6 });
  const meanwhile: number[] = [];
  let busy = true;
  const run = evaluator(2, async ({ number }) => {
    if (number > 0 && busy) meanwhile.push(number);
    for (let i = 0; i < (number === 0 ? 100 : 1); i++) await turn();
    if (number === 0) busy = false;
    return done;
  });
  expect(await new Loop({ study, evaluator: run, rules: [], clock: realClock }).run()).toBe("trials");
  expect(meanwhile).toEqual([1, 2, 3, 4, 5]);
});

it("minds a time limit that is set earlier while it runs", async () => {
  const study = await open();
  const loop = new Loop({
    study,
    evaluator: evaluator(1, ({ signal }) => realClock.sleep(1_000_000, signal).then(() => ({ state: "pruned" }))),
    rules: [],
    clock: realClock,
  });
  loop.limit(1_000_000);
  const run = loop.run();
  await turn();
  loop.limit(loop.elapsed + 30);
  expect(await run).toBe("time");
});

it("gives signals that abort with the loop and not before, to all that run", async () => {
  const study = await open({ trials: 30 });
  const held: Task<Params>[] = [];
  const loop: Loop<Params> = new Loop({
    study,
    evaluator: evaluator(3, async (task) => {
      expect(task.signal.aborted).toBe(false);
      if (task.number < 20) return turn().then(() => done);
      held.push(task);
      if (held.length === 3) void turn().then(() => loop.stop("stopped", { now: true }));
      await realClock.sleep(1_000_000, task.signal);
      return { state: "cancelled", reason: String(task.signal.reason) };
    }),
    rules: [],
    clock: realClock,
  });
  expect(await loop.run()).toBe("stopped");
  expect(held.map(({ signal }) => signal.reason as unknown)).toEqual(["stopped", "stopped", "stopped"]);
  expect(new Set(held.map(({ signal }) => signal)).size).toBe(3);
});

const failing: Outcome = { state: "failed", failure: { kind: "crash", message: "boom" } };

it("runs a trial again although nothing new is left to try, and says on which worker and host each attempt failed", async () => {
  const space = defineSpace({ a: int(1, 2) });
  const study = await open({ space, retry: { ...RETRY, crash: 1 }, host: host(1, [], "build-7") });
  const attempts: string[] = [];
  const run: Evaluator<{ readonly a: number }> = {
    concurrency: 2,
    evaluate: async ({ number, attempt, placed }) => {
      attempts.push(`${number}.${attempt}`);
      placed({ worker: 3, pid: 42 });
      await turn();
      return number === 1 ? failing : done;
    },
    [Symbol.asyncDispose]: async () => {},
  };
  expect(await new Loop({ study, evaluator: run, rules: [], clock: realClock }).run()).toBe("exhausted");
  expect(attempts).toEqual(["0.1", "1.1", "1.2"]);
  expect(study.trials[1]!.failure).toEqual({ kind: "crash", message: "boom", worker: 3, host: "build-7" });
});

it("says on which worker a trial was measured or pruned", async () => {
  const study = await open({ trials: 2 });
  const run: Evaluator<Params> = {
    concurrency: 1,
    evaluate: async ({ number, placed }) => {
      placed({ worker: 3 + number, pid: 42 });
      return number === 0 ? done : { state: "pruned" };
    },
    [Symbol.asyncDispose]: async () => {},
  };
  await new Loop({ study, evaluator: run, rules: [], clock: realClock }).run();
  expect(study.trials.map(({ state, worker }) => [state, worker])).toEqual([
    ["complete", 3],
    ["pruned", 4],
  ]);
});

it("leaves what is to run again to the next session once it was stopped", async () => {
  const journal = await keptJournal();
  const retry = { ...RETRY, crash: 1 };
  const study = await open({ journal: await journal.open(), retry, trials: 3 });
  const loop: Loop<Params> = new Loop({
    study,
    evaluator: evaluator(1, async () => {
      loop.stop("stopped");
      return failing;
    }),
    rules: [],
    clock: realClock,
  });
  expect(await loop.run()).toBe("stopped");
  await study.close();
  const resumed = await open({ journal: await journal.open(), retry, trials: 3, host: host(2) });
  expect(await resumed.ask()).toMatchObject({ number: 0, attempt: 2 });
});

it("ends running trials at the time limit, free of budget, and a resumed search goes on", async () => {
  const journal = await keptJournal();
  const study = await open({ journal: await journal.open(), trials: 3 });
  const loop = new Loop({
    study,
    evaluator: evaluator(2, async ({ number, signal }) => {
      if (number === 0) return done;
      await realClock.sleep(1_000_000, signal);
      return { state: "cancelled", reason: String(signal.reason) };
    }),
    rules: [],
    clock: realClock,
  });
  loop.limit(30);
  expect(await loop.run()).toBe("time");
  expect(study.trials.map(({ state, reason }) => [state, reason])).toEqual([
    ["complete", undefined],
    ["cancelled", "time"],
    ["cancelled", "time"],
  ]);
  expect(study.counted).toBe(1);
  await study.close();
  const resumed = await open({ journal: await journal.open(), trials: 3, host: host(2) });
  const again = new Loop({ study: resumed, evaluator: evaluator(2, async () => done), rules: [], clock: realClock });
  expect(await again.run()).toBe("trials");
  expect([resumed.counted, resumed.trials.length]).toEqual([3, 5]);
});

it("does not run a trial that was still being asked for when the search was stopped", async () => {
  const sampler = scripted(async () => {
    loop.stop("interrupted", { now: true });
    await turn();
    return { unit: [0.5] };
  });
  const study = await open({ sampler });
  let ran = 0;
  const loop: Loop<Params> = new Loop({
    study,
    evaluator: evaluator(1, async () => (ran++, done)),
    rules: [],
    clock: realClock,
  });
  expect(await loop.run()).toBe("interrupted");
  expect([ran, study.trials[0]]).toMatchObject([0, { state: "cancelled", reason: "interrupted" }]);
});

it("leaves a lost trial, and none that runs, when its evaluator is broken", async () => {
  const study = await open({ trials: 4 });
  const run = evaluator(2, async ({ number, signal }) => {
    if (number === 1) throw new Error("no workers");
    await realClock.sleep(1_000_000, signal);
    return { state: "cancelled", reason: String(signal.reason) };
  });
  await expect(new Loop({ study, evaluator: run, rules: [], clock: realClock }).run()).rejects.toThrow("no workers");
  expect(study.trials.map(({ state, retried, reason }) => [state, retried ?? reason])).toEqual([
    ["cancelled", "the search failed"],
    ["queued", { lost: 1 }],
  ]);
  expect([study.running, study.counted]).toEqual([0, 0]);
});

it("gives timers their turn although trials never wait", async () => {
  const study = await open({ trials: 100_000 });
  const loop = new Loop({ study, evaluator: evaluator(1, async () => done), rules: [], clock: realClock });
  void realClock.sleep(1).then(() => loop.stop("interrupted"));
  expect(await loop.run()).toBe("interrupted");
});

it("passes reports on at once for objectives that cannot wait", async () => {
  const pruner = judging((_, { step }) => (step > 1 ? "prune" : "continue"));
  const study = await open({ trials: 1, pruner });
  const verdicts: string[] = [];
  const run = evaluator(1, async ({ reportSync }) => {
    verdicts.push(reportSync(1, { value: 4 }), reportSync(2, { value: 5 }));
    return { state: "pruned" };
  });
  await new Loop({ study, evaluator: run, rules: [], clock: realClock }).run();
  expect(verdicts).toEqual(["continue", "prune"]);
  expect(study.trials[0]!.reports.map(({ values }) => values)).toEqual([{ value: 4 }, { value: 5 }]);
});
