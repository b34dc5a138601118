import { refuseUnknown, show, usage } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { foreignObjective } from "./foreign-call.ts";
import { surrounded } from "./foreign.ts";
import { checkForeign, FOREIGN_OPTIONS, type ForeignObjective, type ForeignOptions } from "./foreign-objective.ts";
import { START_LIMIT } from "./remote-worker.ts";

/** Options of {@link worker}. */
export type WorkerOptions = ForeignOptions;

/**
 * An objective that is a program in any language, started once per worker, which measures many trials. It reads JSON lines
 * from its stdin and answers on its stdout (`docs/worker-protocol.md`); stderr is logged. Whatever else it writes to
 * stdout breaks the protocol. The program is the worker itself: evaluators end it, limit it and replace it as they do
 * their own processes, `isolated()` starts one for each attempt, and for `inline()` and `threads()` it is a process too.
 * @example worker(["./bench-server", "--quiet"])
 */
export function worker(run: readonly string[], options: WorkerOptions = {}): ForeignObjective {
  if (!Array.isArray(run) || run.length === 0 || !run.every((part) => typeof part === "string"))
    throw usage(`Expected worker() to be given a list of texts such as ["./bench-server"], got ${show(run)}`);
  const [file, ...args] = run as [string, ...string[]];
  if (file === "") throw usage('Expected the program of worker() to have a name, got ""');
  refuseUnknown("worker", options, FOREIGN_OPTIONS);
  checkForeign("worker", options);
  return foreignObjective(
    {
      startLimit: options.startLimit ?? START_LIMIT,
      launch: (around) => ({ file, args, stdio: true, ...surrounded(options, around) }),
    },
    JSON.parse(JSON.stringify({ worker: run, ...options })) as Json,
  );
}
