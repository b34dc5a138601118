import type { Proposal } from "./proposal.ts";
import { RowIndex } from "./row-index.ts";

/** The configurations that this session gave out to be validated, and those that it was told to drop. */
export class Reserved {
  readonly #out = new Map<number, Proposal>();
  readonly #rows = new Map<number, Float64Array>();
  readonly #index = new RowIndex((number) => this.#rows.get(number));
  /** How many were dropped. */
  dropped = 0;
  /** How many were dropped since a trial was last started. */
  inARow = 0;

  has(number: number): boolean {
    return this.#out.has(number);
  }

  /** Those that are given out, in that order. */
  get outstanding(): ReadonlyMap<number, Proposal> {
    return this.#out;
  }

  /** The trial under which this row was given out, or dropped. */
  holder(row: Float64Array): number | undefined {
    return this.#rows.size === 0 ? undefined : this.#index.find(row);
  }

  add(proposal: Proposal): void {
    const {
      row,
      event: { number },
    } = proposal;
    this.#out.set(number, proposal);
    this.#rows.set(number, row);
    this.#index.add(row, number);
  }

  /** It is a trial of the study now, or can never be one. */
  release({ row, event: { number } }: Proposal): void {
    this.#out.delete(number);
    this.#index.remove(row, number);
    this.#rows.delete(number);
  }

  /** Its configuration is not given out again. */
  drop({ event: { number } }: Proposal): void {
    this.#out.delete(number);
    this.dropped++;
    this.inARow++;
  }
}
