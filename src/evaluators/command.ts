import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AttemptFailed } from "../core/attempt-failed.ts";
import { messageOf, refuseUnknown, show, usage } from "../core/errors.ts";
import type { TrialContext } from "../core/evaluator.ts";
import type { Json } from "../core/json.ts";
import { type OutputReader, outputReader, type Pattern, patternsJson } from "./command-output.ts";
import { type Finished, finish } from "./command-process.ts";
import { fill, fillScript, lookUp, placeholders, textOf } from "./command-template.ts";

export { checkPlaceholders } from "./command-template.ts";
export type { Pattern } from "./command-output.ts";

/** Options of {@link command}. */
export interface CommandOptions {
  /** The directory to run in. @default that of the process that evaluates */
  readonly cwd?: string;
  /** Variables added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Where the values stand in the output: a pattern per name, of which the first group counts (the whole match if it has
   * none), or one pattern with named groups. The last match in stdout followed by stderr counts.
   * @default the last line of stdout that is a JSON object, or a number when there is one objective
   */
  readonly values?: Pattern | Readonly<Record<string, Pattern>>;
  /** Whether the command is a script for `/bin/sh`. Values still never become part of it. @default false */
  readonly shell?: boolean;
  /** The exit codes that mean success. @default [0] */
  readonly successCodes?: readonly number[];
}

/** Marks the objectives that {@link command} makes, also those of another copy of attune. */
export const commandBrand: unique symbol = Symbol.for("attune.command") as never;

/** An objective that runs a program. */
export interface CommandObjective {
  // any: which names it gives is known only when it runs, and checked then
  // oxlint-disable-next-line typescript/no-explicit-any
  (params: unknown, trial: TrialContext): Promise<any>;
  readonly [commandBrand]: true;
  /** The command as given, before anything is filled in. */
  readonly run: readonly string[];
  /** The JSON form, as a search in JSON holds it under `command`. */
  toJSON(): Json;
}

/**
 * An objective that runs a program, once per attempt, without a shell. `{name}` in an argument stands for a parameter
 * (`{schedule.chunk}` for an inner one), `{trial}`, `{attempt}`, `{seed}` and `{params}` (as JSON) for the trial, `{dir}`
 * for an empty directory that is removed afterwards, `{{` for a brace. An argument whose parameter is absent is left out.
 * The program finds the same in its environment: ATTUNE_PARAM_LEVEL, ATTUNE_PARAMS, ATTUNE_TRIAL, ATTUNE_ATTEMPT,
 * ATTUNE_SEED, ATTUNE_BASELINE (1 or 0). `wall` is always measured: the milliseconds that it ran for.
 *
 * An exit code that is no success is a failure of kind `error`, a signal one of kind `crash`, output without the values
 * one of kind `invalid`. When `trial.signal` aborts, the program and everything that it started are ended.
 * @example command(["./bench", "-t", "{threads}"], { values: { ms: /time: ([0-9.]+)/ } })
 */
export function command(run: readonly string[], options: CommandOptions = {}): CommandObjective {
  refuseUnknown("command", options, ["cwd", "env", "values", "shell", "successCodes"]);
  if (!Array.isArray(run) || run.length === 0 || !run.every((part) => typeof part === "string"))
    throw usage(
      `Expected command() to be given a list of texts such as ["./bench", "-t", "{threads}"], got ${show(run)}`,
    );
  if (run[0] === "") throw usage('Expected the program of command() to have a name, got ""');
  const { successCodes = [0], values } = options;
  const read = outputReader(values);
  const objective = (params: unknown, trial: TrialContext): Promise<unknown> =>
    perform(run, options, successCodes, read, params, trial);
  const json = { run, ...options, ...(values === undefined ? {} : { values: patternsJson(values) }) };
  return Object.assign(objective, {
    [commandBrand]: true as const,
    run,
    toJSON: () => JSON.parse(JSON.stringify(json)) as Json,
  });
}

/** Whether an objective is a command's, of this or another copy of attune. */
export function isCommand(objective: unknown): objective is CommandObjective {
  return typeof objective === "function" && commandBrand in objective;
}

async function perform(
  run: readonly string[],
  options: CommandOptions,
  successCodes: readonly number[],
  read: OutputReader,
  params: unknown,
  trial: TrialContext,
): Promise<unknown> {
  const needsDir = placeholders(run).includes("dir") && lookUp(params, "dir") === undefined;
  const dir = needsDir ? await mkdtemp(join(tmpdir(), "attune-")) : undefined;
  try {
    const special: Record<string, unknown> = {
      trial: trial.number,
      attempt: trial.attempt,
      seed: trial.seed,
      params: JSON.stringify(params),
      dir,
    };
    const value = (name: string): unknown => {
      const found = lookUp(params, name);
      return found === undefined ? special[name] : found;
    };
    const [file = "", ...head] = options.shell ? shellCommand(fillScript(run, value)) : fill(run.slice(0, 1), value);
    if (file === "") throw new Error(`Expected the program ${show(run[0])} to have a name for these parameters`);
    const args = options.shell ? head : [...head, ...fill(run.slice(1), value)];
    const name = options.shell ? run.join(" ") : file;
    const env = { ...process.env, ...options.env, ...environment(params, trial) };
    const finished = await finish(file, args, { env, cwd: options.cwd }, trial.signal).catch((error: unknown) => {
      if (trial.signal.aborted) throw error;
      throw new Error(`Cannot run \`${name}\`: ${reason(error, options.cwd)}`, { cause: error });
    });
    check(name, finished, successCodes);
    return read(finished, trial.names);
  } finally {
    if (dir !== undefined) await rm(dir, { recursive: true, force: true });
  }
}

function shellCommand([script, ...values]: [string, ...string[]]): string[] {
  return ["/bin/sh", "-c", script, "sh", ...values];
}

function reason(error: unknown, cwd: string | undefined): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (code === "ENOENT" && cwd !== undefined && !existsSync(cwd)) return `there is no directory ${cwd} (ENOENT)`;
  if (code === "ENOENT") return "not found (ENOENT)";
  if (code === "EACCES") return "not an executable file (EACCES)";
  return messageOf(error);
}

/** The parameters and the trial as environment variables; inner keys are joined by `_`. */
function environment(params: unknown, trial: TrialContext): Record<string, string> {
  const found: Record<string, string> = {
    ATTUNE_TRIAL: String(trial.number),
    ATTUNE_ATTEMPT: String(trial.attempt),
    ATTUNE_SEED: String(trial.seed),
    ATTUNE_BASELINE: trial.baseline ? "1" : "0",
    ATTUNE_PARAMS: JSON.stringify(params),
  };
  const enter = (value: unknown, name: string): void => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) found[name] = textOf(value);
    else for (const [key, inner] of Object.entries(value)) enter(inner, `${name}_${variable(key)}`);
  };
  enter(typeof params === "object" ? params : {}, "ATTUNE_PARAM");
  return found;
}

function variable(key: string): string {
  return key.toUpperCase().replace(/[^A-Z0-9]/g, "_");
}

function check(name: string, { exitCode, signal, stderr }: Finished, successCodes: readonly number[]): void {
  if (signal === undefined && successCodes.includes(exitCode!)) return;
  const how = signal === undefined ? `exited with code ${exitCode}` : `was ended by ${signal}`;
  const last = stderr.trimEnd().split("\n").at(-1)!.trim().slice(0, 200);
  throw new AttemptFailed({
    kind: signal === undefined ? "error" : "crash",
    message: `\`${name}\` ${how}${last === "" ? "" : `: ${last}`}`,
    ...(signal === undefined ? { exitCode: exitCode! } : { signal }),
    ...(stderr === "" ? {} : { stderr: Buffer.from(stderr).subarray(-4_096).toString("utf8") }),
  });
}
