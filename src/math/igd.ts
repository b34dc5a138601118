type Point = ArrayLike<number>;

/**
 * Inverted generational distance: the mean Euclidean distance from each point of the true front to the nearest of
 * `points`; `Infinity` without points. Coello Coello & Reyes Sierra, MICAI 2004; with the targets of reference
 * directions as the front it is the measure of Deb & Jain 2014, equation 6.
 */
export function igd(front: readonly Point[], points: readonly Point[]): number {
  return meanNearest(front, points, (z, a) => a - z);
}

/**
 * IGD⁺: as {@link igd}, but only the losses in which a point is worse than the front count towards its distance, which
 * makes it weakly Pareto compliant. Ishibuchi, Masuda, Tanigaki & Nojima, EMO 2015.
 */
export function igdPlus(front: readonly Point[], points: readonly Point[]): number {
  return meanNearest(front, points, (z, a) => (a > z ? a - z : 0));
}

function meanNearest(
  front: readonly Point[],
  points: readonly Point[],
  gap: (target: number, reached: number) => number,
): number {
  let sum = 0;
  for (const target of front) {
    let nearest = Infinity;
    for (const point of points) {
      let square = 0;
      for (let c = 0; c < target.length; c++) square += gap(target[c]!, point[c]!) ** 2;
      if (square < nearest) nearest = square;
    }
    sum += Math.sqrt(nearest);
  }
  return sum / front.length;
}
