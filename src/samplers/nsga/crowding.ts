import { nonDominatedRanks } from "../../math/non-dominated.ts";
import type { Individual } from "../genetic/individual.ts";
import type { Survival } from "../genetic/survival.ts";

/**
 * The environmental selection of NSGA-II (Deb, Pratap, Agarwal & Meyarivan, IEEE TEVC 6(2), 2002, section III): whole
 * fronts while they fit; from the next one the most crowded individual goes, again and again, crowding being brought up
 * to date after each (Kukkonen & Deb, CEC 2006, section III). `distance` of those kept becomes minus their crowding
 * distance, so that less is better, as in niching.
 */
export const crowding: Survival = (merged, keep) => {
  const ranks = nonDominatedRanks(merged.map(({ losses }) => losses));
  const fronts: Individual[][] = [];
  merged.forEach((member, i) => {
    member.rank = ranks[i]!;
    (fronts[member.rank] ??= []).push(member);
  });
  const kept: Individual[] = [];
  for (const front of fronts) {
    for (const member of thinned(front, Math.min(front.length, keep - kept.length))) kept.push(member);
    if (kept.length === keep) break;
  }
  return kept;
};

/** The `wanted` members of a front that are left when the most crowded ones are removed one by one. */
function thinned(front: readonly Individual[], wanted: number): readonly Individual[] {
  const n = front.length;
  const m = front[0]!.losses.length;
  const total = new Float64Array(n);
  const previous = new Int32Array(n * m).fill(-1);
  const next = new Int32Array(n * m).fill(-1);
  const scale = new Float64Array(m);
  for (let c = 0; c < m; c++) {
    const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => front[i]!.losses[c]! - front[j]!.losses[c]!);
    const span = front[order[n - 1]!]!.losses[c]! - front[order[0]!]!.losses[c]!;
    scale[c] = span > 0 ? 1 / span : 0;
    for (let k = 0; k < n; k++) {
      if (k > 0) previous[order[k]! * m + c] = order[k - 1]!;
      if (k < n - 1) next[order[k]! * m + c] = order[k + 1]!;
    }
  }
  const measure = (i: number): void => {
    let sum = 0;
    for (let c = 0; c < m; c++) {
      const before = previous[i * m + c]!;
      const after = next[i * m + c]!;
      if (before < 0 || after < 0) sum = Infinity;
      else sum += (front[after]!.losses[c]! - front[before]!.losses[c]!) * scale[c]!;
    }
    total[i] = sum;
  };
  for (let i = 0; i < n; i++) measure(i);
  const gone = new Uint8Array(n);
  for (let left = n; left > wanted; left--) {
    let most = -1;
    for (let i = 0; i < n; i++) if (gone[i] === 0 && (most < 0 || total[i]! < total[most]!)) most = i;
    gone[most] = 1;
    for (let c = 0; c < m; c++) {
      const before = previous[most * m + c]!;
      const after = next[most * m + c]!;
      if (before >= 0) next[before * m + c] = after;
      if (after >= 0) previous[after * m + c] = before;
    }
    for (let c = 0; c < m; c++) {
      const before = previous[most * m + c]!;
      const after = next[most * m + c]!;
      if (before >= 0) measure(before);
      if (after >= 0) measure(after);
    }
  }
  return front.filter((member, i) => {
    member.distance = -total[i]!;
    return gone[i] === 0;
  });
}
