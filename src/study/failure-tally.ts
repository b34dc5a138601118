import type { FailureKind } from "../core/outcome.ts";
import type { FailureCount, FinishedTrial } from "../core/trial.ts";

/** Counts failed trials by kind as they come, and keeps the first of each. */
export class FailureTally<P, V> {
  readonly #counts = new Map<FailureKind, { count: number; readonly first: FinishedTrial<P, V> }>();
  /** How many trials failed. */
  total = 0;
  /** The first of all. */
  first: FinishedTrial<P, V> | undefined = undefined;

  /** Considers a trial: only failed ones that are no twins count. */
  add(trial: FinishedTrial<P, V>): void {
    if (trial.state !== "failed" || trial.twin !== undefined) return;
    this.total++;
    this.first ??= trial;
    const kind = trial.failure?.kind ?? "error";
    const known = this.#counts.get(kind);
    if (known === undefined) this.#counts.set(kind, { count: 1, first: trial });
    else known.count++;
  }

  /** By kind, the most frequent one first. */
  get counts(): FailureCount<P, V>[] {
    const counts = [...this.#counts].map(([kind, of]) => ({ kind, count: of.count, first: of.first }));
    return counts.sort((a, b) => b.count - a.count);
  }
}
