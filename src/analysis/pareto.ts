import { usage } from "../core/errors.ts";
import { type Direction, lossOf } from "../core/objective.ts";
import { dominates } from "../math/dominance.ts";

/**
 * Which rows of values are not dominated: no other row is at least as good everywhere and better somewhere. Identical
 * rows are all kept; a row that holds NaN never is.
 * @param values one row per trial, one number per objective, in the user's sign
 * @param directions one per objective; a single one holds for all. Default: minimize
 */
export function paretoMask(
  values: readonly ArrayLike<number>[],
  directions: Direction | readonly Direction[] = "minimize",
): boolean[] {
  const losses = values.map((row) => {
    if (typeof directions !== "string" && row.length !== directions.length) {
      throw usage(`Expected each row to hold ${directions.length} values, one per direction, got ${row.length}`);
    }
    return Array.from(row, (v, i) => lossOf(v, typeof directions === "string" ? directions : directions[i]!));
  });
  const mask = losses.map((row) => !row.some(Number.isNaN));
  const order = losses.map((_, i) => i).filter((i) => mask[i]);
  order.sort((a, b) => compare(losses[a]!, losses[b]!));
  const front: number[] = [];
  for (const i of order) {
    mask[i] = !front.some((j) => dominates(losses[j]!, losses[i]!));
    if (mask[i]) front.push(i);
  }
  return mask;
}

/** Lexicographic, so that nothing later dominates anything earlier. */
function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}
