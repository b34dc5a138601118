import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Evaluator, type EvaluatorFactory, type Outcome, processes, type Task } from "../../src/index.ts";
import { defineSampler } from "../../src/core/sampler.ts";
import type { JournalFactory } from "../../src/core/journal.ts";
import { memory } from "../../src/journals/index.ts";
import * as samplers from "../../src/samplers/index.ts";
import { defineSearch } from "../../src/search/search.ts";
import { int } from "../../src/space/index.ts";
import tracked from "../fixtures/modules/tracked-search.ts";
import { Ears } from "./life-cycle.ts";
import { until } from "./until.ts";

const place = mkdtempSync(join(tmpdir(), "attune-life-"));
afterAll(() => rmSync(place, { recursive: true }));
const module = new URL("../fixtures/modules/tracked-search.ts", import.meta.url).href;

/** An evaluator whose outcomes are written down. */
const scripted = (outcome: (task: Task) => Outcome | Promise<Outcome>, concurrency = 2): Evaluator => ({
  concurrency,
  evaluate: async (task) => outcome(task),
  [Symbol.asyncDispose]: async () => {},
});
const wide = { x: int(0, 1_000_000), y: int(0, 1_000_000) };
const values = (value: number): Outcome => ({ state: "complete", values: { value: { value } } });
const failed: Outcome = { state: "failed", failure: { kind: "error", message: "no luck" } };

/** Generations of ten evenly spread points, with repetitions. */
const rounds = defineSampler(
  { name: "rounds", version: 1, summary: "Rounds of ten.", multiObjective: true, generational: true },
  () => ({
    create: () => ({
      ask: ({ number }) => ({
        unit: [(number * 0.37) % 1, (number * 0.61) % 1],
        generation: Math.floor(number / 10),
      }),
      tell: () => {},
    }),
  }),
);

describe("the life cycle that trackers hear", () => {
  describe.each(Object.keys(samplers))("of the sampler %s", (sampler) => {
    it.each([
      ["inline", {}],
      ["processes", { module, evaluator: processes({ workers: 2 }) }],
    ])(
      "is whole and in order on %s, with failed trials among others",
      async (_, { module: path, ...more }: { module?: string; evaluator?: EvaluatorFactory }) => {
        const ears = new Ears();
        const search = tracked.with({ ...more, sampler, trackers: [ears.factory] });
        const result = await search.start(path === undefined ? {} : { module: path });
        ears.expectLifeCycle(result.reason!);
        expect(ears.count("trial-finished")).toBeGreaterThan(20);
        expect(
          ears.heard.filter(({ event, state }) => event.type === "trial-finished" && state === "failed").length,
        ).toBe(result.trials.filter(({ state, twin }) => state === "failed" && twin === undefined).length);
        if (sampler === "genetic") expect(ears.count("generation-started")).toBeGreaterThan(1);
      },
    );
  });

  it("has pruned, repeated, failed, cancelled and rejected trials, and twins", async () => {
    const ears = new Ears();
    const states = new Set<string>();
    const search = defineSearch({
      space: { x: int(0, 9), y: int(0, 9) },
      where: ({ x, y }) => (x + y) % 3 !== 0,
      objective: ({ x }) => x,
      sampler: rounds(),
      trials: 1000,
      seed: 3,
      evaluator: scripted(({ number, attempt, signal }) => {
        if (attempt === 1 && number % 7 === 3) return { state: "failed", failure: { kind: "lost", message: "gone" } };
        if (number % 5 === 2) return { state: "pruned" };
        if (number % 5 === 3) return failed;
        if (ears.count("trial-finished") < 40) return values(number);
        return new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve({ state: "cancelled", reason: "stopped" }));
        });
      }),
      trackers: [ears.factory],
    });
    const handle = search.start();
    await until(() => handle.status?.ended !== undefined || ears.count("trial-finished") >= 40);
    await handle.stop({ now: true });
    ears.expectLifeCycle("stopped");
    for (const { state, twin } of ears.watched!.trials) states.add(twin === undefined ? state : "twin");
    states.delete("queued"); // an attempt that was lost just before the stop waits for a resume
    expect([...states].sort()).toEqual(["cancelled", "complete", "failed", "pruned", "rejected", "twin"]);
    expect(ears.count("trial-requeued")).toBeGreaterThan(0);
    expect(ears.count("trial-rejected")).toBeGreaterThan(0);
  });

  it("goes on where a generation waits for a trial that is run again", async () => {
    const evaluator = scripted(({ number, attempt }) =>
      attempt === 1 && number % 7 === 3
        ? { state: "failed", failure: { kind: "lost", message: "gone" } }
        : values(number),
    );
    const ears = new Ears();
    const search = defineSearch({ space: { x: int(0, 30), y: int(0, 5) }, objective: () => 0, evaluator });
    const sampler = samplers.genetic({ pool: 8 });
    const { reason } = await search.with({ sampler, trials: 60, seed: 3, trackers: [ears.factory] }).start();
    expect(reason).toBe("trials");
    ears.expectLifeCycle("trials");
  });

  it("has an end of the evaluator's failure", async () => {
    const ears = new Ears();
    const evaluator = scripted(({ number }) => {
      if (number === 5) throw new Error("the machine room is on fire");
      return values(number);
    });
    const search = defineSearch({ space: wide, objective: () => 0, evaluator, trackers: [ears.factory], trials: 9 });
    await expect(search.start()).rejects.toThrow("on fire");
    ears.expectLifeCycle("error");
  });

  it("has an end that the journal could not take", async () => {
    const ears = new Ears();
    const kept = await memory().open();
    const journal: JournalFactory = {
      ...memory(),
      location: "",
      open: async () => ({
        append: (events) =>
          events.some(({ type }) => type === "trial-finished" || type === "search-ended")
            ? Promise.reject(new Error("the disk is full"))
            : kept.append(events),
        read: (from) => kept.read(from),
        flush: () => kept.flush(),
        [Symbol.asyncDispose]: () => kept[Symbol.asyncDispose](),
      }),
    };
    const search = defineSearch({ space: wide, objective: () => 0, journal, trackers: [ears.factory], trials: 9 });
    await expect(search.start()).rejects.toThrow("the disk is full");
    expect(ears.types.filter((type) => type.startsWith("search"))).toEqual(["search-started", "search-ended"]);
    expect(ears.heard.at(-1)!.event).toMatchObject({ type: "search-ended", reason: "error" });
    expect(ears.count("generation-ended")).toBe(ears.count("generation-started"));
    expect(ears.life.at(-1)).toBe("closed");
  });

  it("begins again with each session of a study, whose earlier trials are known", async () => {
    const journal = join(place, "resumed.jsonl");
    const search = tracked.with({ journal, sampler: "genetic" });
    const ids: string[] = [];
    for (const trials of [30, 45]) {
      const ears = new Ears();
      await search.with({ trials, trackers: [ears.factory] }).start();
      ears.expectLifeCycle("trials");
      expect(ears.types.includes("study-created")).toBe(trials === 30);
      expect(ears.watched!.journal).toBe(journal);
      ids.push(ears.watched!.id);
    }
    expect(ids[0]).toBe(ids[1]);
  });

  it("tells of one's own start and end only, where two share a study", async () => {
    const journal = join(place, "shared.jsonl");
    const [a, b] = [new Ears(), new Ears()];
    let ready = (): void => {};
    const both = new Promise<void>((resolve) => (ready = resolve));
    const search = defineSearch({
      space: wide,
      objective: async ({ x }) => {
        await both;
        return x;
      },
      sampler: "random",
      journal,
      seed: 1,
    });
    const first = search.with({ trials: 20, trackers: [a.factory] }).start({ workers: 2 });
    await until(() => a.count("trial-started") > 0);
    const second = search.with({ trials: 20, trackers: [b.factory] }).start({ workers: 2 });
    await until(() => b.count("trial-started") > 0);
    ready();
    await Promise.all([first, second]);
    for (const ears of [a, b])
      expect(ears.types.filter((type) => type.startsWith("search"))).toEqual(["search-started", "search-ended"]);
    a.expectLifeCycle("trials");
  });
});
