import type { Observation } from "../../core/sampler.ts";

/** What is kept of an observation. */
export interface Entry {
  readonly unit: Float64Array;
  /** One per objective, measured to the end; undefined where nothing was. */
  readonly losses: readonly number[] | undefined;
  readonly errors: readonly number[] | undefined;
  /** Lower bounds of the losses, −∞ where there is none: of what was cut off or pruned. */
  readonly bounds: readonly number[] | undefined;
  /** ≤ 0 feasible; empty where nothing was measured. */
  readonly constraints: readonly number[];
  readonly pruned: boolean;
  readonly failed: boolean;
}

/** An observation as it is kept; undefined where it says nothing: refused by `where`. */
export function entryOf(observation: Observation, objectives: number): Entry | undefined {
  const { state, unit, losses, errors, constraints, reports, atLeast } = observation;
  if (state === "rejected") return undefined;
  const entry = {
    unit,
    losses: undefined,
    errors: undefined,
    bounds: undefined,
    constraints,
    pruned: false,
    failed: false,
  };
  if (state === "pruned") return { ...entry, pruned: true, bounds: floors(reports.at(-1)?.losses ?? [], objectives) };
  if (state === "failed" || losses.length !== objectives || losses.some((loss) => !Number.isFinite(loss)))
    return { ...entry, constraints: [], failed: true };
  return atLeast ? { ...entry, bounds: losses } : { ...entry, losses, errors };
}

function floors(losses: readonly number[], objectives: number): number[] {
  return Array.from({ length: objectives }, (_, k) => {
    const loss = losses[k];
    return loss === undefined || !Number.isFinite(loss) ? -Infinity : loss;
  });
}

/** Whether a trial keeps every limit that was measured of it. */
export function isFeasible({ constraints }: Entry): boolean {
  return constraints.every((excess) => excess <= 0);
}
