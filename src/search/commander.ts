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
  /** How long a search on another host may be silent before it is taken to be gone, in milliseconds. @default 60 000 */
  readonly lease?: number;
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

/** A search that a command was for. */
export interface ToldSearch extends SessionView {
  /** False where nobody waited for that, or it ended before it heard the command. */
  readonly obeyed: boolean;
}

/** What became of a command. */
export interface Commanded {
  /** Those that it was for; none that died meanwhile. */
  readonly searches: readonly ToldSearch[];
  /** Those that work on the journal and cannot be told: a program's own loop. */
  readonly deaf: readonly SessionView[];
}

/** Milliseconds between looks at what has become of a command. */
const POLL = 100;

/**
 * Tells every search that works on a journal to stop, pause or continue. Resolves with those that did; none where nobody
 * works on it.
 */
export async function commandSearches(
  journal: string,
  command: ControlCommand,
  { now = false, wait = true, lease, waiting = () => {} }: CommandOptions = {},
): Promise<Commanded> {
  await using view = await JournalView.open(journal, lease);
  const working = view.sessions.filter(mayWork);
  const searches = working.filter(isSearch);
  const deaf = working.filter((session) => !isSearch(session));
  if (searches.length === 0) return { searches: [], deaf };
  const file = new ControlFile(journal);
  const id = randomUUID();
  const to = searches.map(({ writer }) => writer);
  await file.write({ command, id, to, ...(now ? { now: true } : {}) });
  const told = (session: SessionView): ToldSearch => ({ ...session, obeyed: hasObeyed(session, id) });
  if (!wait) return { searches: searches.map(told), deaf };
  for (let before = ""; ;) {
    await realClock.sleep(POLL);
    await view.refresh();
    const addressed = view.sessions.filter(({ writer }) => to.includes(writer));
    const left = addressed.flatMap((session) => awaited(view, session, command, id));
    if (left.length === 0) return { searches: addressed.filter(({ state }) => state !== "died").map(told), deaf };
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

/** Whether the session showed that it heard the command. */
function hasObeyed({ settings }: SessionView, id: string): boolean {
  return settings.control?.id === id;
}
