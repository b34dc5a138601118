import { show, usage } from "../core/errors.ts";
import type { TrialContext } from "../core/evaluator.ts";
import { isRecord, type Json } from "../core/json.ts";

/** Marks the objectives that `python()` and `worker()` make, also those of another copy of attune. */
export const foreignBrand: unique symbol = Symbol.for("attune.foreign") as never;

/** An objective in another language: a program that serves many trials, and speaks the worker protocol itself. */
export interface ForeignObjective {
  // any: which names it gives is known only when it runs, and checked then
  // oxlint-disable-next-line typescript/no-explicit-any
  (params: unknown, trial: TrialContext): Promise<any>;
  /** For evaluators: how the program is started. */
  readonly [foreignBrand]: object;
  /** The JSON form, as a search in JSON holds it under `objective`. */
  toJSON(): Json;
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

/** Checks the shared options of the objective of that name; throws a usage error. */
export function checkForeign(name: string, { env, cwd, startLimit }: ForeignOptions): void {
  if (env !== undefined && !(isRecord(env) && Object.values(env).every((text) => typeof text === "string")))
    throw usage(`Expected \`${name}.env\` to be an object of texts, got ${show(env)}`);
  if (cwd !== undefined && (typeof cwd !== "string" || cwd === ""))
    throw usage(`Expected \`${name}.cwd\` to be a path, got ${show(cwd)}`);
  if (startLimit !== undefined && !(typeof startLimit === "number" && startLimit > 0))
    throw usage(`Expected \`${name}.startLimit\` to be a number > 0, got ${show(startLimit)}`);
}

/** Whether an objective is a program in another language, made by this or another copy of attune. */
export function isForeign(objective: unknown): objective is ForeignObjective {
  return typeof objective === "function" && foreignBrand in objective;
}
