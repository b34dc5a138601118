import { expect, it } from "vitest";
import type { Status, Watched } from "../../src/core/tracker.ts";
import { cost, defineSearch, inline, int, RetryLater } from "../../src/index.ts";
import { realClock } from "../../src/system/clock.ts";
import { log } from "../../src/trackers/log.ts";
import { line } from "../../src/trackers/progress.ts";

it("tell what waits, what is cut off, what was spent and how many run at a time", async () => {
  const lines: string[] = [];
  const progress: string[] = [];
  const seen: Status[] = [];
  const said: string[] = [];
  const look = {
    info: { name: "look", summary: "Looks." },
    create: (watched: Watched) => ({
      track: ({ type }: { readonly type: string }): void => {
        if (type !== "trial-requeued" && type !== "trial-finished" && type !== "search-ended") return;
        seen.push(watched.status);
        progress.push(line(watched));
      },
    }),
  };
  const result = await defineSearch({
    space: { ms: int(1, 3) },
    objective: async ({ ms }, { attempt, number, signal }) => {
      if (number === 1 && attempt === 1) throw new RetryLater(1000, "429");
      if (ms === 3) await realClock.sleep(60_000, signal);
      return { value: ms, cost: 0.5 };
    },
    first: [{ ms: 1 }, { ms: 2 }, { ms: 3 }],
    trials: 3,
    stop: cost(9),
    timeout: { timesBest: 2 },
    evaluator: inline({ workers: 1 }),
    trackers: [log({ stream: { write: (text: string) => lines.push(text) } }), look],
  }).start({ log: (text) => said.push(text) });
  expect(result.trials.map(({ atLeast }) => atLeast)).toEqual([undefined, undefined, true]);
  const requeued = seen.find(({ postponed }) => postponed === 1)!;
  expect(requeued).toMatchObject({ trials: 1, cost: { spent: 0.5, limit: 9 } });
  expect(
    progress.some((text) => text.includes("cost 0.5 of 9, 8.5 left") && text.endsWith("1 to run again later")),
  ).toBe(true);
  expect(seen.at(-1)!.postponed).toBeUndefined();
  expect(lines.some((text) => text.endsWith(" info  trial 1 is to run again in 1.0 s: 429\n"))).toBe(true);
  expect(lines.some((text) => text.includes("trial 2 was cut off, its value has the bound value=2"))).toBe(true);
});

it("show how many run at a time while a search is told to come again later", async () => {
  const workers = new Set<number>();
  const said: string[] = [];
  await defineSearch({
    space: { x: int(1, 100) },
    objective: (_, { attempt, number }) => {
      if (number === 0 && attempt === 1) throw new RetryLater(0);
      return 1;
    },
    trials: 20,
    evaluator: inline({ workers: 4 }),
    trackers: [
      {
        info: { name: "look", summary: "Looks." },
        create: (watched: Watched) => ({ track: () => void workers.add(watched.status.workers) }),
      },
    ],
  }).start({ log: (text) => said.push(text) });
  expect([...workers].sort()).toEqual([2, 3, 4]);
  expect(said).toEqual([
    "asked to come again later: 2 at a time instead of 4",
    "3 at a time again",
    "4 at a time again, as at first",
  ]);
});
