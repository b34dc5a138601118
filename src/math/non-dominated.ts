/**
 * The rank of each point by non-dominated sorting, 0 for the front: a point's rank is one more than the highest rank
 * among the points that dominate it. `losses` holds n points of m numbers each, minimised, not NaN. Equal points share a
 * rank.
 *
 * Efficient non-dominated sort with binary search (Zhang, Tian, Cheng & Jin, "An efficient approach to nondominated
 * sorting", IEEE TEVC 19(2), 2015): points are inserted in lexicographic order, so only earlier ones can dominate. With
 * two losses the last point of each front decides, O(n log n); else O(m n²) at worst, far less as a rule.
 */
export function nonDominatedRanks(losses: readonly ArrayLike<number>[]): Int32Array {
  const n = losses.length;
  const ranks = new Int32Array(n);
  const m = losses[0]?.length ?? 0;
  if (m === 0) return ranks;
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => lexicographic(losses[i]!, losses[j]!, m));
  const flat = new Float64Array(n * m);
  for (let k = 0; k < n; k++) for (let c = 0; c < m; c++) flat[k * m + c] = losses[order[k]!]![c]!;
  /** The last point inserted into each front, and for each point the one before it in its front; −1 is none. */
  const last: number[] = [];
  const before = new Int32Array(n).fill(-1);
  for (let k = 0; k < n; k++) {
    if (k > 0 && equal(flat, k - 1, k, m)) {
      ranks[order[k]!] = ranks[order[k - 1]!]!;
      continue;
    }
    let low = 0;
    let high = last.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (frontDominates(flat, before, last[middle]!, k, m)) low = middle + 1;
      else high = middle;
    }
    before[k] = last[low] ?? -1;
    last[low] = k;
    ranks[order[k]!] = low;
  }
  return ranks;
}

/** The points that no other one dominates, in their order; of equal ones all. */
export function nonDominated<T extends ArrayLike<number>>(losses: readonly T[]): T[] {
  const ranks = nonDominatedRanks(losses);
  return losses.filter((_, i) => ranks[i] === 0);
}

function lexicographic(a: ArrayLike<number>, b: ArrayLike<number>, m: number): number {
  for (let c = 0; c < m; c++) if (a[c] !== b[c]) return a[c]! - b[c]!;
  return 0;
}

function equal(flat: Float64Array, i: number, j: number, m: number): boolean {
  for (let c = 0; c < m; c++) if (flat[i * m + c] !== flat[j * m + c]) return false;
  return true;
}

/** Whether a member of a front dominates point `k`, which comes lexicographically later and differs from them all. */
function frontDominates(flat: Float64Array, before: Int32Array, last: number, k: number, m: number): boolean {
  const at = k * m;
  if (m <= 2) return m === 1 || flat[last * 2 + 1]! <= flat[at + 1]!;
  for (let member = last; member >= 0; member = before[member]!) {
    let c = 1;
    while (c < m && flat[member * m + c]! <= flat[at + c]!) c++;
    if (c === m) return true;
  }
  return false;
}
