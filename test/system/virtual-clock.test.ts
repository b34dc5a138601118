import fc from "fast-check";
import { expect, it } from "vitest";
import { held } from "../../src/core/clock.ts";
import { realClock } from "../../src/system/clock.ts";
import { VirtualClock } from "../../src/system/virtual-clock.ts";

const turns = async (n: number): Promise<void> => {
  for (let i = 0; i < n; i++) await realClock.sleep(0);
};

it("wakes sleepers in the order of their times, and of their falling asleep where these agree", () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 30 }), async (naps) => {
      const clock = new VirtualClock(5_000);
      const woken: [nap: number, i: number, at: number][] = [];
      await Promise.all(
        naps.map(async (nap, i) => {
          await clock.sleep(nap * 3_600_000);
          woken.push([nap, i, clock.now()]);
        }),
      );
      const expected = naps.map((nap, i) => [nap, i, 5_000 + nap * 3_600_000]);
      expect(woken).toEqual(expected.sort(([a, i], [b, j]) => a! - b! || i! - j!));
    }),
    { numRuns: 50 },
  ));

it("lets one sleeper do all that it does, naps of real time included, before the next one wakes", async () => {
  const clock = new VirtualClock(0);
  const seen: string[] = [];
  const work = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms);
    await held(clock, async () => {
      for (let i = 0; i < 3; i++) {
        await turns(2);
        seen.push(`${name} at ${clock.now()}`);
      }
    });
  };
  await Promise.all([work("b", 11), work("a", 10)]);
  expect(seen).toEqual([...Array<string>(3).fill("a at 10"), ...Array<string>(3).fill("b at 11")]);
});

it("stands still until everyone who holds it lets go, each once", async () => {
  const clock = new VirtualClock(0);
  const [first, second] = [clock.hold(), clock.hold()];
  let awake = false;
  const nap = clock.sleep(1e9).then(() => (awake = true));
  first();
  first();
  await turns(5);
  expect([awake, clock.now()]).toEqual([false, 0]);
  second();
  await nap;
  expect(clock.now()).toBe(1e9);
});

it("forgets who is roused, and does not go on to that time", async () => {
  const clock = new VirtualClock(0);
  const roused = new AbortController();
  const long = clock.sleep(1_000, roused.signal);
  const release = clock.hold();
  roused.abort();
  await long;
  await clock.sleep(5, roused.signal);
  release();
  await clock.sleep(3);
  await turns(3);
  expect(clock.now()).toBe(3);
});
