import { AttuneError, messageOf, show } from "../core/errors.ts";
import { JOURNAL_VERSION, type StudyEvent } from "../core/event.ts";
import type { Json } from "../core/json.ts";
import { problemOf } from "./journal-fields.ts";

/** The first attune that reads journals of {@link JOURNAL_VERSION}; older ones name it in their message. */
const NEEDS = "0.1.0";

type Plain = Record<string, Json>;

/** By version: turns an event of that version into one of the next. */
const upcasters: Readonly<Record<number, (event: Plain) => Plain>> = {};

/** How to read a line. */
export interface DecodeOptions {
  /** What to call the journal in messages. @default "the journal" */
  readonly name?: string;
  /** The version of the journal, from {@link versionOf} of its first line. @default the present one */
  readonly version?: number;
}

/**
 * An event as one line, without its end. The line of `study-created` also says that this is a journal of attune. Throws
 * an `AttuneError` ("journal") rather than writing an event that could not be read again.
 */
export function encodeEvent(event: StudyEvent): string {
  const problem = problemOf(event);
  if (problem !== undefined) throw new AttuneError("journal", `Cannot record an event: ${problem}`);
  if (event.type !== "study-created") return JSON.stringify(event);
  const { version, ...rest } = event;
  return JSON.stringify({ attune: "journal", version, needs: NEEDS, ...rest });
}

/**
 * Events as the lines of one batch, their ends included. All lines of a batch but its last begin with a space, so that
 * a batch that was cut off is recognised and none of it counts.
 */
export function encodeBatch(events: readonly StudyEvent[]): string {
  const last = events.length - 1;
  let text = "";
  for (let i = 0; i <= last; i++) text += `${i < last ? " " : ""}${encodeEvent(events[i]!)}\n`;
  return text;
}

/**
 * The event in a line; `lineNumber` counts from 1. Throws an `AttuneError` ("journal") naming the journal, the line and
 * what is wrong with it.
 */
export function decodeEvent(line: string, lineNumber: number, options: DecodeOptions = {}): StudyEvent {
  const { name = "the journal", version = JOURNAL_VERSION } = options;
  if (lineNumber === 1) versionOf(line, name);
  let event: Plain;
  try {
    event = JSON.parse(line) as Plain;
  } catch (error) {
    throw damaged(lineNumber, name, `${messageOf(error)}: ${show(line)}`, error);
  }
  if (event !== null && event.type === "study-created") {
    delete event.attune;
    delete event.needs;
  }
  for (let v = version; v < JOURNAL_VERSION; v++) event = upcasters[v]!(event);
  const problem = problemOf(event);
  if (problem !== undefined) throw damaged(lineNumber, name, problem);
  return event as unknown as StudyEvent;
}

/**
 * The version of the journal that begins with this line. Throws an `AttuneError` ("journal") when it is not a journal
 * of attune, or one that only a later attune can read.
 */
export function versionOf(firstLine: string, name: string): number {
  let header: Plain | undefined;
  try {
    header = JSON.parse(firstLine) as Plain;
  } catch {
    header = undefined; // not JSON, not ours
  }
  const { attune, version, needs, type } = header ?? {};
  if (attune !== "journal" || typeof version !== "number" || !Number.isInteger(version) || version < 1)
    throw new AttuneError("journal", `${name} is not an attune journal: its first line is ${show(firstLine)}`);
  if (version > JOURNAL_VERSION) {
    const which = typeof needs === "string" ? `attune ${needs} or later` : "a later attune";
    throw new AttuneError(
      "journal",
      `${name} is a journal of version ${version} and needs ${which}; this one reads versions up to ${JOURNAL_VERSION}`,
    );
  }
  if (type !== "study-created") throw damaged(1, name, `expected study-created, got ${show(type)}`);
  return version;
}

/** Whether a text may be the beginning of a header that was cut off while it was written. */
export function isTornHeader(text: string): boolean {
  const beginning = '{"attune":"journal"';
  const given = text.trimStart().slice(0, beginning.length);
  return beginning.startsWith(given);
}

/** Refuses a journal that would not begin with its header. */
export function expectHeader(first: StudyEvent, name: string): void {
  if (first.type !== "study-created")
    throw new AttuneError("journal", `Cannot begin ${name} with ${first.type}: expected study-created`);
}

function damaged(lineNumber: number, name: string, problem: string, cause?: unknown): AttuneError {
  return new AttuneError("journal", `Line ${lineNumber} of ${name} is damaged: ${problem}`, { cause });
}
