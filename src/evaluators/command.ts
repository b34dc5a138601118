import { rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AttemptFailed } from "../core/attempt-failed.ts";
import { show } from "../core/errors.ts";
import type { TrialContext } from "../core/evaluator.ts";
import type { Json } from "../core/json.ts";
import { TrialPruned } from "../core/pruned.ts";
import { RetryLater } from "../core/retry-later.ts";
import { commandEnvironment } from "./command-environment.ts";
import { checkCommand, commandJson, type CommandOptions, templatesOf } from "./command-options.ts";
import { type OutputReader, outputReader } from "./command-output.ts";
import { type Finished, finish } from "./command-process.ts";
import { FollowedFile, reporting, reportReader } from "./command-reports.ts";
import { readResultFile } from "./command-result-file.ts";
import { fill, fillScript, fillText, lookUp, placeholders } from "./command-template.ts";
import { startProblem } from "./start-problem.ts";

export { checkPlaceholders } from "./command-template.ts";
export type { CommandOptions } from "./command-options.ts";

/** Milliseconds that a program waits which exited with a code for "later". */
const RETRY_AFTER = 10_000;

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
  /** Every text of the command and its options in which placeholders stand. */
  readonly templates: readonly string[];
  /** The JSON form, as a search in JSON holds it under `command`; `command(run, rest)` of it is the same objective. */
  toJSON(): Json;
}

/**
 * An objective that runs a program, once per attempt, without a shell. `{name}` in an argument stands for a parameter
 * (`{schedule.chunk}` for an inner one), `{params}` for all of them as JSON and `{params.json}` for a file that holds
 * that; `{trial}`, `{attempt}`, `{seed}` and `{worker}` for their numbers, `{dir}` for the attempt's own directory,
 * which is removed afterwards unless it is to be kept, `{lease.gpu}` for the tokens that it holds of a resource,
 * `{instance}` for what is to be measured where there are instances (`{instance.size}` for a field of it), `{{` for a brace. An argument whose parameter is absent is left out. The program finds the same in its environment:
 * ATTUNE_PARAM_LEVEL, ATTUNE_PARAMS, ATTUNE_TRIAL, ATTUNE_ATTEMPT, ATTUNE_SEED, ATTUNE_WORKER, ATTUNE_DIR,
 * ATTUNE_LEASE_GPU, ATTUNE_INSTANCE, ATTUNE_BASELINE (1 or 0). `wall` is always measured: the milliseconds that it ran for.
 *
 * An exit code that is no success is a failure of kind `error`, unless `exitCodes` says otherwise, a signal one of kind
 * `crash`, output without the values one of kind `invalid`. When `trial.signal` aborts, the program and everything that
 * it started are ended.
 * @example command(["./bench", "-t", "{threads}"], { values: { ms: /time: ([0-9.]+)/ } })
 */
export function command(run: readonly string[], options: CommandOptions = {}): CommandObjective {
  checkCommand(run, options);
  const templates = templatesOf(run, options);
  const given: Given = {
    run,
    options,
    used: new Set(placeholders(templates)),
    read: outputReader(options.values),
    reader: reportReader(options.reports ?? true),
  };
  const objective = (params: unknown, trial: TrialContext): Promise<unknown> => perform(given, params, trial);
  return Object.assign(objective, {
    [commandBrand]: true as const,
    run,
    templates,
    toJSON: () => commandJson(run, options),
  });
}

/** Whether an objective is a command's, of this or another copy of attune. */
export function isCommand(objective: unknown): objective is CommandObjective {
  return typeof objective === "function" && commandBrand in objective;
}

interface Given {
  readonly run: readonly string[];
  readonly options: CommandOptions;
  /** The names of the placeholders. */
  readonly used: ReadonlySet<string>;
  readonly read: OutputReader;
  readonly reader: ReturnType<typeof reportReader>;
}

async function perform(
  { run, options, used, read, reader }: Given,
  params: unknown,
  trial: TrialContext,
): Promise<unknown> {
  const { exclusive } = options;
  const special = await specials(used, params, trial);
  const value = (name: string): unknown => {
    const found = lookUp(params, name);
    return found === undefined ? lookUp(special, name) : found;
  };
  const [file = "", ...head] = options.shell ? shellCommand(fillScript(run, value)) : fill(run.slice(0, 1), value);
  if (file === "") throw new Error(`Expected the program ${show(run[0])} to have a name for these parameters`);
  const args = options.shell ? head : [...head, ...fill(run.slice(1), value)];
  const name = options.shell ? run.join(" ") : file;
  const cwd = pathOf("cwd", options.cwd, value);
  const [resultFile, reportFile] = (["resultFile", "reportFile"] as const).map((option) => {
    const path = pathOf(option, options[option], value);
    return path === undefined ? undefined : resolve(cwd ?? "", path);
  });
  if (resultFile !== undefined) await rm(resultFile, { force: true }); // an earlier attempt's
  const own = Object.entries(options.env ?? {}).map(([key, text]) => [key, fillText(text, value)] as const);
  const env = {
    ...process.env,
    ...Object.fromEntries(own),
    ...commandEnvironment(params, trial),
    ...(reportFile === undefined ? {} : { ATTUNE_REPORTS: reportFile }),
  };
  const report = reporting(reader(trial.names), trial);
  const line = options.reports === undefined ? undefined : report;
  const work = async (): Promise<Finished> => {
    const followed = reportFile === undefined ? undefined : new FollowedFile(reportFile, report);
    try {
      return await finish(file, args, { env, cwd, line }, trial.signal);
    } catch (error) {
      if (trial.signal.aborted) throw error;
      throw new Error(`Cannot run \`${name}\`: ${startProblem(error, cwd)}`, { cause: error });
    } finally {
      followed?.close();
    }
  };
  const finished = await (exclusive === undefined ? work() : trial.exclusive(exclusive, work));
  check(name, finished, options);
  if (resultFile === undefined) return read(finished, trial.names);
  return { wall: finished.wall, ...(await readResultFile(resultFile, trial.names)) };
}

/** What placeholders stand for beside parameters. */
async function specials(
  used: ReadonlySet<string>,
  params: unknown,
  trial: TrialContext,
): Promise<Record<string, unknown>> {
  const json = JSON.stringify(params);
  const file = used.has("params.json") && lookUp(params, "params.json") === undefined;
  const path = join(trial.dir, "params.json");
  if (file) await writeFile(path, json);
  return {
    trial: trial.number,
    attempt: trial.attempt,
    seed: trial.seed,
    worker: trial.worker,
    dir: trial.dir,
    params: json,
    "params.json": path,
    ...(trial.instance === undefined ? {} : { instance: trial.instance }),
    ...Object.fromEntries(Object.entries(trial.leases).map(([pool, tokens]) => [`lease.${pool}`, tokens])),
  };
}

function pathOf(
  option: "cwd" | "resultFile" | "reportFile",
  template: string | undefined,
  value: (name: string) => unknown,
): string | undefined {
  if (template === undefined) return undefined;
  const path = fillText(template, value);
  if (path) return path;
  throw new Error(`Expected \`command.${option}\` ${show(template)} to be a path for these parameters`);
}

function shellCommand([script, ...values]: [string, ...string[]]): string[] {
  return ["/bin/sh", "-c", script, "sh", ...values];
}

function check(
  name: string,
  { exitCode, signal, stderr }: Finished,
  { successCodes = [0], exitCodes = {}, retryAfter = RETRY_AFTER }: CommandOptions,
): void {
  if (signal === undefined && successCodes.includes(exitCode!)) return;
  const how = signal === undefined ? `exited with code ${exitCode}` : `was ended by ${signal}`;
  const kind = signal === undefined ? (exitCodes[exitCode!] ?? "error") : "crash";
  if (kind === "pruned") throw new TrialPruned(`\`${name}\` ${how}`);
  if (kind === "later") throw new RetryLater(retryAfter, `\`${name}\` ${how}`);
  const last = stderr.trimEnd().split("\n").at(-1)!.trim().slice(0, 200);
  throw new AttemptFailed({
    kind,
    message: `\`${name}\` ${how}${last === "" ? "" : `: ${last}`}`,
    ...(signal === undefined ? { exitCode: exitCode! } : { signal }),
    ...(stderr === "" ? {} : { stderr: Buffer.from(stderr).subarray(-4_096).toString("utf8") }),
  });
}
