import { describe, expect, it } from "vitest";
import { expectTransition, mayBecome, TRIAL_STATES } from "../../src/core/trial-state.ts";
import { isFinal, type TrialState } from "../../src/core/trial.ts";
import type { StudyEvent } from "../../src/core/event.ts";
import type { FinalOutcome } from "../../src/core/outcome.ts";
import { define, listObjectives } from "../../src/study/definition.ts";
import { Fold } from "../../src/study/fold.ts";
import { TrialRecord } from "../../src/study/record.ts";
import { line } from "../study/harness.ts";

/** Said again, independently of the table in the code. */
const LEGAL = new Set<string>(
  `waiting→queued waiting→running waiting→rejected
   queued→running queued→rejected
   running→queued running→stopping running→complete running→pruned running→failed running→cancelled
   stopping→queued stopping→complete stopping→pruned stopping→failed stopping→cancelled`.split(/\s+/),
);
const pairs = TRIAL_STATES.flatMap((from) => TRIAL_STATES.map((to) => [from, to] as const));
/** How each state is reached from the first. */
const PATHS: Readonly<Record<TrialState, readonly TrialState[]>> = {
  waiting: [],
  queued: ["queued"],
  running: ["running"],
  stopping: ["running", "stopping"],
  complete: ["running", "complete"],
  pruned: ["running", "pruned"],
  failed: ["running", "failed"],
  cancelled: ["running", "cancelled"],
  rejected: ["rejected"],
};

describe("the states of a trial", () => {
  it("are nine, five of them last ones", () => {
    expect(TRIAL_STATES).toHaveLength(9);
    expect(TRIAL_STATES.filter((state) => isFinal(state))).toEqual([
      "complete",
      "pruned",
      "failed",
      "cancelled",
      "rejected",
    ]);
  });

  it.each(pairs)("%s → %s is legal, or an error that names both", (from, to) => {
    const trial = new TrialRecord(7, line);
    for (const state of PATHS[from]) trial.become(state);
    expect(trial.state).toBe(from);
    const legal = LEGAL.has(`${from}→${to}`);
    expect(mayBecome(from, to)).toBe(legal);
    if (legal) {
      expectTransition(7, from, to);
      trial.become(to);
      expect(trial.state).toBe(to);
    } else {
      expect(() => trial.become(to)).toThrow(`Trial 7 cannot become ${to}: it is ${from}, `);
      expect(trial.state).toBe(from);
    }
  });
});

describe("the fold", () => {
  const failure = { kind: "error", message: "no" } as const;
  const of = { at: 2, number: 0, attempt: 1 };
  const finish = (outcome: FinalOutcome): StudyEvent => ({
    type: "trial-finished",
    ...of,
    writer: "w",
    duration: 1,
    outcome,
  });
  /** The event that brings a trial to a state, where one does. */
  const EVENTS: Readonly<Partial<Record<TrialState, StudyEvent>>> = {
    queued: { type: "trial-requeued", ...of, failure },
    complete: finish({ state: "complete", values: { value: { value: 1 } } }),
    pruned: finish({ state: "pruned" }),
    failed: finish({ state: "failed", failure }),
    cancelled: finish({ state: "cancelled", reason: "so" }),
    rejected: { type: "trial-rejected", at: 2, number: 0, reason: "so" },
  };
  const start = (attempt: number): StudyEvent => ({
    type: "trial-started",
    at: 1,
    number: 0,
    attempt,
    writer: "w",
    params: { x: 0.5 },
  });
  /** A fold with one trial of that state, and the number of its next attempt. */
  const folded = (state: TrialState): { fold: Fold<{ readonly x: number }>; next: number } => {
    const fold = new Fold(line, define(line, { objectives: listObjectives(undefined), constraints: {}, seed: 1 }));
    fold.apply({ type: "trial-created", at: 0, writer: "w" });
    if (state !== "waiting" && state !== "rejected") fold.apply(start(1));
    const event = EVENTS[state];
    if (event !== undefined) fold.apply(event);
    return { fold, next: fold.trials[0]!.attempt + 1 };
  };

  it.each(pairs.filter(([from, to]) => from !== "stopping" && to !== "stopping" && to !== "waiting"))(
    "goes from %s to %s when an event says so and the table allows it, and ignores the event otherwise",
    (from, to) => {
      const { fold, next } = folded(from);
      expect(fold.trials[0]!.state).toBe(from);
      fold.apply(to === "running" ? start(next) : EVENTS[to]!);
      const known = from === "waiting" && to === "queued"; // no event says that: an attempt that ends has begun
      expect(fold.trials[0]!.state).toBe(LEGAL.has(`${from}→${to}`) && !known ? to : from);
      expect(fold.running.size).toBe(fold.trials[0]!.state === "running" ? 1 : 0);
    },
  );
});
