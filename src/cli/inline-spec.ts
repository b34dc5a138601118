import { messageOf, nearest, show, usage } from "../core/errors.ts";
import { isRecord } from "../core/json.ts";
import type { Direction } from "../core/objective.ts";
import { readJsonFile } from "../search/json-file.ts";
import type { JsonSpec } from "../search/json-spec.ts";

/** What `attune run` takes instead of a file. */
export interface InlineOptions {
  readonly param?: readonly string[];
  readonly space?: string;
  readonly minimize?: readonly string[];
  readonly maximize?: readonly string[];
  readonly measure?: readonly string[];
  readonly limit?: readonly string[];
  readonly instance?: readonly string[];
  readonly holdout?: readonly string[];
  readonly baseline?: readonly string[];
  readonly reports?: string;
  readonly reportFile?: string;
  readonly workerProgram?: boolean;
  readonly python?: string;
}

interface Pattern {
  readonly name: string;
  readonly regex?: string;
}

/** What `attune run` is to tune without a file that says so: a Python file before --, or the command or worker behind it. */
export function tunedOf(
  files: readonly string[],
  command: readonly string[],
  { workerProgram, python }: InlineOptions,
): Pick<JsonSpec, "command" | "objective"> {
  const [file, ...more] = files;
  if (file !== undefined && more.length === 0 && command.length === 0 && !workerProgram && isPython(file))
    return { objective: { python: file, ...(python === undefined ? {} : { execPath: python }) } };
  if (file !== undefined)
    throw usage(
      `Expected the command after --, as --param and --minimize describe one, got ${files.map((word) => JSON.stringify(word)).join(" ")} before it`,
    );
  if (python !== undefined) throw usage("--python needs FILE.py:FUNCTION to run");
  if (command.length === 0)
    throw usage(
      "Expected a command after --, for example: attune run --param x=int:1:9 --minimize wall -- ./bench {x}; or FILE.py:FUNCTION",
    );
  return workerProgram ? { objective: { worker: command } } : { command };
}

/** Whether a word names a Python file, and perhaps a function in it. */
export function isPython(word: string): boolean {
  return /\.pyw?(:[^:/\\]+)?$/.test(word);
}

/** The JSON search that the options and what is tuned describe. */
export async function inlineSpec(
  tuned: Pick<JsonSpec, "command" | "objective">,
  options: InlineOptions,
): Promise<JsonSpec> {
  const space = await spaceOf(options);
  const aims = aimsOf(options);
  if (aims.length === 0)
    throw usage("Expected at least one --minimize or --maximize: a name, `wall` for the run time, or name=regex");
  const measured = [...aims, ...(options.measure ?? []).map((text) => readPattern("measure", text))];
  for (const [i, { name }] of measured.entries())
    if (measured.findIndex((other) => other.name === name) < i) throw usage(`Expected \`${name}\` once, got it twice`);
  const limits = Object.fromEntries((options.limit ?? []).map(readLimit));
  const values = Object.fromEntries(
    measured.flatMap(({ name, regex }) => (regex === undefined ? [] : [[name, regex]])),
  );
  const patterns = Object.keys(values).length > 0;
  if (patterns && tuned.objective !== undefined)
    throw usage(
      `Expected \`${Object.keys(values)[0]}\` without a pattern: a function or a worker gives its values by name`,
    );
  if (patterns)
    for (const name of [...measured.map((one) => one.name), ...Object.keys(limits)])
      if (name !== "wall" && !Object.hasOwn(values, name))
        throw usage(
          `Expected \`${name}\` to have a pattern too, as others have one: ${Object.hasOwn(limits, name) ? "--measure " : ""}${name}=REGEX`,
        );
  const { reports, reportFile } = options;
  if (tuned.objective !== undefined && (reports ?? reportFile) !== undefined)
    throw usage(
      `--${reports === undefined ? "report-file" : "reports"} needs a command: a function or a worker reports itself`,
    );
  const more = {
    ...(patterns ? { values } : {}),
    ...(reports === undefined ? {} : { reports: reports === "json" ? (true as const) : reports }),
    ...(reportFile === undefined ? {} : { reportFile }),
  };
  const baseline = baselineOf(options.baseline ?? [], space);
  return {
    space,
    ...(Object.keys(more).length > 0 ? { command: { run: tuned.command as readonly string[], ...more } } : tuned),
    ...instancesOf(options),
    objectives: Object.fromEntries(aims.map(({ name, direction }) => [name, direction])),
    ...(options.limit === undefined ? {} : { constraints: limits }),
    ...(baseline === undefined ? {} : { baseline }),
  };
}

function instancesOf({ instance, holdout }: InlineOptions): Pick<JsonSpec, "instances"> {
  if (instance !== undefined) return { instances: { over: instance, ...(holdout === undefined ? {} : { holdout }) } };
  if (holdout === undefined) return {};
  throw usage("Expected --instance beside --holdout: the holdout is for what was found on others");
}

/** What the options say without a command: `attune ask` hands out trials of it. */
export async function inlineStudy(options: InlineOptions): Promise<Omit<JsonSpec, "command">> {
  const space = await spaceOf(options);
  const aims = aimsOf(options);
  for (const { name, regex } of aims)
    if (regex !== undefined)
      throw usage(`Expected \`${name}\` without a pattern: no output is read, its value is told`);
  const baseline = baselineOf(options.baseline ?? [], space);
  return {
    space,
    ...(aims.length === 0 ? {} : { objectives: Object.fromEntries(aims.map((aim) => [aim.name, aim.direction])) }),
    ...(options.limit === undefined ? {} : { constraints: Object.fromEntries(options.limit.map(readLimit)) }),
    ...(baseline === undefined ? {} : { baseline }),
  };
}

function aimsOf({ minimize = [], maximize = [] }: InlineOptions): (Pattern & { readonly direction: Direction })[] {
  return [
    ...minimize.map((text) => ({ ...readPattern("minimize", text), direction: "minimize" as const })),
    ...maximize.map((text) => ({ ...readPattern("maximize", text), direction: "maximize" as const })),
  ];
}

/** The space of a file, and the parameters of the command line beside it. */
async function spaceOf({ space: path, param = [] }: InlineOptions): Promise<unknown> {
  const own = Object.fromEntries(param.map(readParam));
  if (path === undefined) {
    if (param.length === 0) throw usage("Expected at least one --param name=domain, or --space FILE");
    return own;
  }
  const file = await readJsonFile("the space file", path);
  if (param.length === 0) return file;
  const shape = isRecord(file) && file["type"] === "object" ? file["of"] : file;
  if (isRecord(shape) && typeof shape["type"] !== "string") return { ...shape, ...own };
  throw usage(`Expected ${path} to hold an object of parameters, as --param adds to it, got ${show(file)}`);
}

/** `mode=fast`; `schedule.chunk=8` where parameters nest. */
function baselineOf(texts: readonly string[], space: unknown): object | undefined {
  if (texts.length === 0) return undefined;
  const baseline: Record<string, unknown> = {};
  for (const text of texts) {
    const [name, value] = assignment("baseline", text);
    const path = isRecord(space) && Object.hasOwn(space, name) ? [name] : name.split(".");
    let at = baseline;
    for (const key of path.slice(0, -1)) at = (at[key] ??= {}) as Record<string, unknown>;
    at[path.at(-1)!] = readValue(value);
  }
  return baseline;
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
      refuseMistyped(name, domain, kind);
      return [name, { type: "choice", values: domain.split(",").map(readValue) }];
  }
}

/** `flaot:0:1` is a mistake, not a choice of one. */
function refuseMistyped(name: string, domain: string, kind: string): void {
  const kinds = ["int", "float", "range", "loggrid", "ordinal"];
  const near = /^[a-z]+:[-+.\de:]*(log)?$/i.test(domain) ? nearest(kind, kinds) : undefined;
  if (near !== undefined)
    throw usage(`Expected --param ${name} to be one of ${kinds.join(", ")}, or a,b,c, got ${JSON.stringify(domain)}`);
}

/** A word of the command line as a value: a number or a truth value where it reads as one, else text. */
function readValue(text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  return /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) && String(Number(text)) === text ? Number(text) : text;
}

/** `wall`, `ms=time: ([0-9.]+)`. */
function readPattern(option: string, text: string): Pattern {
  if (!text.includes("=")) return { name: text };
  const [name, regex] = assignment(option, text);
  try {
    new RegExp(regex);
  } catch (error) {
    throw usage(`Expected --${option} ${name} to be a regular expression: ${messageOf(error)}`);
  }
  return { name, regex };
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
