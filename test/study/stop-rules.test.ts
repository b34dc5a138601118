import { describe, expect, it } from "vitest";
import type { StopContext, StopRuleFactory } from "../../src/core/stop-rule.ts";
import type { FinishedTrial } from "../../src/core/trial.ts";
import { allFailed } from "../../src/study/stop-rules/failures.ts";
import {
  allOf,
  anyOf,
  failures,
  generations,
  stagnation,
  target,
  timeLimit,
  trials,
  when,
} from "../../src/study/stop-rules/index.ts";
import { finishedTrial } from "../../src/testing/tracker-contract.ts";

const context: StopContext = {
  objectives: [
    { name: "ms", direction: "minimize" },
    { name: "speed", direction: "maximize" },
  ],
  feasible: ({ values }) => values["rss"] !== 99,
};
const complete = (ms: number, speed = 1, rss = 1): Partial<FinishedTrial> => ({ values: { ms, speed, rss } });
const failed: Partial<FinishedTrial> = { state: "failed", values: {}, failure: { kind: "error", message: "no" } };

/** After how many of the trials the rule first speaks, and what it says. */
function speaks(
  factory: StopRuleFactory,
  told: readonly Partial<FinishedTrial>[],
  elapsed = 0,
): [number, string | undefined] {
  const rule = factory.create(context);
  for (let i = 0; i <= told.length; i++) {
    const reason = rule.check({ elapsed, running: 0, busy: 0, steps: 0 });
    if (reason) return [i, reason];
    if (i < told.length) rule.tell(finishedTrial(i, told[i]));
  }
  return [told.length, undefined];
}

describe("stop rules", () => {
  it("trials counts complete, pruned and failed ones, not twins, rejected, cancelled or baselines", () => {
    const told = [
      { source: "baseline" as const },
      { twin: 0 },
      { state: "rejected" as const },
      { state: "cancelled" as const },
      {},
      failed,
      { state: "pruned" as const },
    ];
    expect(speaks(trials(3), told)).toEqual([7, "trials"]);
  });
  it("timeLimit speaks at its limit, and asks to be woken", () => {
    expect(speaks(timeLimit(50), [], 49)).toEqual([0, undefined]);
    expect(speaks(timeLimit(50), [], 50)).toEqual([0, "time"]);
    expect(timeLimit(50).create(context).wakeAfter).toBe(50);
  });
  it("target wants every value in one feasible trial, each in its direction", () => {
    expect(
      speaks(target({ ms: 3, speed: 5 }), [complete(3, 4), complete(4, 9), complete(1, 9, 99), complete(3, 5)]),
    ).toEqual([4, "target"]);
    expect(speaks(target({ speed: 5 }), [complete(3, 4), complete(9, 6)])).toEqual([2, "target"]);
    expect(() => target({ sped: 1 }).create(context)).toThrow("Unknown option `sped` of target. Did you mean `speed`?");
  });
  it("stagnation counts trials since the front last moved", () => {
    expect(speaks(stagnation(2), [complete(5), complete(4), complete(4), failed, complete(3)])).toEqual([
      4,
      "stagnation",
    ]);
    expect(speaks(stagnation(2), [complete(5, 1), complete(9, 9), complete(6, 1), complete(10, 10)])).toEqual([
      4,
      undefined,
    ]);
  });
  it("stagnation with `least` weighs the gain of one objective against the spread of its values", () => {
    // quartiles of 10 9 8 4: 7 and 9.25; the last two trials gained 9 - 4 of a spread of 2.25, then 4 - 3.9 of 4.1
    const ms = [10, 9, 8, 4, 3.95, 3.9];
    const told = ms.map((each) => complete(each));
    const alone = { ...context, objectives: [context.objectives[0]!] };
    const rule = (least: number): [number, string | undefined] =>
      speaks({ ...stagnation(2, { least }), create: () => stagnation(2, { least }).create(alone) }, told);
    expect(rule(0.1)).toEqual([6, "stagnation"]);
    expect(rule(0.01)).toEqual([6, undefined]);
    expect(rule(4)).toEqual([3, "stagnation"]);
  });
  it("stagnation with `least` weighs the gain of several by the hypervolume below the worst values", () => {
    // below (10, -1): (5, -5) dominates 5 · 4 = 20, (4.9, -5.05) adds to 5.1 · 4.05 = 20.655, and the last one a hair
    const told = [complete(10, 1), complete(5, 5), complete(4.9, 5.05), complete(4.89, 5.05), complete(1, 9)];
    expect(speaks(stagnation(1, { least: 0.05 }), told)).toEqual([3, "stagnation"]);
    expect(speaks(stagnation(1, { least: 0.02 }), told)).toEqual([4, "stagnation"]);
    expect(speaks(stagnation(2, { least: 0.05 }), told)).toEqual([4, "stagnation"]);
    expect(speaks(stagnation(2, { least: 0.02 }), told)).toEqual([5, undefined]);
    expect(speaks(stagnation(4), told), "any improvement will do").toEqual([5, undefined]);
  });
  it("stagnation with `least` waits for a first result, and takes failures for no gain", () => {
    expect(speaks(stagnation(2, { least: 0.5 }), [complete(1, 1, 99), complete(3), failed, failed])).toEqual([
      4,
      "stagnation",
    ]);
  });
  it("failures counts them, all or in a row", () => {
    expect(speaks(failures(2), [failed, complete(1), failed])).toEqual([3, "failures"]);
    expect(speaks(failures(2, { inARow: true }), [failed, complete(1), failed, failed])).toEqual([4, "failures"]);
    expect(speaks(failures({ count: 2, inARow: true }), [failed, complete(1), failed])).toEqual([3, undefined]);
  });
  it("failures by their share of the trials, once there are enough", () => {
    // Ax's orchestrator with a tolerated rate of 0.5 and at least 2 failures
    const half = failures({ rate: 0.5, count: 2 });
    expect(speaks(half, [failed, complete(1), failed])).toEqual([3, "failures"]);
    expect(speaks(half, [failed, failed])).toEqual([2, "failures"]);
    expect(speaks(half, [failed, complete(1), complete(2), failed])).toEqual([4, undefined]);
    expect(speaks(failures({ rate: 0 }), [failed, failed, failed, failed, failed])).toEqual([5, "failures"]);
    const many = Array.from({ length: 50 }, () => failed);
    expect(speaks(failures(false), many)).toEqual([50, undefined]);
  });
  it("failures decides about them, and is no budget", () => {
    const [of, with_] = [anyOf(failures(2), timeLimit(5)), allOf(failures(2), timeLimit(5))];
    expect([failures(2), of, with_].map(({ tolerates, endless }) => [tolerates, endless])).toEqual([
      [true, true],
      [true, undefined],
      [true, true],
    ]);
    expect(timeLimit(5)).not.toHaveProperty("endless");
  });
  it("allFailed speaks only when nothing has passed", () => {
    expect(speaks(allFailed(2), [failed, failed])).toEqual([2, "all-failed"]);
    expect(speaks(allFailed(2), [{ ...failed }, complete(1), failed, failed])).toEqual([4, undefined]);
  });
  it("when is asked after each trial, with all of them", () => {
    const seen: number[] = [];
    expect(
      speaks(
        when((all) => (seen.push(all.length), all.length >= 2)),
        [{}, {}, {}],
      ),
    ).toEqual([2, "callback"]);
    expect(seen).toEqual([0, 1, 2]);
  });
  it("combine: anyOf at the first, allOf when each has spoken once", () => {
    expect(speaks(anyOf(trials(9), failures(1)), [complete(1), failed])).toEqual([2, "failures"]);
    expect(speaks(allOf(trials(1), failures(1)), [complete(1), complete(2), failed])).toEqual([3, "failures"]);
    expect(anyOf(trials(1), timeLimit(70)).create(context).wakeAfter).toBe(70);
    expect(() => anyOf()).toThrow("Expected anyOf() to be given at least one rule");
  });
  it.each([
    [() => trials(0), "Expected `trials` to be an integer ≥ 1, got 0"],
    [() => timeLimit(0), "Expected `timeLimit` to be a finite number > 0, got 0"],
    [() => stagnation(5, { least: -1 }), "Expected `stagnation.least` to be a finite number ≥ 0, got -1"],
    [() => stagnation(1.5), "Expected `stagnation` to be an integer ≥ 1, got 1.5"],
    [() => failures(-1), "Expected `failures` to be an integer ≥ 1, got -1"],
    [() => failures({}), "Expected `failures` to be an integer ≥ 1, got undefined"],
    [() => failures({ rate: 1 }), "Expected `failures.rate` to be a share from 0 to below 1, got 1"],
    [() => failures({ rate: 0.1, inARow: true }), "Expected `failures` to be given `inARow` or `rate`, got both"],
    [() => failures(true as never), "Expected `failures` to be a number, { count, inARow, rate } or false, got true"],
    [() => target({}), "Expected `target` to name at least one objective, got {}"],
    [() => target({ ms: Number.NaN }), "Expected `target.ms` to be a finite number, got NaN"],
    [() => generations(0), "Expected `generations` to be an integer ≥ 1, got 0"],
  ])("refuse misuse %#", (make, message) => expect(make).toThrow(message));
});
