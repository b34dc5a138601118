/**
 * The knee of a front: the point farthest from the line, or plane, through the best of each loss, on the side of the ideal
 * point, where giving up a little of one loss no longer gains much of another (I. Das, "On characterizing the 'knee' of the
 * Pareto curve based on normal-boundary intersection", Structural Optimization 18, 1999). Losses are scaled to their range
 * on the front: the distance is then 1 − the sum of the scaled losses, up to a factor. Gives an index; −1 for no points.
 */
export function knee(losses: readonly (readonly number[])[]): number {
  const low = bound(losses, Math.min);
  const high = bound(losses, Math.max);
  let best = -1;
  let least = Infinity;
  losses.forEach((row, i) => {
    const sum = row.reduce((s, loss, c) => s + (high[c]! > low[c]! ? (loss - low[c]!) / (high[c]! - low[c]!) : 0), 0);
    if (sum < least) [least, best] = [sum, i];
  });
  return best;
}

function bound(losses: readonly (readonly number[])[], of: (a: number, b: number) => number): number[] {
  return (losses[0] ?? []).map((first, c) => losses.reduce((b, row) => of(b, row[c]!), first));
}
