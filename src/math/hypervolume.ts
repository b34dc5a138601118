import { nonDominated } from "./non-dominated.ts";

type Point = ArrayLike<number>;

/**
 * The exact volume that `points` dominate within the box below `reference`, all minimised; points that do not lie
 * strictly below the reference in every loss count nothing. A sweep for two losses; for more, the sum of exclusive
 * volumes, one dimension sliced off at a time (WFG: While, Bradstreet & Barone, "A fast way of calculating exact
 * hypervolumes", IEEE TEVC 16(1), 2012).
 */
export function hypervolume(points: readonly Point[], reference: Point): number {
  const m = reference.length;
  const inside = points.filter((p) => {
    for (let c = 0; c < m; c++) if (!(p[c]! < reference[c]!)) return false;
    return true;
  });
  return volume(m > 2 ? nonDominated(inside) : inside, reference, m);
}

/** The volume over the first `m` losses. */
function volume(points: readonly Point[], reference: Point, m: number): number {
  if (points.length === 0) return 0;
  if (m === 1) return reference[0]! - points.reduce((least, p) => Math.min(least, p[0]!), Infinity);
  if (m === 2) return area(points, reference);
  const last = m - 1;
  const worstFirst = [...points].sort((a, b) => b[last]! - a[last]!);
  let sum = 0;
  for (let k = 0; k < worstFirst.length; k++) {
    const p = worstFirst[k]!;
    let own = 1;
    for (let c = 0; c < last; c++) own *= reference[c]! - p[c]!;
    const rest = worstFirst.slice(k + 1).map((q) => worse(p, q, last));
    sum += (reference[last]! - p[last]!) * (own - volume(last > 2 ? nonDominated(rest) : rest, reference, last));
  }
  return sum;
}

function area(points: readonly Point[], reference: Point): number {
  const sorted = [...points].sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!);
  let sum = 0;
  let floor = reference[1]!;
  for (const p of sorted) {
    if (p[1]! >= floor) continue;
    sum += (reference[0]! - p[0]!) * (floor - p[1]!);
    floor = p[1]!;
  }
  return sum;
}

/** The corner of the box that both dominate, in the first `m` losses. */
function worse(p: Point, q: Point, m: number): Float64Array {
  const corner = new Float64Array(m);
  for (let c = 0; c < m; c++) corner[c] = p[c]! > q[c]! ? p[c]! : q[c]!;
  return corner;
}
