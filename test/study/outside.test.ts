import { expect, it } from "vitest";
import type { StudyOptions } from "../../src/study/study-options.ts";
import type { Study } from "../../src/study/study.ts";
import { host, keptJournal, open, standing } from "./harness.ts";

type Line = { readonly x: number };

const random = { name: "random", version: 1, options: {} };
let pid = 1;

/** A process of its own that hands out trials, and those before it are dead. */
async function asker(
  journal: Awaited<ReturnType<typeof keptJournal>>,
  options: Partial<StudyOptions<Line>> & { timeout?: number } = {},
): Promise<Study<Line>> {
  const { timeout, ...rest } = options;
  const own = ++pid;
  const dead = Array.from({ length: own }, (_, i) => i);
  const outside = timeout === undefined ? {} : { timeout };
  return open({
    journal: await journal.open(),
    host: host(own, dead),
    settings: { sampler: random, trials: 2, outside },
    ...rest,
  });
}

it("waits for the result of what was handed out, whoever tells it, after the end of the process that did", async () => {
  const journal = await keptJournal();
  const first = await asker(journal);
  expect(await first.ask()).toMatchObject({ number: 0, attempt: 1 });
  await first.close();
  const search = await open({ journal: await journal.open(), host: host(100, [1, 2]), trials: 2 });
  await search.refresh();
  expect(search.trials[0]).toMatchObject({ state: "running", attempt: 1 });
  expect(search.refreshAfter).toBe(2000);
  expect(await search.ask()).toMatchObject({ number: 1 });
  expect(await search.ask()).toBe("wait");
  const second = await asker(journal);
  expect(await second.tell(0, 5, 1)).toMatchObject({ state: "complete" });
  await second.close();
  await search.refresh();
  expect(search.counted).toBe(1);
  expect(search.refreshAfter).toBe(30_000);
});

it("hands out again, once, what was not told in time", async () => {
  const journal = await keptJournal();
  const clock = standing();
  const first = await asker(journal, { timeout: 1000, clock });
  await first.ask();
  await first.close();
  clock.pass(1000);
  const early = await asker(journal, { clock });
  expect(early.trials[0]!.state).toBe("running");
  clock.pass(1);
  const late = await asker(journal, { clock, timeout: 1000 });
  expect(late.trials[0]).toMatchObject({ state: "queued", retried: { lost: 1 } });
  expect(await late.ask()).toMatchObject({ number: 0, attempt: 2 });
  const heard: string[] = [];
  const teller = await asker(journal, { clock, warn: (message) => void heard.push(message) });
  expect(await teller.tell(0, 1, 1)).toMatchObject({ state: "running", attempt: 2 });
  expect(heard).toEqual([expect.stringContaining("attempt 1 came too late")]);
  clock.pass(1001);
  const last = await asker(journal, { clock });
  expect(last.trials[0]).toMatchObject({
    state: "failed",
    failure: { kind: "lost", message: "no result was told within 1000 ms" },
  });
});

it("uses the numbers that a killed process had claimed and not handed out", async () => {
  const journal = await keptJournal();
  const first = await asker(journal);
  await first.reserve();
  const second = await asker(journal);
  expect(await second.ask()).toMatchObject({ number: 0 });
  expect(await second.ask()).toMatchObject({ number: 1 });
  expect(await second.ask()).toBe("wait");
});
