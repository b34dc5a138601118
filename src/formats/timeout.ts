import { usage } from "../core/errors.ts";
import type { Timeout } from "../core/timeout.ts";
import { durationText, numberText, readDuration } from "./quantity.ts";

/** Reads the limit of an attempt as it stands on the command line: `10s`, `3xbest`, or `3xbaseline,10s` with a `max`. */
export function readTimeout(text: string, name = "timeout"): Timeout {
  const [, times, of, max] = /^\s*(\d+(?:\.\d+)?)\s*[x×]\s*(best|baseline)\s*(?:,(.*))?$/.exec(text) ?? [];
  if (of === undefined) {
    if (/^\s*\d+(?:\.\d+)?\s*(?:ms|s|m|min|h|d)\s*$/.test(text)) return readDuration(text, name);
    throw usage(
      `Expected \`${name}\` to be a time such as 10s or 5m, or a multiple such as 3xbest, 3xbaseline or 3xbest,10s, got ${JSON.stringify(text)}`,
    );
  }
  const limit = max === undefined ? {} : { max: readDuration(max, name) };
  return of === "best" ? { timesBest: Number(times), ...limit } : { timesBaseline: Number(times), ...limit };
}

/** The limit of an attempt for people: `at most 10 s`, `at most 3 × the best's time, or 10 s`. */
export function timeoutText(timeout: Timeout): string {
  if (typeof timeout === "number") return `at most ${durationText(timeout)}`;
  const { timesBest, timesBaseline, max } = timeout;
  const of = timesBest === undefined ? "baseline" : "best";
  const most = max === undefined ? "" : ` or ${durationText(max)}`;
  return `at most ${numberText(timesBest ?? timesBaseline)} × the ${of}'s time${most}`;
}
