import type { TrialReport } from "../core/trial.ts";

/** The name under which objectives return what a trial cost, and report what it has cost so far. */
const NAME = "cost";

/** What an attempt cost, of what it returned or, where it returned nothing, reported last; undefined where neither says it. */
export function costOf(
  returned: { readonly cost?: number; readonly values?: Readonly<Record<string, { readonly value: number }>> },
  reports: readonly TrialReport[] = [],
): number | undefined {
  const given = [returned.cost, returned.values?.[NAME]?.value, reports.at(-1)?.values[NAME]];
  return given.find((cost) => cost !== undefined && Number.isFinite(cost) && cost >= 0);
}

/** Adds up what trials cost; twins cost nothing. */
export class Spending {
  #sum = 0;
  /** What the sum has lost to rounding (Neumaier 1974): ten times 0.1 is 1. */
  #lost = 0;

  add({ cost, twin }: { readonly cost?: number | undefined; readonly twin?: number | undefined }): void {
    if (cost === undefined || twin !== undefined) return;
    const sum = this.#sum + cost;
    this.#lost += this.#sum >= cost ? this.#sum - sum + cost : cost - sum + this.#sum;
    this.#sum = sum;
  }

  get spent(): number {
    return this.#sum + this.#lost;
  }
}
