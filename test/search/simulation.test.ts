import { expect, it } from "vitest";
import type { TrialContext } from "../../src/core/evaluator.ts";
import type { Trial } from "../../src/core/trial.ts";
import { inline, simulated, type SimulatedTrial } from "../../src/index.ts";
import { keptJournal } from "../study/harness.ts";
import type { SearchResult } from "../../src/search/result.ts";
import { defineSearch } from "../../src/search/search.ts";
import { choice, float } from "../../src/space/index.ts";
import { failures, stagnation, timeLimit } from "../../src/study/stop-rules/index.ts";
import { realClock } from "../../src/system/clock.ts";

const HOUR = 3_600_000;

interface Params {
  readonly x: number;
  readonly kind: "a" | "b";
}

/** What both studies measure: some trials fail. */
function measured({ x, kind }: Params, { number }: Pick<TrialContext, "number">): number {
  if (number % 7 === 3) throw new Error("no luck");
  return (x - 0.3) ** 2 + (kind === "a" ? 0 : 0.5);
}

/** How long each trial takes, in units, so that no two of them end at the same time when so many run at a time. */
function plan(count: number, workers: number): readonly { readonly from: number; readonly to: number }[] {
  const free = Array<number>(workers).fill(0);
  const ends = new Set<number>();
  return Array.from({ length: count }, (_, number) => {
    free.sort((a, b) => a - b);
    const from = free[0]!;
    let to = from + 4 + ((number * 5) % 9);
    while (ends.has(to)) to++;
    ends.add(to);
    free[0] = to;
    return { from, to };
  });
}

const shot = ({ number, params, state, values, failure, memo, generation, attempt }: Trial<Params>): unknown => ({
  number,
  params,
  state,
  values,
  failure: failure?.message,
  memo,
  generation,
  attempt,
});

it.each(["tpe", "genetic", "cmaEs"])(
  "is, trial by trial, the search that really runs with scaled times (%s)",
  async (sampler) => {
    const [count, workers, unit] = [30, 3, 25];
    const times = plan(count, workers);
    const search = defineSearch({
      space: { x: float(0, 1), kind: choice(["a", "b"]) },
      objective: measured,
      sampler,
      trials: count,
      seed: 5,
    });
    const ran = async (options: object): Promise<{ result: SearchResult<Params>; order: number[] }> => {
      const handle = search.with(options).start();
      const order: number[] = [];
      handle.watch(({ event }) => event.type === "trial-finished" && order.push(event.number));
      return { result: (await handle) as unknown as SearchResult<Params>, order };
    };
    const virtual = await ran({
      evaluator: simulated({
        workers,
        duration: ({ number }) => HOUR * (times[number]!.to - times[number]!.from),
      }),
    });
    // Each trial sleeps until its planned moment: what a busy machine delays does not add up, and the order stays.
    let began: number | undefined;
    const real = await ran({
      objective: async (params: Params, trial: TrialContext) => {
        began ??= realClock.now();
        await realClock.sleep(began + unit * times[trial.number]!.to - realClock.now());
        return measured(params, trial);
      },
      evaluator: inline({ workers }),
    });
    expect(virtual.result.trials.map(shot)).toEqual(real.result.trials.map(shot));
    expect(virtual.order).toEqual(real.order);
    const first = virtual.result.trials[0]!.startedAt!;
    expect(
      virtual.result.trials.map(({ startedAt, finishedAt }) => [
        (startedAt! - first) / HOUR,
        (finishedAt! - first) / HOUR,
      ]),
    ).toEqual(times.map(({ from, to }) => [from, to]));
    const late = real.result.trials.map(({ number, finishedAt }) => finishedAt! - began! - unit * times[number]!.to);
    expect(Math.min(...late), "timers may be a millisecond early").toBeGreaterThanOrEqual(-2);
    expect(late.sort((a, b) => a - b)[count / 2]!).toBeLessThan(unit);
  },
);

it("simulates 10,000 trials of hours each, exactly and again", async () => {
  const search = defineSearch({
    space: { x: float(0, 1) },
    objective: ({ x }) => x,
    sampler: "random",
    trials: 10_000,
    seed: 2,
    evaluator: simulated({
      workers: 16,
      duration: ({ params, random }: SimulatedTrial<{ x: number }>) =>
        HOUR + Math.round(HOUR * params.x * random.uniform()),
      failure: 0.05,
    }),
  });
  const runs = [await search.start(), await search.start()];
  const [one, two] = runs.map(({ trials }) => {
    const began = trials[0]!.startedAt!;
    return trials.map(({ number, state, values, startedAt, finishedAt }) => [
      number,
      state,
      values.value,
      startedAt! - began,
      finishedAt! - began,
    ]);
  });
  expect(one).toHaveLength(10_000);
  expect(one).toEqual(two);
  const busy = runs[0]!.trials.reduce((sum, { duration }) => sum + duration, 0);
  const last = Math.max(...one!.map(([, , , , to]) => to as number));
  expect(busy / (16 * last), "no worker stands idle but at the end").toBeGreaterThan(0.998);
});

it("keeps a journal of virtual times, and goes on with it", async () => {
  const journal = await keptJournal();
  const kept = {
    info: { name: "kept", summary: "", durable: true as const },
    location: "",
    open: () => journal.open(),
  };
  const search = defineSearch({
    space: { x: float(0, 1) },
    objective: ({ x }, trial) => (trial.number === 2 ? Promise.reject(new Error("no")) : x),
    sampler: "tpe",
    trials: 8,
    seed: 2,
    journal: kept,
    evaluator: simulated({ workers: 3, duration: HOUR }),
  });
  const whole = await search.with({ journal: undefined }).start();
  const first = await search.with({ stop: timeLimit(1.5 * HOUR) }).start();
  expect(first.reason).toBe("time");
  const events = await journal.events();
  const at = (type: string): number[] => events.filter((e) => e.type === type).map((e) => e.at - events[0]!.at);
  expect(at("trial-finished").map((ms) => ms / HOUR)).toEqual([1, 1, 1, 1.5, 1.5, 1.5]);
  expect(at("search-ended")).toEqual([1.5 * HOUR]);
  const resumed = await search.start();
  expect(resumed.trials).toHaveLength(whole.trials.length);
  expect(resumed.trials.every(({ duration }) => duration === HOUR)).toBe(true);
});

it("tells status and stop rules the virtual time, and stops at once when it is told to", async () => {
  const elapsed: number[] = [];
  const search = defineSearch({
    space: { x: float(0, 1) },
    objective: ({ x }) => x,
    sampler: "random",
    seed: 1,
    stop: [stagnation(1000), failures(3)],
    evaluator: simulated({ workers: 2, duration: HOUR }),
  });
  const handle = search.start();
  handle.watch(({ event }) => {
    if (event.type !== "trial-finished") return;
    elapsed.push(handle.status!.elapsed / HOUR);
    if (event.number === 9) void handle.stop({ now: true });
  });
  const result = await handle;
  expect(result.reason).toBe("stopped");
  expect(elapsed.slice(0, 10)).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
  expect(elapsed.every((hours) => hours <= 5)).toBe(true);
});

it("pauses in virtual time, and costs nothing meanwhile", async () => {
  const handle = defineSearch({
    space: { x: float(0, 1) },
    objective: ({ x }) => x,
    sampler: "random",
    seed: 1,
    trials: 20,
    stop: timeLimit(100 * HOUR),
    evaluator: simulated({ workers: 2, duration: HOUR }),
  }).start();
  await new Promise<void>((paused) => {
    handle.watch(({ event }) => {
      if (event.type === "trial-finished" && event.number === 5) void handle.pause().then(paused);
    });
  });
  for (let i = 0; i < 20; i++) await realClock.sleep(1);
  const before = handle.status!;
  expect(process.getActiveResourcesInfo(), "a simulation that goes on has a turn ahead of it").not.toContain(
    "Immediate",
  );
  for (let i = 0; i < 20; i++) await realClock.sleep(1);
  expect(handle.status).toEqual(before);
  await handle.continue();
  expect((await handle).trials).toHaveLength(20);
});

it("takes its time from an evaluator that is handed over as an instance", async () => {
  const workload = { objective: ({ x }: { x: number }) => x, names: ["value"], log: () => {} };
  const instance = await simulated({ workers: 2, duration: HOUR }).open<{ x: number }>(workload);
  const { trials } = await defineSearch({
    space: { x: float(0, 1) },
    objective: ({ x }) => x,
    sampler: "random",
    trials: 4,
    evaluator: instance,
  }).start();
  expect(trials.map(({ duration }) => duration)).toEqual([HOUR, HOUR, HOUR, HOUR]);
});
