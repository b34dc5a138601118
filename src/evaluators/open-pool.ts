import { usage } from "../core/errors.ts";
import type { Evaluator, Workload } from "../core/evaluator.ts";
import { isCommand } from "./command.ts";
import { Deadlines } from "./deadlines.ts";
import { Pool } from "./pool.ts";
import { PROTOCOL_VERSION, type Source } from "./protocol.ts";
import { RemoteWorker } from "./remote-worker.ts";
import type { OpenTransport } from "./transport.ts";

/** What distinguishes the evaluators whose objectives run elsewhere. */
export interface Elsewhere {
  /** The name of the evaluator. */
  readonly name: string;
  readonly workers: number;
  readonly open: OpenTransport;
  /** Whether every attempt gets a worker of its own. */
  readonly once?: boolean;
}

/** A pool of workers for a workload. Throws a usage error if the objective is neither a command nor in a module. */
export function openPool<P>(workload: Workload<P>, { name, workers, open, once = false }: Elsewhere): Evaluator<P> {
  const { names, limited = [] } = workload;
  const deadlines = new Deadlines();
  const crew = {
    open,
    hello: { type: "hello", version: PROTOCOL_VERSION, ...sourceOf(name, workload), names, limited },
    log: (line: string, trial?: number) => workload.log(line, trial),
    deadlines,
    once,
  } as const;
  return new Pool<P>(
    workload.workers ?? workers,
    (index) => new RemoteWorker<P>(index, crew),
    () => deadlines.close(),
  );
}

function sourceOf<P>(name: string, { objective, module }: Workload<P>): Source {
  if (isCommand(objective)) return { command: objective.toJSON() };
  if (module !== undefined) return { module };
  throw usage(
    `Expected the objective for ${name}() to live in a module, got a closure: ` +
      "run the file with `attune run`, or pass `module`",
  );
}
