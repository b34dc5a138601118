import type { Measured, Outcome } from "../core/outcome.ts";
import { reduce, type Repeats } from "../core/repeats.ts";
import type { Complete } from "./runs.ts";

/** What came of several runs, and of each that gave values. */
export interface Repeated {
  readonly outcome: Outcome;
  readonly runs: readonly Complete[];
}

/** Runs as often as `repeats` says and reduces the values. The first run that gives none, or bounds only, is the outcome. */
export async function repeated(run: () => Promise<Outcome>, repeats: Required<Repeats>): Promise<Repeated> {
  const runs: Complete[] = [];
  while (runs.length < repeats.times) {
    const outcome = await run();
    if (outcome.state !== "complete" || outcome.atLeast) return { outcome, runs };
    runs.push(outcome);
  }
  return { outcome: reduced(runs, repeats), runs };
}

/** One outcome of several: each name over the runs that gave it, and what they cost together. */
export function reduced(outcomes: readonly Complete[], { reduce: how }: Required<Repeats>): Complete {
  if (outcomes.length === 1) return outcomes[0]!;
  const names = new Set(outcomes.flatMap(({ values }) => Object.keys(values)));
  const values: Record<string, Measured> = {};
  for (const name of names)
    values[name] = reduce(
      outcomes.flatMap((outcome) => outcome.values[name]?.value ?? []),
      how,
    );
  return { state: "complete", values, ...costOf(outcomes) };
}

/** What runs cost together: each declares it, or returns it under that name. */
export function costOf(runs: readonly Complete[]): Pick<Complete, "cost"> {
  const costs = runs.flatMap(({ cost, values }) => cost ?? values["cost"]?.value ?? []);
  return costs.length === 0 ? {} : { cost: costs.reduce((a, b) => a + b) };
}
