import { readFileSync } from "node:fs";
import { messageOf, usage } from "../core/errors.ts";
import type { JsonSpec } from "../search/json-spec.ts";

/** What `attune run` takes instead of a file. */
export interface InlineOptions {
  readonly param?: readonly string[];
  readonly space?: string;
  readonly minimize?: readonly string[];
  readonly maximize?: readonly string[];
  readonly limit?: readonly string[];
  readonly baseline?: readonly string[];
}

/** The JSON search that the options and a command describe. */
export function inlineSpec(command: readonly string[], options: InlineOptions): JsonSpec {
  if (command.length === 0)
    throw usage(
      "Expected a file, or --param and a command after --: attune run --param x=int:1:9 --minimize wall -- ./bench {x}",
    );
  const space = {
    ...(options.space === undefined ? {} : readFile(options.space)),
    ...Object.fromEntries((options.param ?? []).map(readParam)),
  };
  if (Object.keys(space).length === 0) throw usage("Expected at least one --param name=domain, or --space FILE");
  const aims = [
    ...(options.minimize ?? []).map((text) => readAim(text, "minimize")),
    ...(options.maximize ?? []).map((text) => readAim(text, "maximize")),
  ];
  if (aims.length === 0)
    throw usage("Expected at least one --minimize or --maximize: a name, `wall` for the run time, or name=regex");
  const values = Object.fromEntries(aims.flatMap(({ name, regex }) => (regex === undefined ? [] : [[name, regex]])));
  const baseline = Object.fromEntries(
    (options.baseline ?? []).map((text) => assignment("baseline", text)).map(([name, text]) => [name, readValue(text)]),
  );
  return {
    space,
    command: Object.keys(values).length > 0 ? { run: command, values } : command,
    objectives: Object.fromEntries(aims.map(({ name, direction }) => [name, direction])),
    ...(options.limit === undefined ? {} : { constraints: Object.fromEntries(options.limit.map(readLimit)) }),
    ...(Object.keys(baseline).length === 0 ? {} : { baseline }),
  };
}

function readFile(path: string): object {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as object;
  } catch (error) {
    throw usage(`Cannot read the space file ${path}: ${messageOf(error)}`);
  }
}

/** `threads=int:1:64:log`, `mode=fast,safe`. */
export function readParam(text: string): [string, unknown] {
  const [name, domain] = assignment("param", text);
  const [kind = "", ...rest] = domain.split(":");
  const log = rest.at(-1) === "log";
  const bounds = (log ? rest.slice(0, -1) : rest).map((part) => (part.trim() === "" ? NaN : Number(part)));
  const need = (low: number, high: number, form: string): void => {
    if (bounds.length >= low && bounds.length <= high && bounds.every(Number.isFinite)) return;
    throw usage(`Expected --param ${name} to be ${form}, got ${JSON.stringify(domain)}`);
  };
  const [a, b, c] = bounds;
  switch (kind) {
    case "int":
    case "float":
      need(2, 3, `${kind}:LOW:HIGH[:STEP][:log]`);
      return [name, { type: kind, low: a, high: b, ...(c === undefined ? {} : { step: c }), ...(log ? { log } : {}) }];
    case "range":
      need(2, 3, "range:START:END[:STEP]");
      return [name, { type: "range", start: a, end: b, ...(c === undefined ? {} : { step: c }) }];
    case "loggrid":
      need(2, 3, "loggrid:START:END[:TOTAL]");
      return [name, { type: "logGrid", start: a, end: b, ...(c === undefined ? {} : { total: c }) }];
    case "ordinal":
      return [name, { type: "ordinal", values: domain.slice(8).split(",").map(readValue) }];
    default:
      return [name, { type: "choice", values: domain.split(",").map(readValue) }];
  }
}

/** A word of the command line as a value: a number or a truth value where it reads as one, else text. */
function readValue(text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  return /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) && String(Number(text)) === text ? Number(text) : text;
}

function readAim(
  text: string,
  direction: "minimize" | "maximize",
): { name: string; direction: "minimize" | "maximize"; regex?: string } {
  const at = text.indexOf("=");
  if (at < 0) return { name: text, direction };
  const regex = text.slice(at + 1);
  try {
    new RegExp(regex);
  } catch (error) {
    throw usage(`Expected --${direction} ${text.slice(0, at)} to be a regular expression: ${messageOf(error)}`);
  }
  return { name: text.slice(0, at), direction, regex };
}

/** `p99=..50`, `accuracy=0.9..`. */
function readLimit(text: string): [string, { min?: number; max?: number }] {
  const [name, bounds] = assignment("limit", text);
  const match = /^([-+.\deE]*?)\.\.([-+.\deE]*)$/.exec(bounds);
  const [min, max] = match ? [match[1]!, match[2]!].map((part) => (part === "" ? undefined : Number(part))) : [];
  if ((min === undefined && max === undefined) || Number.isNaN(min) || Number.isNaN(max)) {
    throw usage(`Expected --limit ${name} to be MIN..MAX, ..MAX or MIN.., got ${JSON.stringify(bounds)}`);
  }
  return [name, { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }];
}

function assignment(option: string, text: string): [string, string] {
  const at = text.indexOf("=");
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw usage(`Expected --${option} to be NAME=VALUE, got ${JSON.stringify(text)}`);
}
