import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { realClock } from "../../src/system/clock.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("sleeps for as long as asked, also beyond the longest timer", async () => {
  for (const ms of [0, 5, 2 ** 31 - 1, 40 * 86_400_000]) {
    let awake = false;
    void realClock.sleep(ms).then(() => (awake = true));
    if (ms > 0) await vi.advanceTimersByTimeAsync(ms - 1);
    if (ms > 0) expect(awake, `${ms}`).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(awake, `${ms}`).toBe(true);
  }
});

it("wakes when the signal aborts, without rejecting and without a timer left", async () => {
  const controller = new AbortController();
  const sleep = realClock.sleep(1e9, controller.signal);
  expect(vi.getTimerCount()).toBe(1);
  controller.abort();
  await sleep;
  expect(vi.getTimerCount()).toBe(0);
  await realClock.sleep(1e9, controller.signal);
  expect(vi.getTimerCount()).toBe(0);
});

it("tells the time", () => {
  vi.setSystemTime(1_234_567);
  expect(realClock.now()).toBe(1_234_567);
});
