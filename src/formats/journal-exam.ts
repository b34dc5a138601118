import { messageOf } from "../core/errors.ts";
import type { StudyEvent } from "../core/event.ts";
import { decodeEvent, isTornHeader, versionOf } from "./journal.ts";

/** What a look at a journal found in one place. */
export interface Finding {
  /** From 1; undefined for the journal as a whole. */
  readonly line?: number;
  /** `damage`: it cannot be read as it is. `idle`: a line that changes nothing. `note`: nothing to do. */
  readonly kind: "damage" | "idle" | "note";
  /** What is wrong, and what a repair does about it. */
  readonly message: string;
}

/** A journal after an exam. */
export interface Exam {
  readonly findings: readonly Finding[];
  /** The events that can be read, in order, with what a repair adds in the place of damaged lines. */
  readonly events: readonly StudyEvent[];
  /** The same without those that change nothing. */
  readonly compact: readonly StudyEvent[];
  /** Whether a repair is needed before it can be read. */
  readonly damaged: boolean;
}

/** Who writes what a repair adds. */
const DOCTOR = "doctor";

/**
 * Reads a journal line by line, whatever state it is in, and explains what it finds. Throws an `AttuneError` ("journal") for
 * what is no journal of attune, or one of a later version: there is nothing to repair.
 */
export function examine(text: string, name: string): Exam {
  const end = text.lastIndexOf("\n") + 1;
  const ended = isWhole(text.slice(end));
  const lines = text.slice(0, ended ? undefined : end).split("\n");
  if (!ended) lines.pop();
  const tail = ended ? "" : text.slice(end);
  const findings: Finding[] = [];
  const version = lines.length === 0 && isTornHeader(text) ? undefined : versionOf(lines[0] ?? text, name);
  const whole = wholeBatches(lines);
  const torn = lines.length - whole + (tail === "" ? 0 : 1);
  if (torn > 0)
    findings.push({
      line: whole + 1,
      kind: "damage",
      message: `the end was torn off while it was written; nobody was told that it counts. A repair cuts off ${torn === 1 ? "this line" : `these ${torn} lines`}`,
    });
  const read: { readonly event: StudyEvent | undefined; readonly line: number }[] = [];
  for (const [i, line] of lines.slice(0, whole).entries()) {
    let event: StudyEvent | undefined;
    try {
      event = decodeEvent(line, i + 1, { name, ...(version === undefined ? {} : { version }) });
    } catch (error) {
      const why = messageOf(error).replace(/^Line \d+ of .* is damaged: /, "");
      findings.push({ line: i + 1, kind: "damage", message: `cannot be read: ${why}. A repair leaves it out` });
    }
    read.push({ event, line: i + 1 });
  }
  const events = honoured(withLostClaims(read, findings));
  const idle = idleEvents(events);
  for (const [at, message] of idle)
    if (events[at]!.line > 0) findings.push({ line: events[at]!.line, kind: "idle", message });
  return {
    findings: findings.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    events: events.map(({ event }) => event),
    compact: events.filter((_, at) => !idle.has(at)).map(({ event }) => event),
    damaged: findings.some(({ kind }) => kind === "damage"),
  };
}

/** How many lines stand in whole batches: all lines of a batch but its last begin with a space. */
function wholeBatches(lines: readonly string[]): number {
  let whole = lines.length;
  while (whole > 0 && lines[whole - 1]!.startsWith(" ")) whole--;
  return whole;
}

/** Whether a last line lacks its line feed only. */
function isWhole(line: string): boolean {
  if (line === "" || line.startsWith(" ")) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

interface Placed {
  readonly event: StudyEvent;
  /** 0 for one that a repair adds. */
  readonly line: number;
}

/**
 * The events that can be read. A trial's number is the count of `trial-created` before it: where a damaged line was one, the
 * later trials tell, and a claim that nothing follows takes its place.
 */
function withLostClaims(
  read: readonly { readonly event: StudyEvent | undefined; readonly line: number }[],
  findings: Finding[],
): Placed[] {
  const out: Placed[] = [];
  let created = 0;
  let gap: { readonly at: number; readonly line: number } | undefined;
  for (const { event, line } of read) {
    if (event === undefined) {
      gap = { at: out.length, line };
      continue;
    }
    if ("number" in event && event.number >= created && gap !== undefined) {
      const lost = event.number + 1 - created;
      const claims = Array.from({ length: lost }, (): Placed => ({
        event: { type: "trial-created", at: event.at, writer: DOCTOR },
        line: 0,
      }));
      out.splice(gap.at, 0, ...claims);
      created += lost;
      findings.push({
        line: gap.line,
        kind: "damage",
        message: `the number of trial ${event.number} stood there; a repair claims it again`,
      });
      gap = undefined;
    }
    if (event.type === "trial-created") created++;
    out.push({ event, line });
  }
  return out;
}

/**
 * Where a line was lost, a trial that ended seems to go on, and takes a place in the budget: claims that were honoured when
 * they were made, as their later lines tell, no longer ask for one.
 */
function honoured(events: readonly Placed[]): Placed[] {
  const lost = events.findIndex(({ line }, at) => line !== (events[at - 1]?.line ?? 0) + 1);
  if (lost < 0) return [...events];
  const begun = new Set(events.flatMap(({ event }) => (event.type === "trial-started" ? [event.number] : [])));
  let created = 0;
  return events.map((placed, at) => {
    const { event, line } = placed;
    const number =
      event.type === "trial-created" ? created++ : event.type === "trial-started" ? event.number : undefined;
    if (number === undefined || at < lost || !("of" in event) || !begun.has(number)) return placed;
    const { of: _, ...rest } = event;
    return { event: rest, line };
  });
}

/** Events that change nothing, by index, with the reason; as the fold judges them (docs/journal-format.md). */
function idleEvents(events: readonly Placed[]): Map<number, string> {
  const idle = new Map<number, string>();
  const trials: { attempt: number; running: boolean; over: boolean }[] = [];
  const sessions = new Set<string>();
  for (const [at, { event }] of events.entries()) {
    const unneeded = (message: string): void => void idle.set(at, message);
    if (event.type === "trial-created") trials.push({ attempt: 0, running: false, over: false });
    if (event.type === "search-started") {
      if (sessions.has(event.writer)) unneeded("renews a lease that nobody waits for any more");
      sessions.add(event.writer);
    }
    if (!("number" in event)) continue;
    const trial = trials[event.number];
    if (trial === undefined) {
      unneeded(`is about trial ${event.number}, which there is not`);
      continue;
    }
    if (event.type === "trial-started") {
      if (trial.over || trial.running || event.attempt !== trial.attempt + 1)
        unneeded(`starts trial ${event.number} again; the first claim counts`);
      else {
        trial.attempt = event.attempt;
        if (event.twin === undefined) trial.running = true;
        else trial.over = true;
      }
    } else if (event.type === "trial-rejected") {
      if (trial.over || trial.running) unneeded(`rejects trial ${event.number}, which has gone on`);
      else trial.over = true;
    } else if (!trial.running || trial.attempt !== event.attempt) {
      unneeded(
        event.type === "trial-finished"
          ? `finishes trial ${event.number} a second time; the first finish counts`
          : `is about an attempt of trial ${event.number} that was over`,
      );
    } else if (event.type === "trial-finished") [trial.running, trial.over] = [false, true];
    else if (event.type === "trial-requeued") trial.running = false;
    else if (event.type === "trial-placed") unneeded(`says where trial ${event.number} ran, which nothing needs`);
  }
  return idle;
}
