import { hypervolume } from "./hypervolume.ts";

/**
 * The indices of `count` of the points, one at a time that which adds most to the hypervolume; at least 1 − 1/e of the
 * best subset's (Nemhauser, Wolsey & Fisher, Math. Program. 14, 1978; lazily, Minoux 1978: a point never adds more than it
 * did before). Points that add nothing come last, in their order. All losses are minimised.
 */
export function hypervolumeSubset(
  points: readonly ArrayLike<number>[],
  count: number,
  reference: ArrayLike<number>,
): number[] {
  const m = reference.length;
  const chosen: number[] = [];
  const boxOf = (p: ArrayLike<number>): number => {
    let box = 1;
    for (let c = 0; c < m; c++) box *= Math.max(0, reference[c]! - p[c]!);
    return box;
  };
  /** What a point adds to those chosen: its own box without the part that they dominate. */
  const gain = (i: number): number => {
    const p = points[i]!;
    const inside = chosen.map((j) => Float64Array.from({ length: m }, (_, c) => Math.max(p[c]!, points[j]![c]!)));
    return boxOf(p) - hypervolume(inside, reference);
  };
  const left = points.map((p, i) => ({ i, gain: boxOf(p), at: 0 }));
  while (chosen.length < count && left.length > 0) {
    for (;;) {
      let best = 0;
      for (let k = 1; k < left.length; k++) if (left[k]!.gain > left[best]!.gain) best = k;
      const first = left[best]!;
      if (first.at === chosen.length) {
        chosen.push(first.i);
        left.splice(best, 1);
        break;
      }
      first.gain = gain(first.i);
      first.at = chosen.length;
    }
  }
  return chosen;
}
