import { availableParallelism } from "node:os";
import { expectNumber, refuseUnknown } from "../core/errors.ts";
import { defineEvaluator, type EvaluatorDefinition } from "../core/evaluator.ts";
import { openPool } from "./open-pool.ts";
import { expectTexts } from "./process-launch.ts";
import { ThreadTransport } from "./thread-transport.ts";

/** Megabytes of a thread's JavaScript heap and stack, as `node:worker_threads` takes them; buffers are not limited. */
export interface ThreadLimits {
  readonly maxOldGenerationSizeMb?: number;
  readonly maxYoungGenerationSizeMb?: number;
  readonly codeRangeSizeMb?: number;
  readonly stackSizeMb?: number;
}

/** Options of {@link threads}. */
export interface ThreadsOptions {
  /** How many threads there are at most; each runs one trial at a time. @default os.availableParallelism() */
  readonly workers?: number;
  /** Flags of Node that a thread can have, such as `--import`. @default those of this process */
  readonly execArgv?: readonly string[];
  /** Variables added to a thread's own copy of this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** What each thread may hold. @default as this process */
  readonly resourceLimits?: ThreadLimits;
}

/**
 * Runs objectives in a pool of persistent threads of this process: cheaper than processes, and one that exits, throws,
 * never yields or fills its JavaScript heap costs its own thread and nothing else. A crash of native code or a signal ends
 * the whole process, and a thread that blocks in native code cannot be ended before it returns: objectives that may do
 * such things belong in {@link processes}. The objective must be a command, or live in a module whose default export is a
 * search or an objective function; each thread loads it once. What an objective starts with `command()`, or otherwise
 * with its own `process.env`, is ended with its thread on Linux.
 */
export const threads: EvaluatorDefinition<ThreadsOptions> = defineEvaluator<ThreadsOptions>(
  {
    name: "threads",
    summary: "In persistent threads of this process; ends what goes on too long, survives all but native crashes",
    closures: false,
    isolates: "threads",
    limits: ["workers", "timeout"],
  },
  (options) => {
    refuseUnknown("threads", options, ["workers", "execArgv", "env", "resourceLimits"]);
    const { execArgv, env, resourceLimits } = options;
    const workers = expectNumber("workers", options.workers ?? availableParallelism(), { low: 1, integer: true });
    const forNode = Object.keys(options).filter((option) => option === "execArgv" || option === "resourceLimits");
    if (execArgv !== undefined) expectTexts("execArgv", execArgv);
    return async (workload) =>
      openPool(workload, {
        name: "threads",
        workers,
        around: { env, forNode },
        open: (worker, events) => new ThreadTransport(worker, { execArgv, env, resourceLimits }, events),
      });
  },
);
