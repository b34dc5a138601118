import { lossesOf } from "../core/compared.ts";
import type { StudyDefinition } from "../core/event.ts";
import { dominates } from "../math/dominance.ts";
import { isFeasible } from "./observe.ts";
import type { TrialRecord } from "./record.ts";

/** The best trials so far, kept as trials finish: the first best of one objective, the Pareto front of several. */
export class Leaders<P> {
  readonly #terms: Pick<StudyDefinition, "objectives" | "constraints">;
  #front: { readonly trial: TrialRecord<P>; readonly losses: readonly number[] }[] = [];

  constructor(terms: Pick<StudyDefinition, "objectives" | "constraints">) {
    this.#terms = terms;
  }

  get trials(): readonly TrialRecord<P>[] {
    return this.#front.map(({ trial }) => trial);
  }

  /** Considers a finished trial; only complete, feasible ones that are no twins can lead. */
  add(trial: TrialRecord<P>): void {
    if (trial.state !== "complete" || trial.twin !== undefined || trial.atLeast) return;
    if (!isFeasible(this.#terms, trial.measured)) return;
    const losses = lossesOf(this.#terms.objectives, trial.measured);
    if (losses.length === 1) {
      if (this.#front.length === 0 || losses[0]! < this.#front[0]!.losses[0]!) this.#front = [{ trial, losses }];
      return;
    }
    if (this.#front.some((leader) => dominates(leader.losses, losses))) return;
    this.#front = this.#front.filter((leader) => !dominates(losses, leader.losses));
    this.#front.push({ trial, losses });
  }
}
