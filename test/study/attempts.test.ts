import { describe, expect, it } from "vitest";
import type { Journal } from "../../src/core/journal.ts";
import type { FailureKind, Outcome } from "../../src/core/outcome.ts";
import { grid } from "../../src/samplers/index.ts";
import { defineSpace, float, int } from "../../src/space/index.ts";
import { RETRY } from "../../src/core/attempt-policy.ts";
import { exhaust, host, judging, keptJournal, open, scripted, standing } from "./harness.ts";

const failure = (kind: FailureKind): Outcome => ({ state: "failed", failure: { kind, message: `it was ${kind}` } });
const number = (trial: unknown): number => (trial as { number: number }).number;

describe("retry", () => {
  it("runs a trial again as often as the kind of its failure allows, each kind for itself, also after a resume", async () => {
    const journal = await keptJournal();
    const retry = { ...RETRY, crash: 2, timeout: 1 };
    const events: string[] = [];
    const study = await open({ journal: await journal.open(), trials: 1, retry });
    study.listen((event) => events.push(event.type === "trial-requeued" ? event.failure.kind : event.type));
    for (const kind of ["crash", "timeout"] as const) {
      await study.ask();
      expect((await study.tell(0, failure(kind))).state).toBe("queued");
    }
    expect([study.counted, study.running, study.queued]).toEqual([0, 0, 1]);
    await study.close();
    expect(events.filter((type) => type === "crash" || type === "timeout")).toEqual(["crash", "timeout"]);
    const resumed = await open({ journal: await journal.open(), trials: 1, retry, host: host(2) });
    expect(await resumed.ask()).toMatchObject({ number: 0, attempt: 3 });
    expect((await resumed.tell(0, failure("crash"))).state).toBe("queued");
    await resumed.ask();
    expect(await resumed.tell(0, failure("timeout"))).toMatchObject({
      state: "failed",
      attempt: 4,
      failure: { kind: "timeout" },
      retried: { crash: 2, timeout: 1 },
    });
    expect([resumed.counted, await resumed.ask()]).toEqual([1, undefined]);
  });

  it("is of the same configuration and seed, and leaves no trace in a trial that succeeds", async () => {
    const study = await open({ trials: 1, retry: { ...RETRY, error: 1 }, baseline: { x: 0.5 } });
    const first = await study.ask();
    expect(first).toMatchObject({ baseline: true });
    await study.report(0, 1, { value: 3 });
    await study.tell(0, failure("error"));
    const second = await study.ask();
    expect(second).toEqual({ ...(first as object), attempt: 2 });
    const trial = await study.tell(0, 7);
    expect(trial).toMatchObject({ state: "complete", values: { value: 7 }, reports: [] });
    expect(trial.failure).toBeUndefined();
    expect(await exhaust(study)).toBe(1);
  });

  it("happens by default only to lost trials, once", async () => {
    const study = await open({ trials: 7 });
    const kinds = ["error", "invalid", "timeout", "memory", "crash", "lost"] as const;
    let next = 0;
    expect(await exhaust(study, () => (next < kinds.length ? failure(kinds[next++]!) : 1))).toBe(8);
    expect(study.trials.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1, 1, 2, 1]);
  });
});

describe("telling", () => {
  it("works by number for whatever runs, also in another process", async () => {
    const journal = await keptJournal();
    const one = await open({ journal: await journal.open(), host: host(1), trials: 2 });
    const two = await open({ journal: await journal.open(), host: host(2), trials: 2 });
    const asked = number(await one.ask());
    expect(await two.tell(asked, 5)).toMatchObject({ state: "complete", values: { value: 5 } });
    expect(await one.tell(asked, 6), "the first result counts").toMatchObject({ values: { value: 5 } });
    await expect(one.tell(asked, 6)).rejects.toThrow("Expected trial 0 to be running, got complete");
    await expect(one.tell(9, 6)).rejects.toThrow("Expected trial 9 to be running, got no such trial");
  });

  it("names the host in every failure", async () => {
    const study = await open({ host: host(1, [], "build-7") });
    await study.ask();
    expect((await study.tell(0, failure("crash"))).failure).toEqual({
      kind: "crash",
      message: "it was crash",
      host: "build-7",
    });
  });

  it("keeps of a failure what a journal can bear", async () => {
    const study = await open();
    await study.ask();
    const text = "x".repeat(50_000);
    const told = { state: "failed", failure: { kind: "error", message: `a${text}`, stderr: `${text}z` } } as const;
    const { message, stderr } = (await study.tell(0, told)).failure!;
    expect([message.length, stderr!.length, message[0], stderr!.at(-1)]).toEqual([16_384, 16_384, "a", "z"]);
  });

  it("drops with a warning what is too late for its attempt", async () => {
    const warnings: string[] = [];
    const study = await open({ retry: { ...RETRY, error: 1 }, warn: (message) => warnings.push(message) });
    await study.ask();
    await study.tell(0, failure("error"));
    expect(await study.report(0, 1, { value: 1 }, 1)).toBe("prune");
    expect(await study.tell(0, 3, 1)).toMatchObject({ state: "queued", values: {} });
    await study.ask();
    expect(study.reportSync(0, 1, { value: 1 }, 1)).toBe("prune");
    expect(study.reportSync(0, 1, { value: 1 }, 2)).toBe("continue");
    expect(await study.tell(0, 3, 1)).toMatchObject({ state: "running" });
    expect(await study.tell(0, 4, 2)).toMatchObject({ state: "complete", values: { value: 4 } });
    expect(warnings).toEqual(
      ["queued", "running"].map(
        (state) =>
          `trial 0: the result of attempt 1 came too late and is dropped: its process was taken for dead, and the trial is ${state}`,
      ),
    );
  });
});

describe("reports", () => {
  it("of an attempt that was taken for dead leave no trace in the one that runs now", async () => {
    const journal = await keptJournal();
    const dead = await open({ journal: await journal.open(), host: host(1) });
    await dead.ask();
    const next = await open({ journal: await journal.open(), host: host(2, [1]) });
    expect(await next.ask()).toMatchObject({ number: 0, attempt: 2 });
    await dead.report(0, 1, { value: 9 }, 1);
    await next.report(0, 1, { value: 3 }, 2);
    expect((await next.tell(0, 4, 2)).reports).toMatchObject([{ step: 1, values: { value: 3 } }]);
  });
});

describe("updates", () => {
  it("hold every objective, count the steps, and give the verdict", async () => {
    const pruner = judging((_, { step }) => (step > 7 ? "prune" : "continue"));
    const study = await open({ pruner, objectives: { loss: "minimize", speed: "maximize" } });
    for (let i = 0; i < 4; i++) await study.ask();
    await expect(study.update(3, { accuracy: 1, speed: 2 })).rejects.toThrow(
      "Expected the update of trial 3 to hold `loss`, got `accuracy`, `speed`",
    );
    await expect(study.update(3, {})).rejects.toThrow("to hold `loss`, got no names");
    await expect(study.update(4, { loss: 1, speed: 2 })).rejects.toThrow("Expected trial 4 to be running");
    const values = { speed: 2, loss: 1, extra: 3 };
    expect(await Promise.all([study.update(3, values), study.update(3, values)])).toEqual(["continue", "continue"]);
    await study.report(3, 7, values);
    expect(await study.update(3, values)).toBe("prune");
    expect(study.trials[3]!.reports).toMatchObject([1, 2, 7, 8].map((step) => ({ step, values })));
  });
});

describe("reportSync", () => {
  it("gives its verdict at once, and stands before the finish in the journal", async () => {
    const journal = await keptJournal();
    const pruner = judging((_, { losses, elapsed }) => (losses[0]! + elapsed > 10 ? "prune" : "continue"));
    const clock = standing();
    const study = await open({ journal: await journal.open(), pruner, clock });
    await study.ask();
    clock.pass(4);
    const values = { value: 5 };
    expect(study.reportSync(0, 1, values)).toBe("continue");
    values.value = 8;
    expect(study.reportSync(0, 2, values)).toBe("prune");
    await study.tell(0, { state: "pruned" });
    const events = (await journal.events()).slice(4);
    expect(events.map((event) => ("step" in event ? [event.step, event.values] : event.type))).toEqual([
      [1, { value: 5 }],
      [2, { value: 8 }],
      "trial-finished",
    ]);
    expect(() => study.reportSync(0, 3, values)).toThrow("Expected trial 0 to be running, got pruned");
  });

  it("lets the trial's `tell` reject when the values could not be written", async () => {
    const journal = await keptJournal();
    const good = await journal.open();
    let full = false;
    const failing: Journal = {
      ...good,
      append: (events) =>
        full && events[0]?.type === "trial-reported" ? Promise.reject(new Error("disk full")) : good.append(events),
    };
    const study = await open({ journal: failing });
    await study.ask();
    await study.ask();
    full = true;
    expect(study.reportSync(0, 1, { value: 1 })).toBe("continue");
    await study.tell(1, 2);
    await expect(study.tell(0, 3)).rejects.toThrow("disk full");
    expect(study.trials[0]).toMatchObject({ state: "complete", values: { value: 3 }, reports: [] });
  });
});

describe("internals", () => {
  it("are the axes, the coordinates and the memo of the sampler that wrote it", async () => {
    const space = defineSpace({ a: int(1, 4), b: float(0, 2) });
    const journal = await keptJournal();
    const suggest = (): { unit: number[]; memo: string } => ({ unit: [0.9, 0.25], memo: "mine" });
    const study = await open({ space, sampler: scripted(suggest), journal: await journal.open() });
    const reserved = await study.reserve();
    const expected = { axes: space.axes, unit: Float64Array.of(0.875, 0.25), memo: "mine" };
    expect(study.internals(0)).toEqual(expected);
    await (reserved as { commit(): Promise<unknown> }).commit();
    expect(study.internals(0)).toEqual(expected);
    expect(() => study.internals(1)).toThrow("Expected the number of a trial, got 1: there is no such trial");
    const other = await open({ space, sampler: scripted(suggest, "other"), journal: await journal.open() });
    expect(other.internals(0)).toEqual({ ...expected, memo: undefined });
  });

  it("are null for a grid, and before a trial has a configuration", async () => {
    const study = await open({ space: defineSpace({ a: int(1, 4) }), sampler: grid() });
    await study.ask();
    expect(study.internals(0)).toBeNull();
    const waiting = await open({ sampler: scripted((_, ask) => (ask.running.length > 0 ? "wait" : { unit: [0] })) });
    await waiting.ask();
    await waiting.ask();
    expect(waiting.internals(1)).toBeNull();
  });
});
