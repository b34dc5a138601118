import type { ProcessIdentity } from "../../core/event.ts";
import type { TrialRecord } from "../../study/record.ts";

/** Where trials stand in a timeline. */
export interface Lanes {
  readonly names: readonly string[];
  /** One per trial. */
  readonly of: readonly number[];
}

type Sessions = ReadonlyMap<string, { readonly process: ProcessIdentity }>;

/**
 * Puts trials into rows: one for each worker of each session. Trials whose worker is not recorded, as those that were
 * handed out, stand in rows of their own, as few as keep those of a row from overlapping.
 */
export function lanesOf(trials: readonly TrialRecord<unknown>[], sessions: Sessions): Lanes {
  const byStart = trials.map((_, i) => i).sort((a, b) => beginning(trials[a]!) - beginning(trials[b]!));
  const rows = new Map<string, Map<string, number>>();
  const row = trials.map(() => "");
  const ends = new Map<string, number[]>();
  for (const i of byStart) {
    const { writer } = trials[i]!;
    const own = rows.get(writer) ?? new Map<string, number>();
    rows.set(writer, own);
    row[i] = workerName(trials[i]!) ?? slotName(trials[i]!, ends);
    own.set(row[i], 0);
  }
  const names: string[] = [];
  for (const [writer, own] of rows) {
    const prefix = rows.size === 1 ? "" : `${sessionName(writer, rows, sessions)} `;
    for (const name of [...own.keys()].sort(new Intl.Collator("en", { numeric: true }).compare)) {
      own.set(name, names.length);
      names.push(`${prefix}${name}`);
    }
  }
  return { names, of: trials.map(({ writer }, i) => rows.get(writer)!.get(row[i]!)!) };
}

function workerName({ worker }: TrialRecord<unknown>): string | undefined {
  return worker === undefined ? undefined : `worker ${worker}`;
}

/** The first row of its session that is free; `ends` are when the trials of each end. */
function slotName(trial: TrialRecord<unknown>, ends: Map<string, number[]>): string {
  const slots = ends.get(trial.writer) ?? [];
  ends.set(trial.writer, slots);
  const start = beginning(trial);
  const free = slots.findIndex((end) => end <= start);
  const slot = free < 0 ? slots.length : free;
  slots[slot] = Math.max(start, trial.finishedAt ?? start);
  return `${slot + 1}`;
}

/** The process, and its host where there are several. */
function sessionName(writer: string, all: ReadonlyMap<string, unknown>, sessions: Sessions): string {
  const own = sessions.get(writer)?.process;
  if (own === undefined) return `session ${[...all.keys()].indexOf(writer) + 1}`;
  const hosts = new Set([...all.keys()].map((each) => sessions.get(each)?.process.host));
  return hosts.size > 1 ? `${own.host} ${own.pid}` : `${own.pid}`;
}

/** When the attempt whose result counts began: a retried trial stands where it ended. */
function beginning({ startedAt, finishedAt, duration }: TrialRecord<unknown>): number {
  return startedAt ?? (finishedAt ?? 0) - duration;
}
