import { expect, it } from "vitest";
import type { Evaluator, Task } from "../../src/core/evaluator.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import { Loop } from "../../src/study/loop.ts";
import { realClock } from "../../src/system/clock.ts";
import { open } from "./harness.ts";

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
