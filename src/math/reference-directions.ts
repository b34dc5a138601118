/**
 * The points of the unit simplex in `m` dimensions whose coordinates are multiples of 1/`partitions`:
 * C(`partitions` + m − 1, m − 1) of them, each summing to 1. No partitions give the centre alone.
 * Das & Dennis, "Normal-boundary intersection", SIAM J. Optim. 8(3), 1998.
 */
export function dasDennis(m: number, partitions: number): Float64Array[] {
  if (partitions === 0) return [new Float64Array(m).fill(1 / m)];
  const found: Float64Array[] = [];
  const point = new Float64Array(m);
  const place = (axis: number, left: number): void => {
    if (axis === m - 1) {
      point[axis] = left / partitions;
      found.push(point.slice());
      return;
    }
    for (let k = 0; k <= left; k++) {
      point[axis] = k / partitions;
      place(axis + 1, left - k);
    }
  };
  place(0, partitions);
  return found;
}

/**
 * At most `most` well-spread directions for `m` objectives, as many as a regular pattern allows: the finest Das–Dennis
 * layer, and, where that has no direction inside the simplex (fewer partitions than objectives), a second layer shrunk
 * by half towards the centre (Deb & Jain, "An evolutionary many-objective optimization algorithm using
 * reference-point-based nondominated sorting", IEEE TEVC 18(4), 2014, section V). 91 for 3 and 92, 156 for 8 and 156.
 * One objective has one direction; with `most` < `m` only the centre is left.
 */
export function referenceDirections(m: number, most: number): Float64Array[] {
  if (m === 1) return dasDennis(1, 0);
  const outer = partitionsWithin(m, most, Infinity);
  const layer = dasDennis(m, outer);
  if (outer >= m || outer === 0) return layer;
  const inner = partitionsWithin(m, most - layer.length, outer);
  if (inner === 0) return layer;
  return [...layer, ...dasDennis(m, inner).map((point) => point.map((x) => x / 2 + 1 / (2 * m)))];
}

/** The most partitions, up to a limit, that give no more than `most` directions. */
function partitionsWithin(m: number, most: number, limit: number): number {
  let partitions = 0;
  let next = m;
  while (partitions < limit && next <= most) {
    partitions++;
    next = (next * (partitions + m)) / (partitions + 1);
  }
  return partitions;
}
