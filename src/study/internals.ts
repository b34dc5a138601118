import type { Json } from "../core/json.ts";
import { usage } from "../core/errors.ts";
import type { SamplerInfo } from "../core/sampler.ts";
import type { Axis } from "../space/axis.ts";
import type { Space } from "../space/space.ts";
import type { Proposer } from "./proposer.ts";
import type { TrialRecord } from "./record.ts";

/** A trial as its sampler sees it. */
export interface Internals {
  readonly axes: readonly Axis[];
  /** Coordinates at cell centres; NaN where a conditional axis is inactive. */
  readonly unit: Float64Array;
  /** What the sampler wanted back, if this one wrote it. */
  readonly memo: Json | undefined;
}

interface Parts<P> {
  readonly space: Space<P>;
  readonly sampler: { readonly info: SamplerInfo };
  readonly proposer: Proposer<P>;
}

/** How the sampler sees a trial, also a reserved one; null where there is nothing to see. */
export function internalsOf<P>(
  trials: readonly TrialRecord<P>[],
  number: number,
  { space, sampler, proposer }: Parts<P>,
): Internals | null {
  const trial = trials[number];
  if (trial === undefined) throw usage(`Expected the number of a trial, got ${number}: there is no such trial`);
  if (sampler.info.enumerates) return null;
  const reserved = proposer.reserved.outstanding.get(trial.number);
  const row = trial.row ?? reserved?.row;
  if (row === undefined) return null;
  const memo = reserved?.event.memo ?? (proposer.suggester.wrote(trial) ? trial.memo : undefined);
  return { axes: space.axes, unit: space.unit(row), memo };
}
