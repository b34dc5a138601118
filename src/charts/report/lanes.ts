import type { TrialRecord } from "../../study/record.ts";

/** Where trials stand in a timeline. */
export interface Lanes {
  readonly names: readonly string[];
  /** One per trial. */
  readonly of: readonly number[];
}

/**
 * Puts trials into rows so that those of a row do not overlap: each session has as many rows as it had trials at a time,
 * which is what its workers were. Which worker ran a trial is not recorded.
 */
export function lanesOf(trials: readonly TrialRecord<unknown>[]): Lanes {
  const ends = new Map<string, number[]>();
  const slot = trials.map(() => 0);
  const byStart = trials.map((_, i) => i).sort((a, b) => beginning(trials[a]!) - beginning(trials[b]!));
  for (const i of byStart) {
    const { writer, finishedAt } = trials[i]!;
    const session = ends.get(writer) ?? [];
    ends.set(writer, session);
    const start = beginning(trials[i]!);
    const free = session.findIndex((end) => end <= start);
    slot[i] = free < 0 ? session.length : free;
    session[slot[i]] = Math.max(start, finishedAt ?? start);
  }
  const first = new Map<string, number>();
  const names: string[] = [];
  let session = 0;
  for (const [writer, slots] of ends) {
    first.set(writer, names.length);
    session++;
    slots.forEach((_, i) => names.push(ends.size === 1 ? `${i + 1}` : `${session}.${i + 1}`));
  }
  return { names, of: trials.map(({ writer }, i) => first.get(writer)! + slot[i]!) };
}

/** When the attempt whose result counts began: a retried trial stands where it ended. */
function beginning({ startedAt, finishedAt, duration }: TrialRecord<unknown>): number {
  return startedAt ?? (finishedAt ?? 0) - duration;
}
