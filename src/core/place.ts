import type { Json } from "./json.ts";

/** The number of the worker, from what an evaluator said of where an attempt runs; undefined if it did not say. */
export function workerOf(where: Json): number | undefined {
  const { worker } = (where ?? {}) as { readonly worker?: Json };
  return typeof worker === "number" ? worker : undefined;
}
