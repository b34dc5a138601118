import { nonDominatedRanks } from "../../math/non-dominated.ts";
import { type Entry, isFeasible } from "./entry.ts";

/** Entries from good to bad: measured and feasible ones by rank of their losses, then others, failed ones last. */
export function order(entries: readonly Entry[]): number[] {
  const good = entries.flatMap((entry, i) => (entry.losses !== undefined && isFeasible(entry) ? [i] : []));
  const ranks = new Float64Array(entries.length).fill(Infinity);
  if ((entries[good[0]!]?.losses?.length ?? 0) === 1) for (const i of good) ranks[i] = entries[i]!.losses![0]!;
  else nonDominatedRanks(good.map((i) => entries[i]!.losses!)).forEach((rank, k) => (ranks[good[k]!] = rank));
  const tier = (i: number): number => (ranks[i] !== Infinity ? 0 : entries[i]!.failed ? 2 : 1);
  return entries
    .map((_, i) => i)
    .sort((i, j) => tier(i) - tier(j) || (ranks[i]! < ranks[j]! ? -1 : ranks[i]! > ranks[j]! ? 1 : i - j));
}

/**
 * At most `most` entries that stand for all: the best and the latest, a third each, and of the others, from good to bad, as
 * many at even distances. In the order in which they were told.
 */
export function subset(entries: readonly Entry[], most: number): readonly Entry[] {
  const n = entries.length;
  if (n <= most) return entries;
  const third = Math.floor(most / 3);
  const chosen = new Uint8Array(n).fill(0, 0, n - third).fill(1, n - third);
  const sorted = order(entries);
  let count = third;
  for (const i of sorted) {
    if (count === 2 * third) break;
    if (chosen[i] === 0) [chosen[i], count] = [1, count + 1];
  }
  const rest = sorted.filter((i) => chosen[i] === 0);
  for (let k = 0; k < most - count; k++) chosen[rest[Math.floor(((k + 0.5) * rest.length) / (most - count))]!] = 1;
  return entries.filter((_, i) => chosen[i] === 1);
}
