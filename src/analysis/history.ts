import { hypervolume } from "../math/hypervolume.ts";
import { dominates } from "../math/dominance.ts";

/** The least loss up to each trial; a trial without a loss (NaN) leaves it as it is. Starts with NaN until there is one. */
export function bestSoFar(losses: readonly number[]): number[] {
  let best = NaN;
  return losses.map((loss) => (best = loss < best || Number.isNaN(best) ? loss : best));
}

/**
 * The hypervolume of the front up to each trial; a row that holds NaN leaves it as it is. The reference is worse than
 * every loss of the whole history by a tenth of its range unless it is given.
 */
export function hypervolumeHistory(
  losses: readonly (readonly number[])[],
  reference: readonly number[] = referenceOf(losses),
): number[] {
  let front: (readonly number[])[] = [];
  let volume = 0;
  return losses.map((row) => {
    if (row.some(Number.isNaN) || front.some((p) => dominates(p, row) || same(p, row))) return volume;
    front = [...front.filter((p) => !dominates(row, p)), row];
    return (volume = hypervolume(front, reference));
  });
}

/** A point that every row dominates: worse than the worst of each loss by a tenth of its range. */
export function referenceOf(losses: readonly (readonly number[])[]): number[] {
  const rows = losses.filter((row) => !row.some(Number.isNaN));
  return (rows[0] ?? []).map((_, c) => {
    let low = Infinity;
    let high = -Infinity;
    for (const row of rows) {
      low = Math.min(low, row[c]!);
      high = Math.max(high, row[c]!);
    }
    return high + 0.1 * (high - low || Math.abs(high) || 1);
  });
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.every((x, i) => x === b[i]);
}
