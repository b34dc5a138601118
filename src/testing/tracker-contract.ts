import { describe, expect, it } from "vitest";
import type { Status, TrackedEvent, TrackerFactory } from "../core/tracker.ts";
import type { FinishedTrial, Trial } from "../core/trial.ts";
import { measuredOf } from "../formats/trial-table.ts";

/** A finished trial with plausible values, for tests. */
export function finishedTrial(number: number, more: Partial<FinishedTrial> = {}): FinishedTrial {
  const { values = { ms: 10 - number }, stderr = {}, normalized } = more;
  return {
    number,
    state: "complete",
    params: { x: number },
    values,
    stderr,
    measured: measuredOf({ params: {}, values, stderr, normalized }),
    source: "sampler",
    attempt: 1,
    duration: 5,
    startedAt: 1,
    finishedAt: 6,
    reports: [],
    ...more,
  };
}

const study = {
  space: { x: { type: "int", low: 0, high: 9 } },
  rules: [],
  objectives: [{ name: "ms", direction: "minimize" }],
  constraints: {},
  seed: 1,
} as const;
const failure = { kind: "error", message: "it threw" } as const;

/** One event of every type, in an order that can happen, with the trial that each is about. */
export const lifeOfAStudy: readonly (readonly [TrackedEvent, Trial?])[] = [
  [
    {
      type: "study-created",
      at: 1,
      version: 1,
      study,
    },
  ],
  [
    {
      type: "search-started",
      at: 2,
      writer: "w",
      process: { host: "h", pid: 1, start: "s" },
      environment: {},
      settings: { sampler: { name: "random", version: 1, options: {} } },
    },
  ],
  [{ type: "generation-started", at: 3, generation: 0 }],
  [{ type: "trial-created", at: 3, writer: "w", of: 10 }, finishedTrial(0)],
  [{ type: "trial-started", at: 4, number: 0, attempt: 1, writer: "w", params: { x: 0 } }, finishedTrial(0)],
  [{ type: "trial-placed", at: 4, number: 0, attempt: 1, where: { node: "n1" } }, finishedTrial(0)],
  [{ type: "trial-reported", at: 5, number: 0, attempt: 1, step: 1, values: { ms: 4 } }, finishedTrial(0)],
  [
    { type: "trial-requeued", at: 5, number: 0, attempt: 1, failure: { kind: "lost", message: "gone" } },
    finishedTrial(0),
  ],
  [
    {
      type: "trial-finished",
      at: 6,
      number: 0,
      attempt: 2,
      writer: "w",
      duration: 5,
      outcome: { state: "complete", values: { ms: { value: 10 } } },
    },
    finishedTrial(0),
  ],
  [
    { type: "trial-rejected", at: 7, number: 1, reason: "a rule" },
    finishedTrial(1, { state: "rejected", values: {}, measured: {} }),
  ],
  [
    {
      type: "trial-finished",
      at: 8,
      number: 2,
      attempt: 1,
      writer: "w",
      duration: 5,
      outcome: { state: "failed", failure },
    },
    finishedTrial(2, { state: "failed", failure, values: {}, measured: {} }),
  ],
  [
    {
      type: "study-adopted",
      at: 9,
      study,
    },
  ],
  [{ type: "generation-ended", at: 9, generation: 0 }],
  [{ type: "search-ended", at: 10, writer: "w", reason: "trials" }],
];

/** The promises that every tracker keeps: it takes every event, in any state of the search, and can be closed. */
export function trackerContract(name: string, factory: TrackerFactory): void {
  const follow = async (status: Partial<Status>): Promise<void> => {
    const tracker = factory.create({
      id: "study-1",
      study,
      trials: [],
      objectives: [{ name: "ms", direction: "minimize" }],
      constraints: {},
      status: { trials: 0, running: 0, failed: 0, failures: {}, workers: 1, elapsed: 0, best: [], ...status },
      reportFiles: async () => ({ "report.html": "<!doctype html>" }),
      warn: () => {},
    });
    for (const [event, trial] of lifeOfAStudy) await tracker.track(event, trial);
    await tracker.close?.();
  };

  describe(`tracker ${name}`, () => {
    it("says what it is", () => {
      expect(factory.info.name).toMatch(/^[a-z][A-Za-z0-9]*$/);
      expect(factory.info.summary).toMatch(/\.$/);
    });
    it("follows a study from its first event to its last", () =>
      follow({
        trials: 2,
        budget: 10,
        elapsed: 10,
        best: [finishedTrial(1)],
        baseline: finishedTrial(0),
        ended: "trials",
      }));
    it("follows one of which nothing is known yet", () => follow({}));
    it("follows several, one after another and side by side", async () =>
      void (await Promise.all([
        follow({}),
        follow({ trials: 5 }),
        follow({ failed: 3, failures: { error: 2, crash: 1 } }),
      ])));
  });
}
