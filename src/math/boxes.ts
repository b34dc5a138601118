/** A box of losses: above `low`, which may be −∞, and below `high`. */
export interface Box {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/**
 * The region below `reference` that no point dominates, as disjoint boxes: slabs of the last loss, each divided by the
 * points that reach below it (Lacour, Klamroth & Fonseca, Comput. Oper. Res. 79, 2017, section 2, have the general
 * picture). k + 1 boxes for k points of two losses, O(k^(m − 1)) for m. All losses are minimised.
 */
export function nonDominatedBoxes(points: readonly ArrayLike<number>[], reference: ArrayLike<number>): Box[] {
  const m = reference.length;
  const inside = points.filter((p) => Array.from({ length: m }, (_, c) => p[c]! < reference[c]!).every(Boolean));
  return divide(inside, reference, m);
}

function divide(points: readonly ArrayLike<number>[], reference: ArrayLike<number>, m: number): Box[] {
  const c = m - 1;
  if (m === 1)
    return [{ low: [-Infinity], high: [points.reduce((least, p) => Math.min(least, p[0]!), reference[0]!)] }];
  const levels = [...new Set(points.map((p) => p[c]!))].sort((a, b) => a - b);
  return [-Infinity, ...levels].flatMap((low, k) => {
    const high = levels[k] ?? reference[c]!;
    const below = points.filter((p) => p[c]! <= low);
    return divide(below, reference, c).map((box) => ({ low: [...box.low, low], high: [...box.high, high] }));
  });
}
