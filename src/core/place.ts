import type { Leases } from "./evaluator.ts";
import type { Json } from "./json.ts";
import type { Outcome } from "./outcome.ts";

/** The number of the worker, from what an evaluator said of where an attempt runs; undefined if it did not say. */
export function workerOf(where: Json): number | undefined {
  const { worker } = (where ?? {}) as { readonly worker?: Json };
  return typeof worker === "number" ? worker : undefined;
}

/** Where an attempt runs, as far as measurements depend on it: the host, and the tokens that it holds, in any order. */
export function placeOf(host: string, leases: Leases): string {
  const held = Object.entries(leases).map(([pool, tokens]) => `${pool}:${[...tokens].sort().join(",")}`);
  return [host, ...held.sort()].join(" ");
}

/** What was measured, or how it failed, with the number of the worker that ran the attempt, if the evaluator said which. */
export function withWorker(outcome: Outcome, place: Json): Outcome {
  const worker = workerOf(place);
  if (worker === undefined) return outcome;
  if (outcome.state === "failed") return { ...outcome, failure: { worker, ...outcome.failure } };
  return outcome.state === "complete" || outcome.state === "pruned" ? { ...outcome, worker } : outcome;
}
