import type { Random } from "../../core/random.ts";
import { regressionForest, type Tree } from "../../math/forest.ts";
import type { Evidence } from "./evidence.ts";

/** Where inactive coordinates lie: a cell of their own below the unit interval. */
const INACTIVE = -1;

/**
 * First-order functional ANOVA (F. Hutter, H. Hoos & K. Leyton-Brown, "An efficient approach for assessing hyperparameter
 * importance", ICML 2014, section 3): the share of the variance of a random forest's prediction over the space that the
 * mean prediction along one axis explains. Inactive coordinates are a cell beside the unit interval, which weighs as much
 * as the share of trials in which the axis is inactive.
 */
export function fanova({ columns, losses }: Evidence, random: Random): number[] {
  const inactive = columns.map((column) => column.reduce((n, x) => n + (Number.isNaN(x) ? 1 : 0), 0) / column.length);
  const filled = columns.map((column) => column.map((x) => (Number.isNaN(x) ? INACTIVE : x)));
  const forest = regressionForest(
    filled,
    Float64Array.from(losses, (row) => row[0]!),
    { uniform: () => random.uniform() },
  );
  const shares = columns.map(() => 0);
  for (const tree of forest) {
    const leaves = leavesOf(tree, inactive);
    const mean = leaves.reduce((sum, leaf) => sum + leaf.value * leaf.share, 0);
    const variance = leaves.reduce((sum, leaf) => sum + leaf.share * (leaf.value - mean) ** 2, 0);
    if (variance <= 0) continue;
    for (let c = 0; c < columns.length; c++)
      shares[c]! += marginalVariance(leaves, c, mean, inactive[c]!) / variance / forest.length;
  }
  return shares;
}

/** A leaf's box, and how much of the space it is. */
interface Leaf {
  readonly value: number;
  readonly share: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

function leavesOf(tree: Tree, inactive: readonly number[]): Leaf[] {
  const out: Leaf[] = [];
  const d = inactive.length;
  const visit = (node: number, low: Float64Array, high: Float64Array): void => {
    const axis = tree.axis[node]!;
    if (axis < 0) {
      let share = 1;
      for (let c = 0; c < d; c++) share *= measure(low[c]!, high[c]!, inactive[c]!);
      if (share > 0) out.push({ value: tree.value[node]!, share, low, high });
      return;
    }
    const cut = tree.threshold[node]!;
    visit(tree.left[node]!, low, high.with(axis, Math.min(cut, high[axis]!)));
    visit(tree.right[node]!, low.with(axis, Math.max(cut, low[axis]!)), high);
  };
  visit(0, new Float64Array(d).fill(INACTIVE), new Float64Array(d).fill(1));
  return out;
}

/** The measure of a part of [−1, 1]: its lower half is the inactive cell, which counts where the part holds −1. */
function measure(low: number, high: number, inactive: number): number {
  const unit = Math.max(0, high - Math.max(0, low)) * (1 - inactive);
  return low <= INACTIVE ? unit + inactive : unit;
}

/** The variance of the mean prediction along one axis: constant between the bounds of leaves. */
function marginalVariance(leaves: readonly Leaf[], axis: number, mean: number, inactive: number): number {
  const bounds = [...new Set(leaves.flatMap(({ low, high }) => [low[axis]!, high[axis]!]))].sort((a, b) => a - b);
  if (bounds.length <= 2) return 0;
  const index = new Map(bounds.map((bound, i) => [bound, i]));
  /** The change of the sum at each bound. */
  const step = new Float64Array(bounds.length);
  for (const { value, share, low, high } of leaves) {
    const height = (value * share) / measure(low[axis]!, high[axis]!, inactive);
    step[index.get(low[axis]!)!]! += height;
    step[index.get(high[axis]!)!]! -= height;
  }
  let variance = 0;
  let at = 0;
  for (let i = 0; i + 1 < bounds.length; i++) {
    at += step[i]!;
    variance += measure(bounds[i]!, bounds[i + 1]!, inactive) * (at - mean) ** 2;
  }
  return variance;
}
