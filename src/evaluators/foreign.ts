import { readFileSync } from "node:fs";
import type { TrialContext } from "../core/evaluator.ts";
import { show, usage } from "../core/errors.ts";
import { isRecord, type Json } from "../core/json.ts";
import { cacheDirectory } from "../system/cache-directory.ts";
import type { UsageLimits } from "../system/usage-watch.ts";
import type { Launch } from "./process-transport.ts";

/** Marks the objectives that `python()` and `worker()` make, also those of another copy of attune. */
export const foreignBrand: unique symbol = Symbol.for("attune.foreign") as never;

/** An objective in another language: a program that serves many trials, and speaks the worker protocol itself. */
export interface ForeignObjective {
  // any: which names it gives is known only when it runs, and checked then
  // oxlint-disable-next-line typescript/no-explicit-any
  (params: unknown, trial: TrialContext): Promise<any>;
  readonly [foreignBrand]: Foreign;
  /** The JSON form, as a search in JSON holds it under `objective`. */
  toJSON(): Json;
}

/** What an evaluator must know to run such a program as its worker. */
export interface Foreign {
  /** Milliseconds that it has to say that it is ready. */
  readonly startLimit: number;
  /** The file that it is written in, where that is known, for a hash of it. */
  readonly file?: string;
  /** How it is started. Throws an error that says why it cannot be, as far as that is known before it is tried. */
  launch(around: Surroundings): Launch;
}

/** What the evaluator's options say about every process that it starts. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  readonly limits?: UsageLimits | undefined;
  /** The options that were given although they concern Node alone. */
  readonly forNode?: readonly string[];
}

/** Options that `python()` and `worker()` share. */
export interface ForeignOptions {
  /** Variables added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The directory to run in, from which relative paths start. @default that of the process that evaluates */
  readonly cwd?: string;
  /** Milliseconds that a worker has to load what it needs and say that it is ready. @default 60_000 */
  readonly startLimit?: number;
}

/** The names of {@link ForeignOptions}. */
export const FOREIGN_OPTIONS: readonly (keyof ForeignOptions)[] = ["env", "cwd", "startLimit"];
/** Milliseconds that a worker has to be ready where nothing else is said. */
export const START_LIMIT = 60_000;

/** Checks the shared options of the objective of that name; throws a usage error. */
export function checkForeign(name: string, { env, cwd, startLimit }: ForeignOptions): void {
  if (env !== undefined && !(isRecord(env) && Object.values(env).every((text) => typeof text === "string")))
    throw usage(`Expected \`${name}.env\` to be an object of texts, got ${show(env)}`);
  if (cwd !== undefined && (typeof cwd !== "string" || cwd === ""))
    throw usage(`Expected \`${name}.cwd\` to be a path, got ${show(cwd)}`);
  if (startLimit !== undefined && !(typeof startLimit === "number" && startLimit > 0))
    throw usage(`Expected \`${name}.startLimit\` to be a number > 0, got ${show(startLimit)}`);
}

/** Where such a program runs, and with which environment. */
export function surrounded({ env, cwd }: ForeignOptions, around: Surroundings): Omit<Launch, "file" | "args"> {
  const all = { ...process.env, ...around.env, ...env };
  const place = cwd ?? around.cwd;
  return {
    env: { ...all, ATTUNE_CACHE: cacheDirectory(all) },
    limits: around.limits ?? {},
    ...(place === undefined ? {} : { cwd: place }),
  };
}

/** The text that the objective comes from: how it is started, and its file. */
export function foreignText(objective: ForeignObjective): string {
  const { file } = objective[foreignBrand];
  const text = JSON.stringify(objective.toJSON());
  try {
    return file === undefined ? text : text + readFileSync(file, "utf8");
  } catch {
    return text; // it is missing, which its start says
  }
}

/** Whether an objective is a program in another language, made by this or another copy of attune. */
export function isForeign(objective: unknown): objective is ForeignObjective {
  return typeof objective === "function" && foreignBrand in objective;
}
