import { availableParallelism } from "node:os";
import { expectNumber, refuseUnknown, usage } from "../core/errors.ts";
import { defineEvaluator, type Evaluator, type EvaluatorDefinition, type Workload } from "../core/evaluator.ts";
import { Deadlines } from "./deadlines.ts";
import { Pool } from "./pool.ts";
import { ProcessWorker } from "./process-worker.ts";
import { workerProgram } from "./worker-launch.ts";

/** Options of {@link processes}. */
export interface ProcessesOptions {
  /** How many processes there are at most; each runs one trial at a time. @default os.availableParallelism() */
  readonly workers?: number;
  /** The Node that runs them. @default process.execPath */
  readonly execPath?: string;
  /** Its flags, such as `--max-old-space-size=4096`. Those of this process are not inherited. @default none */
  readonly execArgv?: readonly string[];
  /** Variables added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The directory that they run in. @default that of this process */
  readonly cwd?: string;
}

/**
 * Runs objectives in a pool of persistent Node processes. A trial that exits, crashes, runs out of memory or never
 * yields costs its own process and nothing else. The objective must live in a module whose default export is a search:
 * each process loads it once, so that what the module sets up serves many trials.
 */
export const processes: EvaluatorDefinition<ProcessesOptions> = defineEvaluator<ProcessesOptions>(
  {
    name: "processes",
    summary: "In persistent child processes of Node; isolates crashes, ends what goes on too long",
    closures: false,
    isolates: true,
    limits: ["workers", "timeout"],
  },
  (options) => {
    refuseUnknown("processes", options, ["workers", "execPath", "execArgv", "env", "cwd"]);
    const workers = expectNumber("workers", options.workers ?? availableParallelism(), { low: 1, integer: true });
    const { execPath = process.execPath, execArgv = [], cwd } = options;
    return async <P>(workload: Workload<P>): Promise<Evaluator<P>> => {
      if (workload.module === undefined)
        throw usage(
          "Expected the objective for processes() to live in a module, got a closure: " +
            "run the file with `attune run`, or pass `module`",
        );
      const launch = {
        file: execPath,
        args: [...execArgv, ...workerProgram()],
        env: { ...process.env, ...options.env },
        ...(cwd === undefined ? {} : { cwd }),
      };
      const deadlines = new Deadlines();
      return new Pool<P>(
        workload.workers ?? workers,
        (index) => new ProcessWorker<P>(index, launch, workload, deadlines),
        () => deadlines.close(),
      );
    };
  },
);
