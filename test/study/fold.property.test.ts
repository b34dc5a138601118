import fc from "fast-check";
import { expect, it } from "vitest";
import { isFinal, type Trial } from "../../src/core/trial.ts";
import { Fold } from "../../src/study/fold.ts";
import type { Reservation } from "../../src/study/reservation.ts";
import { RETRY } from "../../src/core/attempt-policy.ts";
import type { Study } from "../../src/study/study.ts";
import { exhaust, host, keptJournal, line, open } from "./harness.ts";

type Line = { readonly x: number };

/** Weighed by how often they stand here. */
const ACTS: readonly string[] =
  "ask ask rush reserve commit drop tell tell late requeue report refresh enqueue die".split(" ");

/** What one process of several may do next; `pick` chooses the process, and one of its trials. */
const steps = fc.array(
  fc.record({
    act: fc.constantFrom(...ACTS),
    pick: fc.nat({ max: 1000 }),
    how: fc.constantFrom("complete", "complete", "pruned", "error", "crash", "lost", "cancelled"),
  }),
  { maxLength: 60 },
);

interface Process {
  readonly pid: number;
  readonly study: Study<Line>;
  readonly running: { readonly number: number; readonly attempt: number }[];
  readonly reserved: Reservation<Line>[];
}

const BUDGET = 5;
const retry = { ...RETRY, crash: 2 };

/** Lets processes come, work, and die without a word; the last one ends the search. Resolves with the processes that live. */
async function history(
  todo: readonly { act: string; pick: number; how: string }[],
  journal: Awaited<ReturnType<typeof keptJournal>>,
): Promise<Study<Line>[]> {
  const dead: number[] = [];
  let pids = 0;
  const start = async (): Promise<Process> => {
    const pid = ++pids;
    const opened = { trials: BUDGET, retry, baseline: { x: 0.5 }, seed: 3, host: host(pid, dead) };
    return { pid, study: await open({ ...opened, journal: await journal.open() }), running: [], reserved: [] };
  };
  const processes = [await start(), await start()];
  let values = 0;
  const outcomeOf = (how: string): Parameters<Study<Line>["tell"]>[1] =>
    how === "complete"
      ? ++values
      : how === "pruned"
        ? { state: "pruned" }
        : how === "cancelled"
          ? { state: "cancelled", reason: "so" }
          : { state: "failed", failure: { kind: how as "error", message: how } };
  const take = <T>(list: T[], pick: number): T | undefined =>
    list.length === 0 ? undefined : list.splice(pick % list.length, 1)[0];
  for (const { act, pick, how } of todo) {
    const process = processes[pick % processes.length]!;
    const { study, running, reserved } = process;
    if (act === "ask") {
      const asked = await study.ask();
      if (typeof asked === "object") running.push(asked);
    } else if (act === "rush") {
      const asked = await Promise.all(processes.map((each) => each.study.ask()));
      for (const [i, trial] of asked.entries()) if (typeof trial === "object") processes[i]!.running.push(trial);
    } else if (act === "late" || act === "requeue") {
      // What a process writes that has not read the journal for long.
      const of = { at: 1, number: pick % 7, attempt: 1 + (pick % 3) };
      const measured = { state: "complete", values: { value: { value: ++values } } } as const;
      const failure = { kind: "lost", message: "gone" } as const;
      await (
        await journal.open()
      ).append([
        act === "late"
          ? { type: "trial-finished", ...of, writer: "w", duration: 1, outcome: measured }
          : { type: "trial-requeued", ...of, failure },
      ]);
    } else if (act === "reserve") {
      const given = await study.reserve();
      if (typeof given === "object") reserved.push(given);
    } else if (act === "commit") {
      const asked = await take(reserved, pick)?.commit().catch(String);
      if (typeof asked === "object") running.push(asked);
      else if (asked !== undefined) expect(asked).toMatch(/cannot be committed/);
    } else if (act === "drop") await take(reserved, pick)?.drop();
    else if (act === "tell") {
      const told = take(running, pick);
      if (told) await study.tell(told.number, outcomeOf(how), told.attempt);
    } else if (act === "report") {
      for (const { number, attempt } of running) study.reportSync(number, 1, { value: pick }, attempt);
    } else if (act === "refresh") await study.refresh();
    else if (act === "enqueue") await study.enqueue({ x: pick / 1000 });
    else {
      dead.push(process.pid);
      processes.splice(processes.indexOf(process), 1, await start());
    }
  }
  for (const { study, running, reserved } of processes) {
    for (const each of reserved) await each.drop();
    for (const { number, attempt } of running) await study.tell(number, ++values, attempt);
  }
  for (const { study } of processes) await exhaust(study, () => ++values);
  return processes.map(({ study }) => study);
}

const shot = ({ state, attempt, values, twin, reason, reports }: Trial): string =>
  JSON.stringify([state, attempt, values, twin, reason, reports]);

it("arbitrates: numbers are dense, the budget exact, each trial has one last state, and the first finish wins", () =>
  fc.assert(
    fc.asyncProperty(steps, async (todo) => {
      const journal = await keptJournal();
      const studies = await history(todo, journal);
      const events = await journal.events();
      const fold = new Fold(line, studies[0]!.definition);
      const last = new Map<number, string>();
      let created = 0;
      for (const event of events) {
        const before = "number" in event ? fold.trials[event.number] : undefined;
        const runs = before?.state === "running" && "attempt" in event && before.attempt === event.attempt;
        const held = before === undefined ? "" : shot(before);
        fold.apply(event);
        if (event.type === "trial-created") expect(fold.trials).toHaveLength(++created);
        if (event.type === "trial-finished") {
          const { state, measured } = fold.trials[event.number] ?? {};
          if (before !== undefined && !runs) expect(shot(before), "a late finish changes nothing").toBe(held);
          else if (runs) expect(state).toBe(event.outcome.state);
          if (runs && event.outcome.state === "complete") expect(measured).toEqual(event.outcome.values);
        }
        expect(fold.counted).toBeLessThanOrEqual(BUDGET);
        for (const trial of fold.trials) {
          if (!isFinal(trial.state)) continue;
          const is = shot(trial);
          expect(last.get(trial.number) ?? is, `trial ${trial.number} keeps its last state`).toBe(is);
          last.set(trial.number, is);
        }
      }
      expect(fold.trials.map(({ number }) => number)).toEqual(fold.trials.map((_, i) => i));
      expect(fold.counted).toBe(BUDGET);
      expect(fold.running.size).toBe(0);
      for (const { state, given, attempt } of fold.trials)
        if (!isFinal(state)) expect([attempt, given === undefined || state === "waiting"]).toEqual([0, true]);
      expect(fold.inFlight, "only claims that nobody needed are left").toBe(
        fold.trials.filter(({ state, given }) => state === "waiting" && given === undefined).length,
      );
      for (const study of studies) {
        await study.refresh();
        expect(study.trials.map(shot)).toEqual(fold.trials.map(shot));
      }
    }),
    { numRuns: 150 },
  ));
