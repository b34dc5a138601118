import { resolve } from "node:path";
import { show, usage } from "../core/errors.ts";
import { isRecord } from "../core/json.ts";
import type { ForeignObjective } from "../evaluators/foreign-objective.ts";
import { python, type PythonOptions } from "../evaluators/python.ts";
import { worker, type WorkerOptions } from "../evaluators/worker.ts";
import { time, type Time } from "./json-attempts.ts";

/** An objective in another language as JSON: what `python()` or `worker()` is given, beside its options. */
export type JsonObjective =
  | ({ readonly python: string } & Omit<PythonOptions, "startLimit"> & { readonly startLimit?: Time })
  | ({ readonly worker: readonly string[] } & Omit<WorkerOptions, "startLimit"> & { readonly startLimit?: Time });

/** The objective that JSON describes; its relative paths start at `cwd`, and that at `directory`. */
export function readObjective(given: unknown, directory: string): ForeignObjective {
  if (!isRecord(given) || "python" in given === "worker" in given)
    throw usage(
      `Expected \`objective\` to be { "python": "FILE.py:FUNCTION" } or { "worker": ["./program"] }, got ${show(given)}`,
    );
  const { python: target, worker: run, ...options } = given;
  const { cwd, startLimit } = options;
  const settled = {
    ...options,
    cwd: typeof cwd === "string" && cwd !== "" ? resolve(directory, cwd) : (cwd ?? resolve(directory)),
    ...(startLimit === undefined ? {} : { startLimit: time(startLimit, "startLimit") }),
  };
  if (target !== undefined) return python(target as string, settled as PythonOptions);
  return worker(run as readonly string[], settled as WorkerOptions);
}
