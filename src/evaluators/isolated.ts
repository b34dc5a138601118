import { defineEvaluator, type EvaluatorDefinition } from "../core/evaluator.ts";
import { openPool } from "./open-pool.ts";
import { PROCESS_LIMITS, processLaunch } from "./process-launch.ts";
import type { ProcessesOptions } from "./process-options.ts";
import { ProcessTransport } from "./process-transport.ts";

/**
 * Runs every attempt in a fresh Node process, which is ended after it with everything that it started: nothing that one
 * attempt does to its process can touch the next. The price is the start of Node and of the module, about 50 ms for each
 * attempt; {@link processes} pays it once. A process starts when its attempt does, never ahead, where it would disturb
 * the timings of those that run. The objective must be a command, or live in a module whose default export is a search or
 * an objective function.
 */
export const isolated: EvaluatorDefinition<ProcessesOptions> = defineEvaluator<ProcessesOptions>(
  {
    name: "isolated",
    summary: "In a fresh Node process for every attempt; nothing is left over from one to the next",
    closures: false,
    isolates: "processes",
    limits: PROCESS_LIMITS,
  },
  (options) => {
    const { workers, launch, around } = processLaunch("isolated", options);
    return async (workload) =>
      openPool(workload, {
        name: "isolated",
        workers,
        around,
        once: true,
        open: (worker, events) => new ProcessTransport(worker, launch, events),
      });
  },
);
