import { expect } from "vitest";
import type { TrackedEvent, Tracker, TrackerFactory, Watched } from "../../src/core/tracker.ts";
import type { Trial, TrialState } from "../../src/core/trial.ts";

/** What a tracker heard, in order: events with the state of their trial then, and its own life. */
export class Ears {
  readonly heard: { readonly event: TrackedEvent; readonly state: TrialState | undefined }[] = [];
  readonly life: ("created" | "tracked" | "closed")[] = [];
  watched: Watched | undefined = undefined;
  readonly factory: TrackerFactory = {
    info: { name: "ears", summary: "Hears." },
    create: (watched): Tracker => {
      this.watched = watched;
      this.life.push("created");
      return {
        track: (event: TrackedEvent, trial?: Trial): void => {
          this.life.push("tracked");
          this.heard.push({ event, state: trial?.state });
        },
        close: () => void this.life.push("closed"),
      };
    },
  };

  get types(): TrackedEvent["type"][] {
    return this.heard.map(({ event }) => event.type);
  }

  count(type: TrackedEvent["type"]): number {
    return this.types.filter((each) => each === type).length;
  }

  /** Checks order and balance of everything, and how the search is said to have ended. */
  expectLifeCycle(reason: string): void {
    expect([this.life[0], this.life.at(-1)]).toEqual(["created", "closed"]);
    expect(this.life.filter((at) => at !== "tracked")).toHaveLength(2);
    const before = this.types.indexOf("search-started");
    expect(this.types.slice(0, before).every((type) => type === "study-created" || type === "study-adopted")).toBe(
      true,
    );
    expect([this.count("search-started"), this.count("search-ended")]).toEqual([1, 1]);
    expect(this.heard.at(-1)!.event).toMatchObject({ type: "search-ended", reason });
    this.#expectTrials();
    this.#expectGenerations();
  }

  /** Every attempt starts once, and then ends once. */
  #expectTrials(): void {
    const running = new Set<string>();
    const created = new Set<number>(this.watched!.trials.slice(0, this.#known()).map(({ number }) => number));
    let next = created.size;
    for (const { event, state } of this.heard) {
      if (event.type === "trial-created") created.add(next++);
      if (event.type === "trial-started") {
        expect(created).toContain(event.number);
        if (event.twin !== undefined) continue;
        expect(running).not.toContain(`${event.number}/${event.attempt}`);
        running.add(`${event.number}/${event.attempt}`);
        expect(state).toBe("running");
      }
      if (event.type !== "trial-finished" && event.type !== "trial-requeued") continue;
      expect(running.delete(`${event.number}/${event.attempt}`)).toBe(true);
      expect(state).toMatch(event.type === "trial-requeued" ? /^queued$/ : /^(complete|pruned|failed|cancelled)$/);
    }
    expect([...running]).toEqual([]);
  }

  /** How many trials there were before this session. */
  #known(): number {
    return this.watched!.trials.length - this.count("trial-created");
  }

  /** A generation starts before its trials, ends once they have, and all have ended when the search does. */
  #expectGenerations(): void {
    const open = new Set<number>();
    let newest = -1;
    for (const { event } of this.heard) {
      if (event.type === "generation-started") {
        expect(event.generation).toBeGreaterThan(newest);
        newest = event.generation;
        open.add(newest);
      }
      if (event.type === "generation-ended") expect(open.delete(event.generation)).toBe(true);
      if (event.type !== "trial-started" && event.type !== "trial-finished") continue;
      if (event.type === "trial-started" && event.twin !== undefined) continue;
      const { generation } = this.watched!.trials[event.number]!;
      if (generation !== undefined) expect(open).toContain(generation);
    }
    expect([...open]).toEqual([]);
  }
}
