import { appendFileSync, readFileSync, truncateSync } from "node:fs";
import type { Random } from "../../src/core/random.ts";

/** The text of a journal up to the end of its last whole batch (docs/journal-format.md). */
export function wholeBatches(text: string): string {
  let end = text.lastIndexOf("\n") + 1;
  while (end > 0) {
    const begin = text.lastIndexOf("\n", end - 2) + 1;
    if (text[begin] !== " ") return text.slice(0, end);
    end = begin;
  }
  return "";
}

/**
 * Leaves the journal as a writer does that is killed in the middle of a write: the last batch is cut off somewhere. An
 * acknowledged start of an attempt is left alone, as it would then be started twice, and so are the first `seen` bytes;
 * there a torn line is added instead.
 */
export function tear(journal: string, seen: number, random: Random): void {
  const text = readFileSync(journal, "latin1"); // offsets are bytes
  const whole = wholeBatches(text);
  const before = wholeBatches(whole.slice(0, -1));
  const last = whole.slice(before.length);
  if (last.length < 3) return;
  const kept = 1 + random.integer(last.length - 2);
  if (before.length < seen || last.includes('"trial-started"')) appendFileSync(journal, last.slice(0, kept), "latin1");
  else truncateSync(journal, before.length + kept);
}
