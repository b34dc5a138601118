import { expect, it } from "vitest";
import { Stopwatch } from "../../src/study/stopwatch.ts";
import { standing } from "./harness.ts";

it("stands still in pauses, and says when a time is over without further ones", () => {
  const clock = standing();
  const watch = new Stopwatch(clock);
  clock.pass(10);
  expect([watch.elapsed, watch.timeOf(30)]).toEqual([10, 1030]);
  watch.pause();
  clock.pass(100);
  watch.pause();
  clock.pass(100);
  expect([watch.paused, watch.elapsed, watch.timeOf(30)]).toEqual([true, 10, Infinity]);
  watch.continue();
  watch.continue();
  clock.pass(5);
  expect([watch.paused, watch.elapsed, watch.timeOf(30)]).toEqual([false, 15, 1230]);
  watch.pause();
  clock.pass(7);
  watch.continue();
  expect([watch.elapsed, watch.timeOf(30)]).toEqual([15, 1237]);
});
