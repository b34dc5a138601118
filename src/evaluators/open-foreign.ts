import { usage } from "../core/errors.ts";
import type { Evaluator, Workload } from "../core/evaluator.ts";
import { foreignOf, type Surroundings } from "./foreign.ts";
import type { ForeignObjective } from "./foreign-objective.ts";
import { poolOf } from "./pool-of.ts";
import { ProcessTransport } from "./process-transport.ts";

/** Which evaluator a program is opened for. */
export interface Opener {
  readonly name: string;
  readonly workers: number;
  /** Whether every attempt gets a process of its own. */
  readonly once?: boolean;
}

/** A pool whose workers are processes of the program that the objective stands for. Throws a usage error if it cannot be started. */
export function openForeign<P>(
  workload: Workload<P>,
  objective: ForeignObjective,
  { name, workers, once }: Opener,
  around: Surroundings = {},
): Evaluator<P> {
  const { forNode = [] } = around;
  if (forNode.length > 0)
    throw usage(
      `Expected no \`${forNode[0]}\` for ${name}() here: that is for Node, and this objective is a program in another language`,
    );
  const { startLimit, launch } = foreignOf(objective);
  const start = launch(around);
  return poolOf(workload, {
    workers,
    source: {},
    startLimit,
    once: once ?? false,
    open: (worker, events) => new ProcessTransport(worker, start, events),
  });
}
