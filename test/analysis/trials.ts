import type { FinishedTrial } from "../../src/core/trial.ts";
import type { FailureKind } from "../../src/core/outcome.ts";

/** A complete trial, or with a kind a failed one. */
export function trial<P>(number: number, params: P, values: Record<string, number> | FailureKind): FinishedTrial<P> {
  const base = { number, params, stderr: {}, source: "sampler", attempt: 1, duration: 1, reports: [] } as const;
  if (typeof values === "string")
    return { ...base, state: "failed", values: {}, measured: {}, failure: { kind: values, message: "no" } };
  const measured = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
  return { ...base, state: "complete", values, measured };
}
