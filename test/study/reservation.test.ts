import { expect, it } from "vitest";
import type { Running } from "../../src/core/sampler.ts";
import { grid } from "../../src/samplers/index.ts";
import { choice, defineSpace, int } from "../../src/space/index.ts";
import type { Reservation } from "../../src/study/reservation.ts";
import type { Study } from "../../src/study/study.ts";
import { exhaust, host, keptJournal, line, open, scripted } from "./harness.ts";

type Line = { readonly x: number };

const reserve = async <P = Line>(study: Study<P>): Promise<Reservation<P>> => {
  const reserved = await study.reserve();
  if (typeof reserved !== "object") throw new Error(`Expected a reservation, got ${reserved}`);
  return reserved;
};
const tenths = (_: unknown, { number }: { number: number }): { unit: number[]; memo: number } => ({
  unit: [number / 10],
  memo: number,
});

it("is a trial once it is committed, and nothing but a number before", async () => {
  const journal = await keptJournal();
  const study = await open({ journal: await journal.open(), trials: 3 });
  const reserved = await reserve(study);
  expect(reserved).toMatchObject({ number: 0, baseline: false });
  expect(line.problem(reserved.params)).toBeUndefined();
  expect((await journal.events()).map(({ type }) => type).slice(2)).toEqual(["trial-created"]);
  expect([study.running, study.trials[0]?.state]).toEqual([0, "waiting"]);
  expect(await reserved.commit()).toMatchObject({ number: 0, attempt: 1, params: reserved.params });
  expect((await journal.events()).map(({ type }) => type).slice(2)).toEqual(["trial-created", "trial-started"]);
  await study.tell(0, 1);
  expect(await exhaust(study)).toBe(2);
});

it("gives the same trials as asking does", async () => {
  const asked = await open({ trials: 6 });
  await exhaust(asked, ({ x }) => x);
  const reserved = await open({ trials: 6 });
  for (let r; typeof (r = await reserved.reserve()) === "object";)
    await reserved.tell((await r.commit()).number, r.params.x);
  expect(reserved.ended).toBe("trials");
  expect(reserved.trials.map(({ params }) => params)).toEqual(asked.trials.map(({ params }) => params));
});

it("may be one of many, which are running to the sampler and in flight in the budget", async () => {
  const seen: (readonly Running[])[] = [];
  const taken: boolean[] = [];
  const sampler = scripted((setting, ask) => {
    seen.push(ask.running);
    taken.push(ask.taken(Float64Array.of(0)));
    return tenths(setting, ask);
  });
  const study = await open({ sampler, trials: 3 });
  const all = [await reserve(study), await reserve(study), await reserve(study)];
  expect(await study.reserve()).toBe("wait");
  expect(await study.ask()).toBe("wait");
  expect(seen.map((running) => running.map(({ number, memo }) => [number, memo]))).toEqual([
    [],
    [[0, 0]],
    [
      [0, 0],
      [1, 1],
    ],
  ]);
  expect(taken).toEqual([false, true, true]);
  await all[1]!.drop("no such compiler");
  expect(await reserve(study)).toMatchObject({ number: 3 });
  expect(seen.at(-1)!.map(({ number }) => number)).toEqual([0, 2]);
  expect(study.trials[1]).toMatchObject({ state: "rejected", reason: "no such compiler" });
  expect(study.trials[1]!.params.x).toBeCloseTo(0.1);
  expect(sampler.told).toMatchObject([{ number: 1, state: "rejected", memo: 1 }]);
  expect(sampler.told[0]!.unit[0]).toBeCloseTo(0.1);
});

it("is committed or dropped once", async () => {
  const study = await open();
  const first = await reserve(study);
  await first.commit();
  const second = await reserve(study);
  await second.drop();
  await expect(first.drop()).rejects.toThrow("Expected trial 0 to be committed or dropped once: it was committed");
  await expect(second.commit()).rejects.toThrow("Expected trial 1 to be committed or dropped once: it was dropped");
  const third = await reserve(study);
  await study.close();
  await expect(third.commit()).rejects.toThrow("The study is closed");
});

it("may be of the baseline, of `first`, of what was enqueued, and of what waits for another attempt", async () => {
  const study = await open({
    trials: 3,
    baseline: { x: 0.5 },
    first: [{ x: 0.1 }],
    retry: { error: 0, invalid: 0, timeout: 0, memory: 0, crash: 1, lost: 1 },
  });
  await study.enqueue({ x: 0.9 });
  const all = [await reserve(study), await reserve(study), await reserve(study), await reserve(study)];
  expect(all.map(({ params, baseline }) => [params.x, baseline]).slice(0, 3)).toEqual([
    [0.5, true],
    [0.1, false],
    [0.9, false],
  ]);
  expect(await study.reserve()).toBe("wait");
  await all[0]!.drop();
  await all[2]!.drop();
  expect(study.trials.map(({ state }) => state)).toEqual(["rejected", "waiting", "rejected", "waiting"]);
  await all[1]!.commit();
  await study.tell(1, { state: "failed", failure: { kind: "crash", message: "boom" } });
  const again = await reserve(study);
  expect(again).toMatchObject({ number: 1, params: { x: 0.1 } });
  await again.drop("not twice");
  expect(study.trials[1]).toMatchObject({ state: "rejected", reason: "not twice", attempt: 1 });
  await study.tell((await all[3]!.commit()).number, 1);
  expect(await exhaust(study)).toBe(2);
  expect(study.counted).toBe(3);
});

it("ends clearly when too many in a row are dropped, and goes on after a commit", async () => {
  const study = await open({ trials: 50, dropLimit: 4 });
  const kept = await reserve(study);
  for (let i = 0; i < 4; i++) await (await reserve(study)).drop();
  expect(await study.reserve()).toBeUndefined();
  expect(await study.ask()).toBeUndefined();
  expect([study.ended, study.dropped, study.counted]).toEqual(["dropped", 4, 0]);
  await kept.commit();
  expect(study.ended).toBeUndefined();
  expect(await study.ask()).toMatchObject({ attempt: 1 });
  await expect(open({ dropLimit: 0 })).rejects.toThrow("Expected `dropLimit` to be an integer ≥ 1, got 0");
});

it("is never given twice: a finite space ends as exhausted, whatever was dropped", async () => {
  const space = defineSpace({ a: int(1, 3), b: choice(["x", "y"]) });
  for (const sampler of [undefined, grid()]) {
    const study = await open({ space, ...(sampler ? { sampler } : {}) });
    const seen: string[] = [];
    for (let r; typeof (r = await study.reserve()) === "object";) {
      seen.push(JSON.stringify(r.params));
      if (r.params.b === "x") await r.drop();
      else await study.tell((await r.commit()).number, r.params.a);
    }
    expect(new Set(seen).size).toBe(6);
    expect([seen.length, study.ended, study.counted]).toEqual([6, "exhausted", 3]);
  }
});

it("rejects what the sampler repeats of outstanding and dropped ones, and draws itself in the end", async () => {
  const study = await open({ sampler: scripted(() => ({ unit: [0.5] })) });
  const first = await reserve(study);
  const second = await reserve(study);
  expect([first.number, second.number]).toEqual([0, 51]);
  expect(study.trials[1]).toMatchObject({
    state: "rejected",
    reason: "the same as trial 0, which is reserved or was dropped",
  });
  expect(second.params.x).not.toBe(first.params.x);
});

it("leaves its number to the next process when its own dies", async () => {
  const journal = await keptJournal();
  const dead = await open({ journal: await journal.open(), trials: 3, host: host(7), baseline: { x: 0.5 } });
  for (let i = 0; i < 4; i++) await reserve(dead);
  const next = await open({ journal: await journal.open(), trials: 3, host: host(8, [7]) });
  const numbers: number[] = [];
  for (let trial; typeof (trial = await next.ask()) === "object";) {
    numbers.push(trial.number);
    await next.tell(trial.number, 1);
  }
  expect(numbers.sort()).toEqual([0, 1, 2, 3]);
  expect(next.trials).toHaveLength(4);
});

it("says so when another process has taken the trial", async () => {
  const journal = await keptJournal();
  const one = await open({ journal: await journal.open(), host: host(1), first: [{ x: 0.3 }] });
  const two = await open({ journal: await journal.open(), host: host(2) });
  const reserved = await reserve(one);
  expect(await two.ask()).toMatchObject({ number: 0 });
  await expect(reserved.commit()).rejects.toThrow(
    "Trial 0 cannot be committed: another process has taken it, and it is running",
  );
  expect(await one.ask()).toMatchObject({ number: 1 });
});

it("says so when another process has taken the last place in the budget", async () => {
  const journal = await keptJournal();
  const first = [{ x: 0.3 }, { x: 0.4 }];
  const one = await open({ journal: await journal.open(), host: host(1), first, trials: 1 });
  const two = await open({ journal: await journal.open(), host: host(2), trials: 2 });
  const reserved = await reserve(one);
  await reserve(two);
  expect(await two.ask()).toMatchObject({ number: 1 });
  await expect(reserved.commit()).rejects.toThrow("Trial 0 cannot be committed: over budget");
  await one.tell(1, 1);
  expect([await one.ask(), one.counted]).toEqual([undefined, 1]);
});
