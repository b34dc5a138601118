import { closeSync, openSync, readSync, writeFileSync } from "node:fs";
import type { TrialContext } from "../core/evaluator.ts";
import { isRecord } from "../core/json.ts";
import { FileWatch } from "../system/file-watch.ts";
import { compile, type Pattern } from "./command-output.ts";
import { Lines } from "./protocol.ts";

/** A line that is longer is no report; in characters. */
const LONGEST_LINE = 65_536;
/** How much of a file is read at once, in bytes. */
const CHUNK = 65_536;

/** What a line reports, if it reports anything. */
type ReadReport = (line: string) => { readonly step: number; readonly values: Record<string, number> } | undefined;

/** Makes readers of one run each: of JSON lines, or of lines that a pattern finds, whose steps are counted where it has no group `step`. */
export function reportReader(reports: true | Pattern): (names: readonly string[]) => ReadReport {
  if (reports === true) return () => jsonReport;
  const regex = compile(reports, "reports");
  return (names) => {
    let count = 0;
    return (line) => {
      regex.lastIndex = 0;
      const match = regex.exec(line);
      if (match === null) return undefined;
      count++;
      if (match.groups === undefined)
        return { step: count, values: { [names[0] ?? "value"]: Number(match[1] ?? match[0]) } };
      const { step = String(count), ...found } = match.groups as Record<string, string | undefined>;
      const given = Object.entries(found).filter(([, text]) => text !== undefined);
      return { step: Number(step), values: Object.fromEntries(given.map(([name, text]) => [name, Number(text)])) };
    };
  };
}

/** `{"step": 3, "loss": 0.2}`: an object with a number `step`, and the numbers beside it. */
function jsonReport(line: string): ReturnType<ReadReport> {
  const text = line.trim();
  if (!text.startsWith("{") || !text.endsWith("}")) return undefined;
  try {
    const json: unknown = JSON.parse(text);
    if (!isRecord(json) || typeof json["step"] !== "number") return undefined;
    const { step, ...rest } = json;
    const values = Object.entries(rest).flatMap(([name, value]) => (typeof value === "number" ? [[name, value]] : []));
    return values.length === 0 ? undefined : { step, values: Object.fromEntries(values) as Record<string, number> };
  } catch {
    return undefined; // a line of text between braces
  }
}

/** Hands on what the lines report. A verdict to prune comes by `trial.signal`, which ends the program. */
export function reporting(read: ReadReport, trial: TrialContext): (line: string) => void {
  return (line) => {
    const found = read(line);
    if (found !== undefined && !trial.signal.aborted) trial.report(found.step, found.values).catch(() => {});
  };
}

/** A file to which a running program appends lines, from its beginning on; it is made empty first. */
export class FollowedFile {
  readonly #path: string;
  readonly #lines: Lines;
  readonly #watch: FileWatch;
  #read = 0;

  constructor(path: string, line: (text: string) => void) {
    this.#path = path;
    this.#lines = new Lines(line, LONGEST_LINE);
    writeFileSync(path, "");
    this.#watch = new FileWatch(path, { changed: () => this.#follow(), make: () => writeFileSync(path, "") });
  }

  /** Reads what is left. */
  close(): void {
    this.#watch.close();
    this.#follow();
    this.#lines.end();
  }

  #follow(): void {
    let file: number;
    try {
      file = openSync(this.#path, "r");
    } catch {
      return; // the program has removed it
    }
    try {
      const chunk = Buffer.alloc(CHUNK);
      for (let size = 1; size > 0; this.#read += size) {
        size = readSync(file, chunk, 0, CHUNK, this.#read);
        if (size > 0) this.#lines.push(chunk.subarray(0, size));
      }
    } finally {
      closeSync(file);
    }
  }
}
