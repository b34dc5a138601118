import { expect, it } from "vitest";
import { DiskSync } from "../../src/journals/disk-sync.ts";
import { realClock } from "../../src/system/clock.ts";

/** A clock whose naps end when the test says so, or their signal. */
function napping(): { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void>; wake(): void } {
  let wake = (): void => {};
  return {
    now: () => 0,
    sleep: (_, signal) =>
      new Promise((resolve) => {
        wake = resolve;
        signal?.addEventListener("abort", () => resolve());
      }),
    wake: () => wake(),
  };
}

it("syncs once for all that was written in its time, and not before", async () => {
  const clock = napping();
  let synced = 0;
  const disk = new DiskSync(async () => void synced++, clock, 100);
  for (let i = 0; i < 5; i++) disk.written();
  await realClock.sleep(0);
  expect(synced).toBe(0);
  clock.wake();
  await realClock.sleep(0);
  expect(synced).toBe(1);
  disk.written();
  clock.wake();
  await realClock.sleep(0);
  expect(synced).toBe(2);
});

it("syncs at once when it is flushed or closed, if there is anything to sync", async () => {
  let synced = 0;
  const disk = new DiskSync(async () => void synced++, napping(), 100);
  await disk.flush();
  expect(synced).toBe(0);
  disk.written();
  await disk.flush();
  expect(synced).toBe(1);
  disk.written();
  await disk.close();
  expect(synced).toBe(2);
});

it("keeps the error of a sync that nobody waited for, and gives it to whoever asks next", async () => {
  const clock = napping();
  const disk = new DiskSync(() => Promise.reject(new Error("the disk is broken")), clock, 100);
  disk.written();
  disk.check();
  clock.wake();
  await realClock.sleep(0);
  expect(() => disk.check()).toThrow("the disk is broken");
  await expect(disk.flush()).rejects.toThrow("the disk is broken");
});
