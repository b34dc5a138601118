import { usage } from "../core/errors.ts";
import type { Fold } from "./fold.ts";
import type { Proposal } from "./proposal.ts";
import type { Proposer } from "./proposer.ts";
import type { TrialRecord } from "./record.ts";
import type { AskedTrial } from "./study-options.ts";

interface Parts<P> {
  readonly fold: Fold<P>;
  readonly proposer: Proposer<P>;
  readonly expectOpen: () => void;
  readonly asked: (trial: TrialRecord<P>) => AskedTrial<P>;
}

/**
 * A configuration to be validated before it becomes a trial: commit it, or drop it. Until then it counts as running for
 * the sampler and in the budget.
 */
export class Reservation<P> {
  readonly number: number;
  readonly params: P;
  /** Whether this is the untuned reference configuration. */
  readonly baseline: boolean;
  readonly #proposal: Proposal;
  readonly #parts: Parts<P>;
  #fate: "committed" | "dropped" | undefined = undefined;

  /** Use {@link Study.reserve}. */
  constructor(proposal: Proposal, params: P, parts: Parts<P>) {
    const { number } = proposal.event;
    this.number = number;
    this.params = params;
    this.baseline = parts.fold.trials[number]!.source === "baseline";
    this.#proposal = proposal;
    this.#parts = parts;
  }

  /**
   * The configuration is valid: resolves with the trial, which now runs; tell its result. Rejects when another process
   * has taken the number or the last place in the budget meanwhile.
   */
  async commit(): Promise<AskedTrial<P>> {
    this.#settle("committed");
    const { proposer, fold, asked } = this.#parts;
    const trial = await proposer.commit(this.#proposal);
    if (trial !== undefined) return asked(trial);
    const { state, reason } = fold.trials[this.number]!;
    throw usage(
      `Trial ${this.number} cannot be committed: ${reason ?? `another process has taken it, and it is ${state}`}`,
    );
  }

  /** The configuration is invalid: it is rejected, costs no budget, and the sampler is told. */
  async drop(reason = "dropped"): Promise<void> {
    this.#settle("dropped");
    await this.#parts.proposer.drop(this.#proposal, reason);
  }

  #settle(fate: "committed" | "dropped"): void {
    this.#parts.expectOpen();
    if (this.#fate !== undefined)
      throw usage(`Expected trial ${this.number} to be committed or dropped once: it was ${this.#fate} already`);
    this.#fate = fate;
  }
}
