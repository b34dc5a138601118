import { refuseUnknown, show, usage } from "../core/errors.ts";
import { isRecord, type Json } from "../core/json.ts";
import { FAILURE_KINDS, type FailureKind } from "../core/outcome.ts";
import { type Pattern, patternsJson } from "./command-output.ts";
import { placeholders } from "./command-template.ts";

/**
 * What an exit code can mean beside success: a kind of failure, that the program gave the trial up, or that it cannot
 * run now and is to be started again `retryAfter` milliseconds later.
 */
export type ExitMeaning = FailureKind | "pruned" | "later";

/** Options of `command`. */
export interface CommandOptions {
  /** The directory to run in; may hold placeholders, such as `{dir}`. @default that of the process that evaluates */
  readonly cwd?: string;
  /** Variables added to the environment; may hold placeholders. One whose parameter is absent is left out. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Where the values stand in the output: a pattern per name, of which the first group counts (the whole match if it has
   * none), or one pattern with named groups. The last match in stdout followed by stderr counts.
   * @default the last line of stdout that is a JSON object, or a number when there is one objective
   */
  readonly values?: Pattern | Readonly<Record<string, Pattern>>;
  /**
   * The file that the program writes its values to, instead of its output: a JSON object, or a number when there is one
   * objective. A relative path starts at `cwd`. As trials run side by side, it or `cwd` must hold `{dir}` or `{trial}`.
   */
  readonly resultFile?: string;
  /**
   * Which lines of the running program's output report intermediate values: `true` for JSON objects with a number `step`, such as
   * `{"step": 3, "loss": 0.2}`, or a pattern with named groups, of which `step` may be one; without it steps are counted
   * from 1, and the first group of a pattern without names is the first objective. When the trial is to be pruned the
   * program is ended, with everything that it started. @default none
   */
  readonly reports?: true | Pattern;
  /**
   * The file to which the running program appends its reports instead, JSON objects with a number `step`, one per line. A relative
   * path starts at `cwd`; it or `cwd` must hold `{dir}` or `{trial}`. The program finds it in ATTUNE_REPORTS.
   */
  readonly reportFile?: string;
  /** Whether the command is a script for `/bin/sh`. Values still never become part of it. @default false */
  readonly shell?: boolean;
  /** The exit codes that mean success. @default [0] */
  readonly successCodes?: readonly number[];
  /** What further exit codes mean: `{ 2: "pruned", 137: "memory" }`. @default every other code is a failure of kind `error` */
  readonly exitCodes?: Readonly<Record<number, ExitMeaning>>;
  /** The milliseconds after which a program is started again that exited with a code for "later". @default 10 000 */
  readonly retryAfter?: number;
  /**
   * A phase, such as "measure", that only one program at a time is in on this host, whichever worker or search started
   * it. The whole run waits for its turn; `wall` is measured without the waiting. @default none
   */
  readonly exclusive?: string;
}

const NAMES: Readonly<Record<keyof CommandOptions, true>> = {
  cwd: true,
  env: true,
  values: true,
  resultFile: true,
  reports: true,
  reportFile: true,
  shell: true,
  successCodes: true,
  exitCodes: true,
  retryAfter: true,
  exclusive: true,
};
const MEANINGS: readonly ExitMeaning[] = [...FAILURE_KINDS, "pruned", "later"];

/** Checks a command and its options; throws a usage error. Patterns are checked where they are compiled. */
export function checkCommand(run: readonly string[], options: CommandOptions): void {
  if (!Array.isArray(run) || run.length === 0 || !run.every(isText))
    throw usage(
      `Expected command() to be given a list of texts such as ["./bench", "-t", "{threads}"], got ${show(run)}`,
    );
  if (run[0] === "") throw usage('Expected the program of command() to have a name, got ""');
  refuseUnknown("command", options, Object.keys(NAMES));
  const { successCodes = [0], exitCodes = {}, values, resultFile, reports, reportFile } = options;
  expect(options, "cwd", "a path", isFilled);
  expect(options, "env", "an object of texts", (env) => isRecord(env) && Object.values(env).every(isText));
  expect(options, "values", "a regular expression, or an object of them", (v) => isPattern(v) || isPatterns(v));
  expect(options, "resultFile", "a path", isFilled);
  expect(options, "reports", "true or a regular expression", (v) => v === true || isPattern(v));
  expect(options, "reportFile", "a path", isFilled);
  expect(options, "shell", "true or false", (shell) => typeof shell === "boolean");
  expect(
    options,
    "successCodes",
    "a list of exit codes",
    (codes) => Array.isArray(codes) && codes.every(Number.isInteger),
  );
  expect(options, "exitCodes", `an object such as { 2: "pruned", 137: "memory" }`, isRecord);
  expect(options, "retryAfter", "a number of milliseconds > 0", (ms) => Number.isFinite(ms) && Number(ms) > 0);
  expect(options, "exclusive", "the name of a phase", isFilled);
  for (const [code, meaning] of Object.entries(exitCodes)) {
    if (!/^\d+$/.test(code))
      throw usage(`Expected the keys of \`command.exitCodes\` to be exit codes, got ${show(code)}`);
    if (!isText(meaning) || !(MEANINGS as readonly string[]).includes(meaning))
      throw usage(`Expected \`command.exitCodes.${code}\` to be one of ${MEANINGS.join(", ")}, got ${show(meaning)}`);
    if (successCodes.includes(Number(code)))
      throw usage(`Expected exit code ${code} to mean success or ${show(meaning)}, got it in both lists`);
  }
  if (resultFile !== undefined && values !== undefined)
    throw usage("Expected command() to be given `values` or `resultFile`, got both: the values stand in one of them");
  if (reportFile !== undefined && reports !== undefined)
    throw usage("Expected command() to be given `reports` or `reportFile`, got both: the reports stand in one of them");
  for (const [name, file] of Object.entries({ resultFile, reportFile })) {
    const path = placeholders([file ?? "{dir}", options.cwd ?? ""]);
    if (!path.includes("dir") && !path.includes("trial"))
      throw usage(
        `Expected \`command.${name}\` to hold {dir} or {trial}, as trials run side by side, got ${show(file)}`,
      );
  }
}

/** The texts of a command in which placeholders stand. */
export function templatesOf(
  run: readonly string[],
  { cwd, env = {}, resultFile, reportFile }: CommandOptions,
): string[] {
  return [...run, ...[cwd ?? [], Object.values(env), resultFile ?? [], reportFile ?? []].flat()];
}

/** The JSON form of a command: `run` beside its options. */
export function commandJson(run: readonly string[], options: CommandOptions): Json {
  const { values, reports } = options;
  const json = {
    run,
    ...options,
    ...(values === undefined ? {} : { values: patternsJson(values) }),
    ...(reports === undefined || reports === true ? {} : { reports: patternsJson(reports) }),
  };
  return JSON.parse(JSON.stringify(json)) as Json;
}

function expect(
  options: CommandOptions,
  name: keyof CommandOptions,
  rule: string,
  holds: (v: unknown) => boolean,
): void {
  const value: unknown = options[name];
  if (value !== undefined && !holds(value))
    throw usage(`Expected \`command.${name}\` to be ${rule}, got ${show(value)}`);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isFilled(value: unknown): boolean {
  return isText(value) && value !== "";
}

function isPattern(value: unknown): boolean {
  return isText(value) || value instanceof RegExp;
}

function isPatterns(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length > 0 && Object.values(value).every(isPattern);
}
