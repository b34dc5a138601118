import { usage } from "../core/errors.ts";
import type { Evaluator, Workload } from "../core/evaluator.ts";
import { isCommand } from "./command.ts";
import type { Surroundings } from "./foreign.ts";
import { isForeign } from "./foreign-objective.ts";
import { openForeign, type Opener } from "./open-foreign.ts";
import { poolOf } from "./pool-of.ts";
import type { Source } from "./protocol.ts";
import { START_LIMIT } from "./remote-worker.ts";
import type { OpenTransport } from "./transport.ts";

/** What distinguishes the evaluators whose objectives run elsewhere. */
export interface Elsewhere extends Opener {
  /** Starts a worker that loads a module, or runs a command. */
  readonly open: OpenTransport;
  /** What the options say about a program that is the worker itself. */
  readonly around: Surroundings;
}

/**
 * A pool of workers for a workload. Throws a usage error if the objective is neither a command, nor a program in another
 * language, nor in a module.
 */
export function openPool<P>(workload: Workload<P>, elsewhere: Elsewhere): Evaluator<P> {
  const { objective } = workload;
  const { name, workers, open, once = false, around } = elsewhere;
  if (isForeign(objective)) return openForeign(workload, objective, elsewhere, around);
  return poolOf(workload, { workers, open, once, source: sourceOf(name, workload), startLimit: START_LIMIT });
}

/** What a worker elsewhere is to run. Throws a usage error for a closure. */
export function sourceOf<P>(name: string, { objective, module }: Workload<P>): Source {
  if (isCommand(objective)) return { command: objective.toJSON() };
  if (module !== undefined) return { module };
  throw usage(
    `Expected the objective for ${name}() to live in a module, got a closure: ` +
      "run the file with `attune run`, or pass `module`",
  );
}
