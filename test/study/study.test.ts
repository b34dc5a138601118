import { describe, expect, it } from "vitest";
import type { Ask, Suggestion } from "../../src/core/sampler.ts";
import { choice, defineSpace, int } from "../../src/space/index.ts";
import { exhaust, host, judging, keptJournal, open, scripted } from "./harness.ts";

const small = defineSpace({ a: int(1, 3), b: choice(["x", "y"]) });
const at = (u: number): { unit: number[] } => ({ unit: [u] });

describe("a study", () => {
  it("hands out exactly its budget", async () => {
    const study = await open({ trials: 7 });
    expect(await exhaust(study)).toBe(7);
    expect([study.counted, study.ended, study.trials.length]).toEqual([7, "trials", 7]);
  });

  it("never starts more than its budget, whatever runs at the same time", async () => {
    const study = await open({ trials: 5 });
    const asked = await Promise.all(Array.from({ length: 9 }, () => study.ask()));
    expect(asked.filter((trial) => typeof trial === "object")).toHaveLength(5);
    expect(asked.filter((trial) => trial === "wait")).toHaveLength(4);
  });

  it("counts complete, pruned and failed trials, and gives a cancelled one's place to another", async () => {
    const study = await open({ trials: 4 });
    const outcomes = [
      { state: "cancelled", reason: "stop" },
      { state: "pruned" },
      { state: "failed", failure: { kind: "error", message: "no" } },
    ] as const;
    expect(await exhaust(study, (_, number) => outcomes[number] ?? 1)).toBe(5);
    expect(study.trials.map(({ state }) => state)).toEqual(["cancelled", "pruned", "failed", "complete", "complete"]);
  });

  it("is reproducible from its seed, and a trial's seed is its own", async () => {
    const run = async (seed: number): Promise<unknown> => {
      const study = await open({ trials: 5, seed });
      await exhaust(study);
      return study.trials.map(({ params }) => params);
    };
    expect(await run(3)).toEqual(await run(3));
    expect(await run(3)).not.toEqual(await run(4));
    const study = await open({ trials: 3 });
    const seeds = [await study.ask(), await study.ask(), await study.ask()].map(
      (trial) => (trial as { seed: number }).seed,
    );
    expect(new Set(seeds).size).toBe(3);
    expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)).toBe(true);
  });

  it("tries the baseline first, free of budget, then `first`, then what was enqueued, then the sampler's", async () => {
    const study = await open({ trials: 4, baseline: { x: 0.5 }, first: [{ x: 0.1 }, { x: 0.2 }] });
    await study.enqueue({ x: 0.9 });
    expect(await exhaust(study)).toBe(5);
    expect(study.trials.slice(0, 4).map(({ params, source }) => [source, params.x])).toEqual([
      ["baseline", 0.5],
      ["first", 0.1],
      ["first", 0.2],
      ["enqueued", 0.9],
    ]);
    expect(study.counted).toBe(4);
  });

  it("refuses a baseline, a first or an enqueued configuration that the space does not hold, before anything is written", async () => {
    const journal = await keptJournal();
    await expect(open({ journal: await journal.open(), baseline: { x: 2 } })).rejects.toThrow(
      "Wrong `baseline`: `x`: expected a number from 0 to 1, got 2",
    );
    await expect(open({ journal: await journal.open(), first: [{ x: 0 }, { x: -1 }] })).rejects.toThrow(
      "Wrong `first[1]`: `x`: expected a number",
    );
    expect(await journal.events()).toEqual([]);
    const study = await open();
    await expect(study.enqueue({ x: 7 })).rejects.toThrow("Cannot enqueue: `x`: expected a number from 0 to 1, got 7");
  });

  it("completes a repeated configuration as the twin of the first, free of budget, and tells the sampler", async () => {
    const sampler = scripted((_, { number }) => at(number < 3 ? 0.25 : 0.75));
    const study = await open({ sampler, trials: 2 });
    expect(await exhaust(study, ({ x }) => x)).toBe(2);
    expect(study.trials.map(({ state, twin, values }) => [state, twin, values["value"]])).toEqual([
      ["complete", undefined, 0.25],
      ["complete", 0, 0.25],
      ["complete", 0, 0.25],
      ["complete", undefined, 0.75],
    ]);
    expect(sampler.told.map(({ number, losses }) => [number, losses[0]])).toEqual([
      [0, 0.25],
      [1, 0.25],
      [2, 0.25],
    ]);
  });

  it("tries a configuration again of which nothing is known: cancelled, or lost for good", async () => {
    const sampler = scripted(() => ({ unit: [0.5] }));
    const study = await open({ sampler, trials: 2 });
    const fates = [
      { state: "cancelled", reason: "stop" },
      { state: "failed", failure: { kind: "lost", message: "gone" } },
      { state: "failed", failure: { kind: "lost", message: "gone" } },
    ] as const;
    let n = 0;
    expect(await exhaust(study, () => fates[n++] ?? 1)).toBe(4);
    expect(study.trials.map(({ state, twin }) => [state, twin])).toEqual([
      ["cancelled", undefined],
      ["failed", undefined],
      ["complete", undefined],
    ]);
    expect(sampler.told, "and nothing is learnt from it").toEqual([]);
  });

  it("lets a twin join a running trial, and finishes both together", async () => {
    const sampler = scripted((_, { number }) => at(number < 2 ? 0.25 : 0.75));
    const study = await open({ sampler, trials: 5 });
    const first = await study.ask();
    const other = await study.ask();
    expect([(first as { number: number }).number, (other as { number: number }).number]).toEqual([0, 2]);
    expect(study.trials[1]).toMatchObject({ state: "running", twin: 0 });
    await study.tell(0, 9);
    expect(study.trials[1]).toMatchObject({ state: "complete", twin: 0, values: { value: 9 } });
  });

  it("shows the sampler as running what it must not propose again: running trials, their twins, lost ones", async () => {
    const seen: number[][] = [];
    const memos: unknown[] = [];
    const ask = (_: unknown, { number, running }: Pick<Ask, "number" | "running">): Suggestion => {
      seen.push(running.map((trial) => trial.number));
      for (const { memo } of running) memos.push(memo);
      return { ...at(number < 2 ? 0.25 : number / 10), memo: "mine" };
    };
    const journal = await keptJournal();
    const study = await open({ sampler: scripted(ask), journal: await journal.open(), host: host(7) });
    await study.ask();
    await study.ask();
    await study.ask();
    expect(seen).toEqual([[], [0], [0, 1], [0, 1, 2]]);
    await study.tell(0, 1);
    await study.ask();
    expect(seen.at(-1)).toEqual([2, 3]);
    const resumed = await open({
      sampler: scripted(ask),
      journal: await journal.open(),
      host: host(8, [7]),
      trials: 5,
    });
    for (const number of [2, 3, 4]) expect(await resumed.ask()).toMatchObject({ number, attempt: 2 });
    await resumed.ask();
    expect(seen.at(-1)).toEqual([2, 3, 4]);
    expect(new Set(memos)).toEqual(new Set(["mine"]));
  });

  it("evaluates a configuration again when the sampler insists", async () => {
    const study = await open({ sampler: scripted(() => ({ unit: [0.5], again: true })), trials: 3 });
    expect(await exhaust(study)).toBe(3);
  });

  it("rejects what `where` refuses, free of budget, tells the sampler, and draws itself after fifty in a row", async () => {
    const ruled = defineSpace({ a: int(1, 10) }, { where: (p) => p.a > 5 || "too small" });
    const sampler = scripted((_, { number }) => ({ unit: [0], memo: number }));
    const study = await open({ space: ruled, sampler, trials: 2 });
    expect(await exhaust(study)).toBe(2);
    const rejected = study.trials.filter(({ state }) => state === "rejected");
    expect(rejected).toHaveLength(100);
    expect(rejected[0]).toMatchObject({ reason: "too small", params: { a: 1 } });
    expect(sampler.told.filter(({ state }) => state === "rejected")[1]).toMatchObject({ memo: 1 });
    expect(study.trials.filter(({ state }) => state === "complete").map(({ note }) => note)).toEqual(
      Array(2).fill("drawn by the study: the sampler repeated itself"),
    );
  });

  it("ends as exhausted once every configuration was tried, each once", async () => {
    const study = await open({ space: small, trials: 100 });
    expect(await exhaust(study)).toBe(6);
    expect(study.ended).toBe("exhausted");
  });

  it("waits when the sampler does, and calls it out when nothing runs", async () => {
    const sampler = scripted((_, { running, number }) => (number > 0 || running.length > 0 ? "wait" : at(0.5)));
    const study = await open({ sampler });
    const first = await study.ask();
    expect(await study.ask()).toBe("wait");
    await study.tell((first as { number: number }).number, 1);
    await expect(study.ask()).rejects.toThrow("The sampler `scripted` waits while nothing runs");
  });

  it("uses a number that was claimed and not used for the next trial", async () => {
    const study = await open({
      sampler: scripted((_, ask) => (ask.running.length > 0 ? "wait" : at(ask.number / 10))),
    });
    for (let number = 0; number < 3; number++) {
      expect(await study.ask()).toMatchObject({ number });
      expect(await study.ask()).toBe("wait");
      await study.tell(number, 1);
    }
  });

  it.each([
    [{ value: Number.NaN }, "invalid", 'Expected `value` to be a finite number, got {"value":"NaN"}'],
    ["12", "invalid", 'Expected the objective to return a number, samples, { value, stderr } or { value }, got "12"'],
    [{ other: 1 }, "invalid", "Expected the objective to return `value`, got `other`"],
    [{ state: "complete", values: {} }, "invalid", "Expected the outcome to hold a finite `value`"],
  ])("makes %j a failed trial", async (told, kind, message) => {
    const study = await open();
    const trial = (await study.ask()) as { number: number };
    expect(await study.tell(trial.number, told as never)).toMatchObject({
      state: "failed",
      failure: { kind, message },
    });
  });

  it("keeps samples as their median with its standard error, and records further names", async () => {
    const study = await open({ objectives: { ms: "minimize" } });
    const trial = (await study.ask()) as { number: number };
    const told = await study.tell(trial.number, { ms: [3, 1, 2], rss: { value: 9, stderr: 0.5 } });
    expect(told.measured).toEqual({
      ms: { value: 2, stderr: expect.closeTo(Math.sqrt(Math.PI / 2) / Math.sqrt(3), 12), samples: 3 },
      rss: { value: 9, stderr: 0.5 },
    });
  });

  it("tells the sampler losses, standard errors and constraints", async () => {
    const sampler = scripted((_, { number }) => at(number / 10));
    const study = await open({
      sampler,
      objectives: { speed: "maximize", ms: "minimize" },
      constraints: { rss: { max: 10, min: 2 } },
    });
    const told = { speed: 4, ms: { value: 2, stderr: 0.1 }, rss: 12 };
    await study.tell(((await study.ask()) as { number: number }).number, told);
    await study.ask();
    expect(sampler.told[0]).toMatchObject({ losses: [-4, 2], errors: [NaN, 0.1], constraints: [2, -10] });
  });

  it("refuses to be told of a trial that does not run", async () => {
    const study = await open();
    await expect(study.tell(0, 1)).rejects.toThrow("Expected trial 0 to be running, got no such trial");
    const trial = (await study.ask()) as { number: number };
    await study.tell(trial.number, 1);
    await expect(study.tell(trial.number, 2)).rejects.toThrow("Expected trial 0 to be running, got complete");
  });

  it("keeps reports, and prunes when the pruner says so", async () => {
    const pruner = judging((_, { losses }) => (losses[0]! > 5 ? "prune" : "continue"));
    const study = await open({ pruner });
    const { number } = (await study.ask()) as { number: number };
    expect(await study.report(number, 1, { value: 3 })).toBe("continue");
    expect(await study.report(number, 2, { value: 8 })).toBe("prune");
    expect((await study.tell(number, { state: "pruned" })).reports).toEqual([
      { step: 1, values: { value: 3 }, elapsed: 1 },
      { step: 2, values: { value: 8 }, elapsed: 2 },
    ]);
  });
});

describe("a study in a journal", () => {
  it("goes on where it stopped: the same trials as without a stop", async () => {
    const journal = await keptJournal();
    const whole = await open({ trials: 10 });
    await exhaust(whole, ({ x }) => x);
    const begun = await open({ trials: 4, journal: await journal.open() });
    await exhaust(begun, ({ x }) => x);
    await begun.close();
    const resumed = await open({ trials: 10, seed: 99, journal: await journal.open() });
    expect(resumed.counted).toBe(4);
    expect(await exhaust(resumed, ({ x }) => x)).toBe(6);
    expect(resumed.trials.map(({ params, values }) => [params, values])).toEqual(
      whole.trials.map(({ params, values }) => [params, values]),
    );
  });

  it("runs once more, as a second attempt, what a dead process was running; lost twice it has failed", async () => {
    const journal = await keptJournal();
    const dead = await open({ trials: 3, journal: await journal.open(), host: host(7) });
    const asked = (await dead.ask()) as { number: number; params: unknown };
    const second = await open({ trials: 3, journal: await journal.open(), host: host(8, [7]) });
    expect(await second.ask()).toMatchObject({ number: asked.number, attempt: 2, params: asked.params });
    const third = await open({ trials: 3, journal: await journal.open(), host: host(9, [7, 8]) });
    expect(third.trials[0]).toMatchObject({ state: "failed", attempt: 2, failure: { kind: "lost" } });
    expect(await exhaust(third)).toBe(2);
  });

  it("leaves alone what a living process runs, and keeps one exact budget between them", async () => {
    const journal = await keptJournal();
    const one = await open({ trials: 6, journal: await journal.open(), host: host(1) });
    const two = await open({ trials: 6, journal: await journal.open(), host: host(2) });
    const numbers: number[] = [];
    for (let i = 0; i < 4; i++) {
      for (const study of [one, two]) {
        const trial = await study.ask();
        if (typeof trial !== "object") continue;
        numbers.push(trial.number);
        if (i % 2) await study.tell(trial.number, 1);
      }
    }
    await one.refresh();
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(one.counted + one.running).toBe(6);
    for (const study of [one, two])
      for (const { number, state, writer } of study.trials)
        if (state === "running" && writer.includes(study === one ? "here-1-" : "here-2-")) await study.tell(number, 1);
    await one.refresh();
    expect(await one.ask()).toBeUndefined();
    expect(one.counted).toBe(6);
  });

  it("gives a memo back only to the sampler of the same name and version", async () => {
    const journal = await keptJournal();
    const suggest = (_: unknown, { number }: { number: number }): { unit: number[]; memo: string } => ({
      unit: [number / 20],
      memo: "mine",
    });
    const first = await open({ sampler: scripted(suggest), trials: 1, journal: await journal.open() });
    await exhaust(first);
    await first.close();
    for (const [sampler, memo] of [
      [scripted(suggest), "mine"],
      [scripted(suggest, "scripted", 2), undefined],
      [scripted(suggest, "other"), undefined],
    ] as const) {
      const again = await open({ sampler, trials: 9, journal: await journal.open() });
      await again.ask();
      expect(sampler.told[0]?.memo).toBe(memo);
      await again.close();
    }
  });

  it("offers to adopt when the space has changed, and sets aside what does not fit", async () => {
    const journal = await keptJournal();
    const wide = defineSpace({ a: int(1, 9) });
    const narrow = defineSpace({ a: int(1, 4) });
    const before = await open({ space: wide, trials: 9, journal: await journal.open() });
    await exhaust(before, ({ a }) => a);
    await before.close();
    await expect(open({ space: narrow, journal: await journal.open() })).rejects.toThrow(
      /The journal holds trials of another search:\n {2}a: .*"high":9.* → .*"high":4[\s\S]*takes over the 4 of its 9 complete trials/,
    );
    const warnings: string[] = [];
    const adopted = await open({
      space: narrow,
      trials: 5,
      journal: await journal.open(),
      adopt: true,
      warn: (message) => warnings.push(message),
    });
    expect(warnings[0]).toMatch(
      /^5 of 9 trials do not fit and are set aside:\n {2}trial \d: `a`: expected an integer from 1 to 4, got \d/,
    );
    expect(adopted.counted).toBe(4);
    expect(await adopted.ask()).toBeUndefined();
    await adopted.close();
    const again = await open({ space: narrow, trials: 5, journal: await journal.open() });
    expect(again.counted).toBe(4);
  });

  it("adopts a new objective where it was measured already, and warns when the objective's text changed", async () => {
    const journal = await keptJournal();
    const before = await open({ trials: 3, objectives: { ms: "minimize" }, journal: await journal.open() });
    await exhaust(before, (_, number): Record<string, number> => (number < 2 ? { ms: 1, bytes: 5 } : { ms: 1 }));
    await before.close();
    const after = await open({
      trials: 3,
      objectives: { bytes: "minimize" },
      journal: await journal.open(),
      adopt: true,
    });
    expect(after.trials.map(({ aside }) => aside)).toEqual([undefined, undefined, "`bytes` was not measured"]);
  });

  it("agrees with another process that created the same journal at the same time", async () => {
    const journal = await keptJournal();
    const [one, two] = await Promise.all([
      open({ trials: 4, baseline: { x: 0.5 }, journal: await journal.open(), host: host(1) }),
      open({ trials: 4, baseline: { x: 0.5 }, journal: await journal.open(), host: host(2) }),
    ]);
    await Promise.all([exhaust(one), exhaust(two)]);
    await one.refresh();
    expect(one.counted).toBe(4);
    expect(one.trials.filter(({ source, state }) => source === "baseline" && state === "complete")).toHaveLength(1);
  });
});
