import { describe, expect, it } from "vitest";
import { defineSearch, int } from "../../src/index.ts";
import type { TrackedEvent, Watched } from "../../src/core/tracker.ts";
import { genetic } from "../../src/samplers/index.ts";
import { generations } from "../../src/study/stop-rules/index.ts";

describe("the generations that trackers hear of", () => {
  it.each([1, 4])("start before their trials and end after them, with %d at a time", async (workers) => {
    const heard: TrackedEvent[] = [];
    let watched: Watched | undefined;
    const info = { name: "ears", summary: "Hears." };
    const create = (given: Watched) => {
      watched = given;
      return { track: (event: TrackedEvent) => void heard.push(event) };
    };
    await defineSearch({
      space: { x: int(0, 1_000_000), y: int(0, 1_000_000) },
      objective: ({ x, y }) => x + y,
      sampler: genetic({ pool: 8 }),
      stop: generations(3),
      seed: 1,
      trackers: [{ info, create }],
    }).start({ workers });
    const at = (type: string, generation: number): number =>
      heard.findIndex((event) => event.type === type && "generation" in event && event.generation === generation);
    const of = new Map(watched!.trials.map(({ number, generation }) => [number, generation]));
    for (const generation of [0, 1, 2]) {
      const [started, ended] = [at("generation-started", generation), at("generation-ended", generation)];
      expect(started).toBeGreaterThanOrEqual(0);
      const trials = heard.flatMap((event, i) =>
        (event.type === "trial-started" || event.type === "trial-finished") && of.get(event.number) === generation
          ? [i]
          : [],
      );
      expect(trials.length).toBeGreaterThanOrEqual(16);
      expect(Math.min(...trials)).toBeGreaterThan(started);
      expect(Math.max(...trials)).toBeLessThan(ended);
    }
    expect(heard.filter(({ type }) => type.startsWith("generation"))).toHaveLength(6);
    expect(heard.at(-1)?.type).toBe("search-ended");
    expect(watched!.id).toMatch(/^[a-z0-9]+-1$/);
  });
});
