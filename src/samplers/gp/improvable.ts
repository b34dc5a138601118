import { type Box, nonDominatedBoxes } from "../../math/boxes.ts";
import { hypervolumeSubset } from "../../math/hypervolume-subset.ts";
import { nonDominatedRanks } from "../../math/non-dominated.ts";

/** Points of the front that are kept at most, and boxes that they may make. */
const FRONT = 64;
const BOXES = 2000;
/** Of one objective, how many of the best are named. */
const NAMED = 3;

/** How far the region reaches beyond the worst losses of the front: a share of its extent, and at least so far. */
const SHARE = 0.1;
const LEAST = 0.1;

/** Where losses would be better than some. */
export interface Improvable {
  /** Disjoint; none where there is nothing to improve on. */
  readonly boxes: readonly Box[];
  /** Indices of the best losses, or of the front. */
  readonly best: readonly number[];
}

/**
 * The region of losses, in units of their deviation, that would improve on those given. With several objectives it ends a
 * little beyond the worst of the front (Ishibuchi et al., Evol. Comput. 26(3), 2018, discuss how far), and not too close
 * to it, so that a front of one point, or of a few that nearly agree, can spread. A front of many points is thinned to
 * those with the most hypervolume.
 */
export function improvable(losses: readonly (readonly number[])[]): Improvable {
  const m = losses[0]?.length ?? 0;
  if (m === 0) return { boxes: [], best: [] };
  const indices = losses.map((_, i) => i);
  if (m === 1) {
    const best = indices.sort((i, j) => losses[i]![0]! - losses[j]![0]!).slice(0, NAMED);
    return { boxes: nonDominatedBoxes([], losses[best[0]!]!), best };
  }
  const ranks = nonDominatedRanks(losses);
  const front = indices.filter((i) => ranks[i] === 0);
  const reference = losses[0]!.map((_, c) => {
    const [least, most] = [Math.min, Math.max].map((pick) => pick(...front.map((i) => losses[i]![c]!)));
    return most! + Math.max(SHARE * (most! - least!), LEAST);
  });
  const most = Math.min(FRONT, Math.floor(BOXES ** (1 / (m - 1))));
  const points = front.map((i) => losses[i]!);
  const kept = front.length > most ? hypervolumeSubset(points, most, reference) : points.map((_, k) => k);
  return {
    boxes: nonDominatedBoxes(
      kept.map((k) => points[k]!),
      reference,
    ),
    best: kept.map((k) => front[k]!),
  };
}
