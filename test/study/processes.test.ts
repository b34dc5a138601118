import { expect, it, vi } from "vitest";
import type { StudyEvent } from "../../src/core/event.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import { Loop } from "../../src/study/loop.ts";
import type { Study } from "../../src/study/study.ts";
import { realClock } from "../../src/system/clock.ts";
import { exhaust, host, keptJournal, open, standing } from "./harness.ts";

type Line = { readonly x: number };

const LEASE = 1000;
const done: Outcome = { state: "complete", values: { value: { value: 1 } } };
const starts = (events: readonly StudyEvent[], name: string): number =>
  events.filter((event) => event.type === "search-started" && event.process.host === name).length;

it("takes over what a process on another host ran once it was silent for a whole lease, by its own clock", async () => {
  const journal = await keptJournal();
  const clock = standing();
  const common = { trials: 3, lease: LEASE, clock };
  const far = await open({ ...common, journal: await journal.open(), host: host(1, [], "far"), clock: standing() });
  await far.ask();
  await far.reserve();
  clock.pass(1_000_000);
  const near = await open({ ...common, journal: await journal.open(), host: host(1, [], "near") });
  clock.pass(LEASE - 1);
  await near.refresh();
  expect(near.trials[0]).toMatchObject({ state: "running", attempt: 1 });
  clock.pass(1);
  await near.refresh();
  expect(near.trials[0]).toMatchObject({ state: "queued", attempt: 1, retried: { lost: 1 } });
  expect(await exhaust(near)).toBe(3);
  expect(near.trials).toHaveLength(3);
  const lost = (await journal.events()).find((event) => event.type === "trial-requeued");
  expect(lost).toMatchObject({ failure: { kind: "lost", host: "far" } });
});

it("leaves alone those that renew their lease, which only those do who have others on other hosts", async () => {
  const journal = await keptJournal();
  const clock = standing();
  const common = { lease: LEASE, clock };
  const far = await open({ ...common, journal: await journal.open(), host: host(1, [], "far") });
  await far.ask();
  for (let i = 0; i < 20; i++) {
    clock.pass(LEASE / 4);
    await far.refresh();
  }
  expect(starts(await journal.events(), "far")).toBe(1);
  const near = await open({ ...common, journal: await journal.open(), host: host(1, [], "near") });
  const neighbour = await open({ ...common, journal: await journal.open(), host: host(2, [], "near") });
  const heard: string[] = [];
  near.listen((event) => heard.push(event.type));
  for (let i = 0; i < 20; i++) {
    clock.pass(LEASE / 4);
    for (const study of [far, near, neighbour]) await study.refresh();
  }
  expect(far.trials[0]!.state).toBe("running");
  const events = await journal.events();
  for (const name of ["far", "near"])
    expect(starts(events, name) / (name === "near" ? 2 : 1), name).toBeGreaterThanOrEqual(10);
  expect(starts(events, "far")).toBeLessThanOrEqual(12);
  expect(heard.filter((type) => type === "search-started")).toHaveLength(2);
  await far.close();
  const [before] = [starts(await journal.events(), "near")];
  for (let i = 0; i < 8; i++) {
    clock.pass(LEASE / 4);
    for (const study of [near, neighbour]) await study.refresh();
  }
  expect(starts(await journal.events(), "near")).toBe(before);
});

it("takes a death that two notice at once for one", async () => {
  const journal = await keptJournal();
  const deaths: number[] = [];
  const common = { trials: 2 };
  const dead = await open({ ...common, journal: await journal.open(), host: host(7) });
  await dead.ask();
  const one = await open({ ...common, journal: await journal.open(), host: host(8, deaths) });
  const two = await open({ ...common, journal: await journal.open(), host: host(9, deaths) });
  deaths.push(7);
  await Promise.all([one.refresh(), two.refresh()]);
  expect((await journal.events()).filter(({ type }) => type === "trial-requeued")).toHaveLength(2);
  for (const study of [one, two]) await study.refresh();
  for (const { trials, queued } of [one, two]) expect([trials[0]!.retried, queued]).toEqual([{ lost: 1 }, 1]);
  expect(await two.ask()).toMatchObject({ number: 0, attempt: 2 });
  await one.refresh();
  expect([one.trials[0]!.attempt, one.running, one.queued]).toEqual([2, 1, 0]);
  await two.tell(0, 1);
  expect(await exhaust(one)).toBe(1);
});

it("goes on when it was taken for dead: what its old attempts become is dropped, the trial's one result stays", async () => {
  const journal = await keptJournal();
  const clock = standing();
  const warnings: string[] = [];
  const common = { trials: 6, lease: LEASE, clock, warn: (message: string) => void warnings.push(message) };
  const paused: Study<Line> = await open({ ...common, journal: await journal.open(), host: host(1, [], "far") });
  let goOn = (): void => {};
  const halted = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let started = 0;
  const loop = new Loop<Line>({
    study: paused,
    evaluator: {
      concurrency: 3,
      evaluate: async (task) => {
        if (++started <= 3) await halted;
        await task.report(1, { value: 1 });
        return done;
      },
      [Symbol.asyncDispose]: async () => {},
    },
    rules: [],
    clock: { now: () => clock.now(), sleep: (_, signal) => (signal ? new Promise(() => {}) : realClock.sleep(1)) },
  });
  const run = loop.run();
  await vi.waitFor(() => expect(started).toBe(3));
  const other = await open({ ...common, journal: await journal.open(), host: host(1, [], "near") });
  clock.pass(LEASE);
  await other.refresh();
  expect(other.queued).toBe(3);
  await other.ask();
  const second = (await other.ask()) as { number: number };
  await other.tell(second.number, 7);
  goOn();
  await realClock.sleep(20);
  expect(await other.tell(0, 5)).toMatchObject({ state: "complete", attempt: 2, values: { value: 5 } });
  expect(await run).toBe("trials");
  await paused.refresh();
  expect(paused.trials.map(({ state, values }) => [state, values["value"]])).toEqual([
    ["complete", 5],
    ["complete", 7],
    ...Array.from({ length: 4 }, () => ["complete", 1]),
  ]);
  expect(paused.counted).toBe(6);
  expect(warnings.length).toBeGreaterThan(0);
});

it("looks after others while its own trial takes long", async () => {
  const journal = await keptJournal();
  const deaths: number[] = [];
  const dead = await open({ trials: 2, journal: await journal.open(), host: host(7) });
  await dead.ask();
  const study = await open({
    trials: 2,
    journal: await journal.open(),
    host: host(8, deaths),
    lease: 20,
    clock: realClock,
  });
  let running = 0;
  let most = 0;
  const loop = new Loop<Line>({
    study,
    evaluator: {
      concurrency: 2,
      evaluate: async ({ number }) => {
        most = Math.max(most, ++running);
        if (number === 1) {
          deaths.push(7);
          while (study.trials[0]!.state !== "complete") await realClock.sleep(1);
        }
        running--;
        return done;
      },
      [Symbol.asyncDispose]: async () => {},
    },
    rules: [],
    clock: realClock,
  });
  expect(await loop.run()).toBe("trials");
  expect(study.trials.map(({ attempt }) => attempt)).toEqual([2, 1]);
  expect(most).toBe(2);
});
