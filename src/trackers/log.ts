import { refuseUnknown, show, usage } from "../core/errors.ts";
import { defineTracker, type Status, type TrackerDefinition } from "../core/tracker.ts";
import { printable } from "../formats/printable.ts";
import { LineFile } from "../system/line-file.ts";
import { type Entry, entryOf, type Level, LEVELS } from "./entry.ts";
import { failedText } from "./progress.ts";
import { checkWhere, type Stream } from "./where.ts";

/** A logger in the manner of pino: each method takes fields and a message. */
export type Logger = { readonly [K in Level]: (fields: object, message: string) => unknown };

/** Where log entries go, from which level on, and as what. */
export interface LogOptions {
  /** A file that is appended to. At most one of `file`, `stream` and `logger`. */
  readonly file?: string;
  /** @default process.stderr */
  readonly stream?: Stream;
  /** Takes the entries instead: pino, or whatever has its methods. Their form and time are its own. */
  readonly logger?: Logger;
  /** The least that is told: "debug", "info", "warn" or "error". @default "info"; of a `logger` all, as it has a level of its own */
  readonly level?: Level;
  /** "text", or "json": one object per line, with `time`, `level`, `event`, `trial`, `message` and what the event has. @default "text" */
  readonly format?: "text" | "json";
}

/** One entry per event, in a file, a stream or a logger. */
export const log: TrackerDefinition<LogOptions> = defineTracker<LogOptions>(
  { name: "log", summary: "One line per event, as text or JSON, to stderr, a file or a logger.", argument: "file" },
  (options) => {
    check(options);
    const { file, stream = process.stderr, logger, format = "text" } = options;
    const { level = logger === undefined ? "info" : "debug" } = options;
    const least = LEVELS.indexOf(level);
    const form = format === "json" ? asJson : asText;
    return (watched) => {
      const lines = file === undefined ? undefined : new LineFile(file);
      const clear = stream.isTTY === true ? "\r\u001b[K" : ""; // the live line of `progress`
      return {
        track: (event, trial) => {
          const { status } = watched;
          const failures = event.type === "search-ended" && status.failed > 0 ? [failuresEntry(status)] : [];
          const told = [...failures, entryOf(event, trial)].filter(({ level }) => LEVELS.indexOf(level) >= least);
          if (logger !== undefined)
            for (const { level, fields, message } of told) logger[level]({ study: watched.id, ...fields }, message);
          else if (lines === undefined) for (const entry of told) stream.write(clear + form(event.at, entry));
          else if (told.length > 0) return lines.write(told.map((entry) => form(event.at, entry)).join(""));
          return undefined;
        },
      };
    };
  },
);

function check({ logger, level = "info", format = "text", ...rest }: LogOptions): void {
  refuseUnknown("log", rest, ["file", "stream", "logger", "level", "format"]);
  checkWhere(rest);
  if (!LEVELS.includes(level)) throw usage(`Expected \`level\` to be one of ${LEVELS.join(", ")}, got ${show(level)}`);
  if (format !== "text" && format !== "json")
    throw usage(`Expected \`format\` to be "text" or "json", got ${show(format)}`);
  if (logger === undefined) return;
  const missing = LEVELS.find((name) => typeof (logger as Partial<Logger> | null)?.[name] !== "function");
  if (missing !== undefined)
    throw usage(`Expected \`logger\` to have the methods ${LEVELS.join(", ")} of pino, got none called ${missing}`);
  if (rest.file !== undefined || rest.stream !== undefined)
    throw usage("Expected `logger` alone, got also `file` or `stream`");
}

function asText(at: number, { level, message }: Entry): string {
  return `${new Date(at).toISOString()} ${level.padEnd(5)} ${printable(message).replaceAll("\n", " ")}\n`;
}

function asJson(at: number, { level, message, fields }: Entry): string {
  return `${JSON.stringify({ time: new Date(at).toISOString(), level, ...fields, message })}\n`;
}

/** How many trials failed and how, and the first failure. */
function failuresEntry(status: Status): Entry {
  const { firstFailed, failed, failures } = status;
  const first =
    firstFailed === undefined ? "" : `; the first: trial ${firstFailed.number}: ${firstFailed.failure?.message ?? ""}`;
  return {
    level: "warn",
    message: `${failedText(status)}${first}`,
    fields: { event: "failures", failed, failures, first: firstFailed?.number },
  };
}
