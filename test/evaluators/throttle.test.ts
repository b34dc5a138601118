import { describe, expect, it } from "vitest";
import type { BareTask, Evaluator } from "../../src/core/evaluator.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import { Throttle } from "../../src/evaluators/throttle.ts";
import { bareTask } from "./provided.ts";

const LATER: Outcome = { state: "later", after: 10 };
const DONE: Outcome = { state: "complete", values: {} };
const FAILED: Outcome = { state: "failed", failure: { kind: "error", message: "no" } };

/** A throttle over an evaluator of so many places, whose attempts end when they are told to. */
function throttle(places: number): {
  readonly throttle: Throttle<unknown>;
  readonly log: string[];
  /** How often it said that something changed. */
  changes(): number;
  begin(): (outcome: Outcome) => Promise<Outcome>;
  run(...outcomes: readonly Outcome[]): Promise<void>;
} {
  const log: string[] = [];
  let changes = 0;
  const ends: ((outcome: Outcome) => void)[] = [];
  const inner: Evaluator<unknown, BareTask> = {
    concurrency: places,
    evaluate: () => new Promise((resolve) => ends.push(resolve)),
    [Symbol.asyncDispose]: async () => {},
  };
  const made = new Throttle(inner, (line) => log.push(line));
  made.watch(() => changes++);
  const begin = (): ((outcome: Outcome) => Promise<Outcome>) => {
    const evaluated = made.evaluate(bareTask(ends.length));
    const end = ends.at(-1)!;
    return (outcome) => (end(outcome), evaluated);
  };
  return {
    throttle: made,
    log,
    changes: () => changes,
    begin,
    run: async (...outcomes) => {
      for (const outcome of outcomes) expect(await begin()(outcome)).toBe(outcome);
    },
  };
}

describe("a throttle", () => {
  it("counts a run that an attempt waits for, once for all that were under way", async () => {
    let waits = (): void => {};
    const made = new Throttle<unknown>(
      {
        concurrency: 8,
        evaluate: async ({ later }) => ((waits = () => later?.()), DONE),
        [Symbol.asyncDispose]: async () => {},
      },
      () => {},
    );
    await made.evaluate(bareTask(0));
    waits();
    waits();
    expect(made.concurrency).toBe(4);
  });

  it("lets everything run until something asks to be run later", async () => {
    const { throttle: free, run, log } = throttle(8);
    await run(...Array.from({ length: 50 }, () => DONE), FAILED);
    expect([free.concurrency, log]).toEqual([8, []]);
  });

  it("halves the concurrency, down to one", async () => {
    const { throttle: slow, run, changes, log } = throttle(9);
    const seen: number[] = [];
    for (let i = 0; i < 5; i++) {
      await run(LATER);
      seen.push(slow.concurrency);
    }
    expect(seen).toEqual([4, 2, 1, 1, 1]);
    expect(changes()).toBe(3);
    expect(log).toEqual([
      "asked to come again later: 4 at a time instead of 9",
      "asked to come again later: 2 at a time instead of 4",
      "asked to come again later: 1 at a time instead of 2",
    ]);
  });

  it("counts those of one burst once, whatever else is under way", async () => {
    const { throttle: slow, begin } = throttle(8);
    const burst = Array.from({ length: 8 }, () => begin());
    for (const end of burst.slice(0, 7)) await end(LATER);
    expect(slow.concurrency).toBe(4);
    const next = Array.from({ length: 4 }, () => begin());
    await burst[7]!(LATER);
    expect(slow.concurrency).toBe(4);
    await next[0]!(LATER);
    expect(slow.concurrency).toBe(2);
    for (const end of next.slice(1)) await end(DONE);
    expect(slow.concurrency).toBe(2);
  });

  it("adds one after as many successes as there are places, up to what the evaluator has", async () => {
    const { throttle: slow, run, changes, log } = throttle(4);
    await run(LATER, DONE);
    expect(slow.concurrency).toBe(2);
    await run(FAILED, { state: "cancelled", reason: "" });
    expect(slow.concurrency).toBe(2);
    await run({ state: "pruned" });
    expect(slow.concurrency).toBe(3);
    await run(DONE, DONE);
    expect(slow.concurrency).toBe(3);
    await run(DONE);
    expect([slow.concurrency, changes()]).toEqual([4, 3]);
    await run(...Array.from({ length: 20 }, () => DONE));
    expect([slow.concurrency, changes()]).toEqual([4, 3]);
    expect(log.slice(1)).toEqual(["3 at a time again", "4 at a time again, as at first"]);
  });
});
