import { defineEvaluator, type EvaluatorDefinition } from "../core/evaluator.ts";
import { openPool } from "./open-pool.ts";
import { PROCESS_LIMITS, processLaunch } from "./process-launch.ts";
import type { ProcessesOptions } from "./process-options.ts";
import { ProcessTransport } from "./process-transport.ts";

/**
 * Runs objectives in a pool of persistent Node processes. A trial that exits, crashes, runs out of memory or never
 * yields costs its own process and nothing else. The objective must be a command, or live in a module whose default
 * export is a search or an objective function: each process loads it once, so that what the module sets up serves many
 * trials. Variables for leased tokens are set in the process's environment while an attempt runs.
 */
export const processes: EvaluatorDefinition<ProcessesOptions> = defineEvaluator<ProcessesOptions>(
  {
    name: "processes",
    summary: "In persistent child processes of Node; isolates crashes, ends what goes on too long",
    closures: false,
    isolates: "processes",
    limits: PROCESS_LIMITS,
  },
  (options) => {
    const { workers, launch, around } = processLaunch("processes", options);
    return async (workload) =>
      openPool(workload, {
        name: "processes",
        workers,
        around,
        open: (worker, events) => new ProcessTransport(worker, launch, events),
      });
  },
);
