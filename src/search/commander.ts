import { randomUUID } from "node:crypto";
import type { ControlCommand } from "../core/control.ts";
import { AttuneError } from "../core/errors.ts";
import { realClock } from "../system/clock.ts";
import { ControlFile } from "./control-file.ts";
import { isSearch, JournalView, mayWork, type SessionView } from "./journal-view.ts";

/** How a command is given to running searches. */
export interface CommandOptions {
  /** Of a stop: running trials are cancelled. @default false */
  readonly now?: boolean;
  /** Resolve only when it has taken effect. @default true */
  readonly wait?: boolean;
  /** Told what is waited for, whenever that changes. */
  readonly waiting?: (sessions: readonly AwaitedSearch[]) => void;
}

/** A search that a command waits for. */
export interface AwaitedSearch {
  readonly session: SessionView;
  /** Whether it has heard the command; then its running trials are waited for. */
  readonly heard: boolean;
  readonly running: number;
}

/** What became of a command. */
export interface Commanded {
  /** Those that it was for and that obeyed, or, where nobody waits, those that it was left for. */
  readonly searches: readonly SessionView[];
  /** Those that work on the journal and cannot be told: a program's own loop. */
  readonly deaf: readonly SessionView[];
}

/** Milliseconds between looks at what has become of a command. */
const POLL = 100;

/**
 * Tells every search that works on a journal to stop, pause or continue. Resolves with those that did; none where nobody
 * works on it. A search on another host that says nothing for a minute is taken to be gone.
 */
export async function commandSearches(
  journal: string,
  command: ControlCommand,
  { now = false, wait = true, waiting = () => {} }: CommandOptions = {},
): Promise<Commanded> {
  await using view = await JournalView.open(journal);
  const working = view.sessions.filter(mayWork);
  const searches = working.filter(isSearch);
  const deaf = working.filter((session) => !isSearch(session));
  if (searches.length === 0) return { searches, deaf };
  const file = new ControlFile(journal);
  const id = randomUUID();
  const to = searches.map(({ writer }) => writer);
  await file.write({ command, id, to, ...(now ? { now: true } : {}) });
  if (!wait) return { searches, deaf };
  for (let before = ""; ;) {
    await realClock.sleep(POLL);
    await view.refresh();
    const addressed = view.sessions.filter(({ writer }) => to.includes(writer));
    const left = addressed.flatMap((session) => awaited(view, session, command, id));
    if (left.length === 0) return { searches: addressed.filter((session) => hasObeyed(session, id)), deaf };
    const other = file.read();
    if (other !== undefined && other.id !== id && left.some(({ heard }) => !heard))
      throw new AttuneError(
        "journal",
        `\`${command}\` was overtaken: another process told the search to ${other.command}`,
      );
    const text = JSON.stringify(left.map(({ session, heard, running }) => [session.writer, heard, running]));
    if (text !== before) waiting(left);
    before = text;
  }
}

/** The session, if the command has not taken effect on it yet. */
function awaited(view: JournalView, session: SessionView, command: ControlCommand, id: string): AwaitedSearch[] {
  if (session.state === "ended" || session.state === "died") return [];
  const heard = hasObeyed(session, id);
  const running = view.running(session.writer);
  const done = heard && (command === "continue" || (command === "pause" && running === 0));
  return done ? [] : [{ session, heard, running }];
}

/** Whether the session showed that it heard the command; one that ended in time had nothing left to be told. */
function hasObeyed({ settings, state }: SessionView, id: string): boolean {
  return settings.control?.id === id || state === "ended";
}
