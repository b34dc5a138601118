import { copyFileSync, constants, existsSync, readFileSync } from "node:fs";
import { AttuneError, messageOf, usage } from "../core/errors.ts";
import type { EventOf, StudyEvent } from "../core/event.ts";
import { type Exam, examine, type Finding } from "../formats/journal-exam.ts";
import { encodeBatch } from "../formats/journal.ts";
import { writeFileAtomic } from "../system/atomic-file.ts";
import { realClock } from "../system/clock.ts";
import { FileLock } from "../system/file-lock.ts";
import { thisHost } from "../system/host.ts";
import { EXIT } from "./exit.ts";
import { plural } from "./table.ts";

/** How many findings are listed. */
const LISTED = 50;

/** `attune doctor`: what is wrong with a journal, and what of it can be mended. Exits with 1 where something has to be. */
export async function doctor(
  path: string,
  { repair = false, compact = false }: { repair?: boolean; compact?: boolean },
): Promise<number> {
  const exam = examine(read(path), path);
  const idle = exam.events.length - exam.compact.length;
  process.stdout.write(
    `${[...findingsText(exam.findings), summary(exam, idle), ...sessions(exam.events)].join("\n")}\n`,
  );
  if (!repair && !compact) {
    if (exam.damaged) process.stdout.write(`attune doctor ${path} --repair mends it and keeps a copy\n`);
    else if (idle > 0) process.stdout.write(`attune doctor ${path} --compact leaves ${plural(idle, "line")} out\n`);
    return exam.damaged ? EXIT.error : EXIT.done;
  }
  if (!exam.damaged && !(compact && idle > 0)) return EXIT.done;
  const copy = await rewrite(path, compact);
  process.stdout.write(`${path} is mended; as it was it is kept as ${copy}\n`);
  return EXIT.done;
}

/** Writes what can be read of a journal, and returns where the former one is kept. Nobody may be working on it. */
async function rewrite(path: string, compact: boolean): Promise<string> {
  const lock = new FileLock(path);
  try {
    const copy = await lock.hold(() => {
      const exam = examine(read(path), path);
      const busy = liveSessions(exam.events);
      if (busy.length > 0)
        throw usage(
          `Cannot mend ${path} while a search works on it (process ${busy.map(({ process: { pid } }) => pid).join(", ")}): stop it first`,
        );
      return { exam, aside: keep(path) };
    });
    const events = compact ? copy.exam.compact : copy.exam.events;
    await writeFileAtomic(path, events.map((event) => encodeBatch([event])).join(""));
    return copy.aside;
  } finally {
    lock.close();
  }
}

/** Copies a file to the first free of NAME.1, NAME.2, … */
function keep(path: string): string {
  for (let n = 1; ; n++) {
    try {
      copyFileSync(path, `${path}.${n}`, constants.COPYFILE_EXCL);
      return `${path}.${n}`;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST")
        throw new AttuneError("journal", `Cannot keep a copy of ${path}: ${messageOf(error)}`, { cause: error });
    }
  }
}

function read(path: string): string {
  if (!existsSync(path)) throw new AttuneError("journal", `Cannot find the journal ${path}`);
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new AttuneError("journal", `Cannot read the journal ${path}: ${messageOf(error)}`, { cause: error });
  }
}

function findingsText(findings: readonly Finding[]): string[] {
  const lines = findings.map(
    ({ line, kind, message }) => `${line === undefined ? "" : `line ${line}, `}${kind}: ${message}`,
  );
  return lines.length > LISTED ? [...lines.slice(0, LISTED), `… and ${lines.length - LISTED} more`] : lines;
}

function summary({ events, damaged }: Exam, idle: number): string {
  const trials = events.filter(({ type }) => type === "trial-created").length;
  const finished = events.filter(({ type }) => type === "trial-finished").length;
  const state = damaged ? "damaged" : "sound";
  return `${state}: ${plural(events.length, "event")}, ${plural(trials, "trial")}, ${finished} finished${idle > 0 ? `, ${plural(idle, "line")} that change nothing` : ""}`;
}

/** How long a session on another host may be silent before it counts as gone, in milliseconds. */
const LEASE = 60_000;

/** Sessions that have neither ended nor died; those of other hosts by when they last wrote. */
function liveSessions(events: readonly StudyEvent[]): EventOf<"search-started">[] {
  const open = new Map<string, { readonly event: EventOf<"search-started">; seen: number }>();
  for (const event of events) {
    if (!("writer" in event)) continue;
    const known = open.get(event.writer);
    if (known !== undefined) known.seen = event.at;
    if (event.type === "search-started") open.set(event.writer, { event, seen: event.at });
    else if (event.type === "search-ended") open.delete(event.writer);
  }
  const { identity, alive } = thisHost();
  return [...open.values()]
    .filter(({ event, seen }) =>
      event.process.host === identity.host ? alive(event.process) : realClock.now() - seen < LEASE,
    )
    .map(({ event }) => event);
}

function sessions(events: readonly StudyEvent[]): string[] {
  return liveSessions(events).map(({ process: { pid, host }, at }) =>
    host === thisHost().identity.host
      ? `process ${pid} works on it`
      : `process ${pid} of ${host}, which began ${new Date(at).toISOString()}, has not said that it ended`,
  );
}
