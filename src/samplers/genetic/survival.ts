import type { Random } from "../../core/random.ts";
import type { Individual } from "./individual.ts";
import { niching } from "./niching.ts";

/** Reduces a merged population to `keep` individuals, and ranks those that it keeps. */
export type Survival = (merged: readonly Individual[], keep: number, random: Random) => Individual[];

/** Among the feasible: with one objective the best; with several those of NSGA-III along `directions`. */
export function survival(directions: readonly Float64Array[]): Survival {
  return constrained(directions[0]!.length === 1 ? truncation : niching(directions));
}

/**
 * Feasible individuals first, as `select` chooses them, then the others by total violation (constrained domination, Deb,
 * IEEE TEVC 6(2), 2002, section VI).
 */
export function constrained(select: Survival): Survival {
  return (merged, keep, random) => {
    const feasible = merged.filter(({ violation }) => violation === 0);
    const kept = feasible.length === 0 ? [] : select(feasible, keep, random);
    if (kept.length === keep || feasible.length === merged.length) return kept;
    const others = merged.filter(({ violation }) => violation > 0).sort((a, b) => order(a.violation, b.violation));
    for (const other of others) other.rank = Infinity;
    return [...kept, ...others.slice(0, keep - kept.length)];
  };
}

const truncation: Survival = (merged, keep) => {
  const sorted = [...merged].sort((a, b) => a.losses[0]! - b.losses[0]!);
  sorted.forEach((member, rank) => (member.rank = rank));
  return sorted.slice(0, keep);
};

function order(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
