import type { Evaluator, Workload } from "../core/evaluator.ts";
import { Deadlines } from "./deadlines.ts";
import { Pool } from "./pool.ts";
import { PROTOCOL_VERSION, type Source } from "./protocol.ts";
import { type Crew, RemoteWorker } from "./remote-worker.ts";

/** What the workers of a pool are, and how many there are at most. */
export interface Manned extends Pick<Crew, "open" | "once" | "startLimit"> {
  readonly workers: number;
  readonly source: Source;
}

/** A pool of workers that speak the worker protocol. */
export function poolOf<P>(workload: Workload<P>, { workers, source, ...manned }: Manned): Evaluator<P> {
  const { names, limited = [] } = workload;
  const deadlines = new Deadlines();
  const crew: Crew = {
    ...manned,
    hello: { type: "hello", version: PROTOCOL_VERSION, ...source, names, limited },
    log: (line, trial) => workload.log(line, trial),
    deadlines,
  };
  return new Pool<P>(
    workload.workers ?? workers,
    (index) => new RemoteWorker<P>(index, crew),
    () => deadlines.close(),
  );
}
