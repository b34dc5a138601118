import { AttemptFailed } from "../core/attempt-failed.ts";
import { messageOf, show, usage } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import type { Measurement } from "../core/measure.ts";

/** A regular expression, or the text of one; `/text/flags` gives flags, others are read with the flag m. */
export type Pattern = RegExp | string;

/** The characters of output that a message shows. */
const SHOWN = 200;
/** How many lines between braces are tried as JSON, from the last one. */
const TRIES = 1_000;

/** What a command wrote, and the milliseconds that it ran for. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly wall: number;
}

/** Reads the values from what a command wrote; `names` are those that the search wants. */
export type OutputReader = (output: CommandOutput, names: readonly string[]) => Record<string, Measurement>;

/** Reads by patterns, or, without any, the last line of stdout that is a JSON object or a number. */
export function outputReader(values: Pattern | Readonly<Record<string, Pattern>> | undefined): OutputReader {
  const read = values === undefined ? lastLine : isPattern(values) ? byOne(values) : byMany(values);
  return (output, names) => {
    const found = read(output, names);
    const all = Object.hasOwn(found, "wall") ? found : { ...found, wall: output.wall };
    const missing = names.find((name) => !Object.hasOwn(all, name));
    if (missing === undefined || values !== undefined) return all;
    throw invalid(`Expected the last line of the output to be a JSON object with \`${missing}\`, or a number`, output);
  };
}

/** The JSON form of patterns. */
export function patternsJson(values: Pattern | Readonly<Record<string, Pattern>>): Json {
  if (isPattern(values)) return typeof values === "string" ? values : String(values);
  return Object.fromEntries(Object.entries(values).map(([name, pattern]) => [name, patternsJson(pattern)]));
}

function isPattern(values: Pattern | Readonly<Record<string, Pattern>>): values is Pattern {
  return typeof values === "string" || values instanceof RegExp;
}

/** From the end, without a copy of all lines: a program may have written millions. */
function lastLine({ stdout }: CommandOutput, names: readonly string[]): Record<string, Measurement> {
  const sole = soleName(names);
  let tries = 0;
  for (let end = stdout.length; end > 0 && tries < TRIES;) {
    const from = stdout.lastIndexOf("\n", end - 1) + 1;
    const line = stdout.slice(from, end).trim();
    end = from - 1;
    if (line === "") continue;
    if (sole !== undefined && Number.isFinite(Number(line))) return { [sole]: Number(line) };
    if (!line.startsWith("{") || !line.endsWith("}")) continue;
    try {
      return JSON.parse(line) as Record<string, Measurement>;
    } catch {
      tries++; // a line of text between braces
    }
  }
  return {};
}

/** The name that a bare number stands for, where there is one. */
export function soleName(names: readonly string[]): string | undefined {
  return names.length === 1 && names[0] !== "wall" ? names[0] : undefined;
}

/** One pattern: its named groups, or one number for the sole name. */
function byOne(pattern: Pattern): OutputReader {
  const regex = compile(pattern, "values");
  return (output, names) => {
    const match = lastMatch(regex, output);
    const name = names[0] ?? "value";
    if (match === undefined) throw unmatched(regex, names, output);
    if (match.groups === undefined) return { [name]: numberOf(match[1] ?? match[0], regex, name) };
    const given = Object.entries(match.groups).filter(([, text]) => (text as string | undefined) !== undefined);
    return Object.fromEntries(given.map(([group, text]) => [group, numberOf(text, regex, group)]));
  };
}

function byMany(patterns: Readonly<Record<string, Pattern>>): OutputReader {
  const regexes = Object.entries(patterns).map(
    ([name, pattern]) => [name, compile(pattern, `values.${name}`)] as const,
  );
  return (output) =>
    Object.fromEntries(
      regexes.map(([name, regex]) => {
        const match = lastMatch(regex, output);
        if (match === undefined) throw unmatched(regex, [name], output);
        return [name, numberOf(match.groups?.[name] ?? match[1] ?? match[0], regex, name)];
      }),
    );
}

/** The regular expression of a pattern, for all matches; a usage error names the option. */
export function compile(pattern: Pattern, name: string): RegExp {
  const [text, flags] =
    typeof pattern === "string"
      ? (/^\/(.+)\/([a-z]*)$/s.exec(pattern)?.slice(1) ?? [pattern, "m"])
      : [pattern.source, pattern.flags];
  try {
    return new RegExp(text!, flags!.includes("g") ? flags : `${flags}g`);
  } catch (error) {
    throw usage(`Expected \`${name}\` to be a regular expression, got ${show(pattern)}: ${messageOf(error)}`);
  }
}

function lastMatch(regex: RegExp, { stdout, stderr }: CommandOutput): RegExpMatchArray | undefined {
  const all = stdout === "" || stdout.endsWith("\n") ? stdout + stderr : `${stdout}\n${stderr}`;
  let last: RegExpMatchArray | undefined;
  for (const match of all.matchAll(regex)) last = match;
  return last;
}

function numberOf(text: string, regex: RegExp, name: string): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isFinite(number)) return number;
  throw new AttemptFailed({
    kind: "invalid",
    message: `Expected what matches ${plain(regex)} for \`${name}\` to be a finite number, got ${show(text)}`,
  });
}

function unmatched(regex: RegExp, names: readonly string[], output: CommandOutput): AttemptFailed {
  return invalid(
    `Expected the output to match ${plain(regex)} for ${names.map((name) => `\`${name}\``).join(", ")}`,
    output,
  );
}

function invalid(rule: string, { stdout, stderr }: CommandOutput): AttemptFailed {
  const all = `${stdout.trimEnd()}\n${stderr.trimEnd()}`.trim();
  const got = all === "" ? "no output" : all.length > SHOWN ? `…${all.slice(-SHOWN)}` : all;
  return new AttemptFailed({ kind: "invalid", message: `${rule}, got: ${got}` });
}

function plain(regex: RegExp): string {
  return `/${regex.source}/${regex.flags.replace("g", "")}`;
}
