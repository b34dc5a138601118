import { refuseUnknown, show, usage } from "../core/errors.ts";
import type { TrialContext } from "../core/evaluator.ts";
import { isRecord, type Json } from "../core/json.ts";
import type { CommandOptions } from "../evaluators/command.ts";
import { checkCommand, commandJson } from "../evaluators/command-options.ts";
import type { Job } from "./job.ts";

/** What a job is told beside its parameters. */
type Texts = Readonly<Record<string, string>>;
/** A tree of settings, as a JSON or YAML file holds it. */
export type Settings = Readonly<Record<string, Json>>;

/** A job that runs in JavaScript: gets the parameters of template and trial, and returns what an objective may return. */
export type JobFunction<P = never> = (parameters: P, trial: TrialContext, job: Job<P>) => unknown;

/**
 * What every job starts from. `command()` documents the options of commands, which stand beside these; a function takes
 * none of them.
 */
export interface JobTemplate<P = never> extends CommandOptions {
  /** What jobs are named after. */
  readonly name: string;
  /** A command with placeholders such as `{rate}`, or a function. `{settings.json}` is the file of the settings, `{dir}` the job's directory. */
  readonly run: readonly string[] | JobFunction<P>;
  /** Parameters that are not searched, by name. @default none */
  readonly parameters?: Settings;
  /** Files that are written to the job's directory before it starts, by their path in it; `{rate}` in one stands for a parameter. @default none */
  readonly files?: Texts;
  /** Nested settings, written to `settings.json` in the job's directory; every parser of YAML reads that too. @default none */
  readonly settings?: Settings;
}

/** What a job has other than its template. Paths of settings have dots: `{ "model.layers": 4 }`; inner objects are merged. */
export interface JobOverrides {
  readonly parameters?: Settings;
  /** Null takes a variable away. */
  readonly env?: Readonly<Record<string, Json>>;
  /** Null takes a file away. */
  readonly files?: Readonly<Record<string, string | null>>;
  readonly settings?: Settings;
  readonly run?: readonly string[];
  readonly cwd?: string;
}

/** A template with overrides applied: what is run. */
export interface JobPlan extends Omit<JobTemplate, "run" | "name"> {
  /** Undefined for a function. */
  readonly run?: readonly string[];
  readonly parameters: Settings;
}

/** The sections of a template that parameters set by their names: `settings.model.layers`, `env.THREADS`, `files.config`. */
const SECTIONS = ["env", "files", "settings"] as const;
const OVERRIDES: readonly (keyof JobOverrides)[] = ["parameters", ...SECTIONS, "run", "cwd"];

/** Checks a template; throws a usage error. */
export function checkTemplate(template: JobTemplate): void {
  if (!isRecord(template)) throw usage(`Expected \`template\` to be { name, run, … }, got ${show(template)}`);
  const { name, run, parameters, files, settings, ...options } = template;
  if (typeof name !== "string" || name === "")
    throw usage(`Expected \`template.name\` to be a text, got ${show(name)}`);
  if (typeof run === "function") refuseUnknown("a template with a function", options, ["env"]);
  else checkCommand(run, options);
  for (const [section, given] of Object.entries({ parameters, settings, files }))
    if (given !== undefined && !isRecord(given))
      throw usage(`Expected \`template.${section}\` to be an object, got ${show(given)}`);
  for (const [path, text] of Object.entries(files ?? {})) checkFile(path, text);
}

/** What parameters of a trial override by their names; all of them are parameters of the job too. */
export function overridesOf(params: unknown): JobOverrides {
  const found: Record<string, Record<string, Json>> = {};
  const set = (section: string, path: string, value: Json): void => void ((found[section] ??= {})[path] = value);
  const given = (isRecord(params) ? params : {}) as Settings;
  for (const [key, value] of Object.entries(given))
    for (const section of SECTIONS) {
      if (key === section && isRecord(value))
        for (const [inner, each] of Object.entries(value)) set(section, inner, each);
      else if (key.startsWith(`${section}.`)) set(section, key.slice(section.length + 1), value);
    }
  return { parameters: given, ...found };
}

/** The template with these overrides, later ones over earlier ones. Throws a usage error for what does not fit it. */
export function applyOverrides(template: JobTemplate, ...all: readonly JobOverrides[]): JobPlan {
  const { name: _name, run, ...rest } = template;
  let plan: JobPlan = { ...rest, parameters: template.parameters ?? {}, ...(typeof run === "function" ? {} : { run }) };
  for (const given of all) {
    refuseUnknown("the overrides of a job", given, OVERRIDES);
    const { parameters, env, files, settings, ...others } = given;
    if (typeof run === "function" && others.run !== undefined)
      throw usage("Expected no `run` among the overrides of a job whose template is a function");
    plan = { ...plan, ...others, parameters: { ...plan.parameters, ...parameters } };
    if (env !== undefined) plan = { ...plan, env: without(Object.entries(env), plan.env, textOf) };
    if (files !== undefined) plan = { ...plan, files: without(Object.entries(files), plan.files, checkFile) };
    if (settings !== undefined) plan = { ...plan, settings: merged(plan.settings ?? {}, settings, "settings") };
  }
  return plan;
}

/** A plan as JSON, its patterns as texts. */
export function planJson(plan: JobPlan): Json {
  const { run, parameters, files, settings, ...options } = plan;
  const command = run === undefined ? {} : (commandJson(run, options) as object);
  return JSON.parse(JSON.stringify({ ...options, parameters, files, settings, ...command })) as Json;
}

/** Texts with changes, of which null takes one away. */
function without(changes: [string, Json][], texts: Texts = {}, check: (name: string, given: Json) => string): Texts {
  const all = new Map(Object.entries(texts));
  for (const [name, given] of changes)
    if (given === null) all.delete(name);
    else all.set(name, check(name, given));
  return Object.fromEntries(all);
}

/** A tree with the values of another one, whose names may be paths. */
function merged(tree: Settings, changes: Settings, at: string): Settings {
  const out: Record<string, Json> = { ...tree };
  for (const [path, value] of Object.entries(changes)) {
    const dot = path.indexOf(".");
    const [key, change] = dot < 0 ? [path, value] : [path.slice(0, dot), { [path.slice(dot + 1)]: value }];
    if (key === "" || key === "__proto__")
      throw usage(`Expected the paths in \`${at}\` to be names with dots between them, got ${show(path)}`);
    const before = Object.hasOwn(out, key) ? out[key] : undefined;
    if (dot >= 0 && before !== undefined && !isRecord(before))
      throw usage(
        `Expected \`${at}.${key}\` to be an object, as ${show(path)} is to be set in it, got ${show(before)}`,
      );
    out[key] = isRecord(change) ? merged(isRecord(before) ? before : {}, change, `${at}.${key}`) : change;
  }
  return out;
}

function textOf(name: string, given: Json): string {
  if (typeof given === "string" || typeof given === "number" || typeof given === "boolean") return String(given);
  throw usage(`Expected \`env.${name}\` to be a text, a number, true or false, got ${show(given)}`);
}

function checkFile(path: string, given: Json): string {
  const parts = path.split(/[/\\]/);
  if (path === "" || /^[/\\]|^[a-z]:/i.test(path) || parts.includes(".."))
    throw usage(`Expected the names in \`files\` to be paths within the job's directory, got ${show(path)}`);
  if (typeof given !== "string") throw usage(`Expected \`files.${path}\` to be a text, got ${show(given)}`);
  return given;
}
