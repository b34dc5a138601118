/** One split or leaf of a {@link Tree}, by index; leaves have `axis` −1. */
export interface Tree {
  /** The column that is split on; −1 for a leaf. */
  readonly axis: Int32Array;
  /** What is less goes left, the rest right. */
  readonly threshold: Float64Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** The mean of the leaf. */
  readonly value: Float64Array;
}

export interface ForestOptions {
  /** @default 64 */
  readonly trees?: number;
  /** The fewest samples of a leaf. @default 1 */
  readonly leaf?: number;
  /** Uniform numbers in [0, 1). */
  readonly uniform: () => number;
}

/**
 * Regression trees on bootstrap samples, each split the one of all columns that leaves the least squared error (L. Breiman,
 * "Random forests", Machine Learning 45, 2001, with every column a candidate at every split: bagging). `columns` holds one
 * array per variable, `y` the responses. Columns are sorted once: O(columns · n log n + trees · columns · n · depth).
 */
export function regressionForest(
  columns: readonly Float64Array[],
  y: Float64Array,
  { trees = 64, leaf = 1, uniform }: ForestOptions,
): readonly Tree[] {
  const n = y.length;
  const sorted = columns.map((column) => Int32Array.from(y, (_, i) => i).sort((a, b) => column[a]! - column[b]!));
  return Array.from({ length: trees }, () => {
    const weights = new Float64Array(n);
    for (let i = 0; i < n; i++) weights[Math.floor(uniform() * n)]! += 1;
    const orders = sorted.map((order) => order.filter((i) => weights[i]! > 0));
    return new Growth(columns, y, weights, orders, leaf).tree;
  });
}

/** What a tree says of a point: `at(axis)` is its coordinate. */
export function predict(tree: Tree, at: (axis: number) => number): number {
  let node = 0;
  while (tree.axis[node]! >= 0)
    node = at(tree.axis[node]!) < tree.threshold[node]! ? tree.left[node]! : tree.right[node]!;
  return tree.value[node]!;
}

interface Split {
  readonly axis: number;
  readonly threshold: number;
}

/** One tree while it grows. A node owns the same stretch of every column's order. */
class Growth {
  readonly #columns: readonly Float64Array[];
  readonly #y: Float64Array;
  readonly #weights: Float64Array;
  readonly #orders: readonly Int32Array[];
  readonly #leaf: number;
  readonly #goesLeft: Uint8Array;
  readonly #spare: Int32Array;
  readonly #axis: number[] = [];
  readonly #threshold: number[] = [];
  readonly #left: number[] = [];
  readonly #right: number[] = [];
  readonly #value: number[] = [];

  constructor(
    columns: readonly Float64Array[],
    y: Float64Array,
    weights: Float64Array,
    orders: readonly Int32Array[],
    leaf: number,
  ) {
    this.#columns = columns;
    this.#y = y;
    this.#weights = weights;
    this.#orders = orders;
    this.#leaf = leaf;
    this.#goesLeft = new Uint8Array(y.length);
    const size = orders[0]?.length ?? 0;
    this.#spare = new Int32Array(size);
    const todo = [{ node: this.#add(), from: 0, to: size }];
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      const { node, from, to } = next;
      const split = this.#bestSplit(node, from, to);
      if (split === undefined) continue;
      const middle = this.#part(split, from, to);
      this.#axis[node] = split.axis;
      this.#threshold[node] = split.threshold;
      todo.push({ node: (this.#left[node] = this.#add()), from, to: middle });
      todo.push({ node: (this.#right[node] = this.#add()), from: middle, to });
    }
  }

  get tree(): Tree {
    return {
      axis: Int32Array.from(this.#axis),
      threshold: Float64Array.from(this.#threshold),
      left: Int32Array.from(this.#left),
      right: Int32Array.from(this.#right),
      value: Float64Array.from(this.#value),
    };
  }

  #add(): number {
    for (const each of [this.#axis, this.#left, this.#right]) each.push(-1);
    this.#threshold.push(NaN);
    return this.#value.push(0) - 1;
  }

  /** Notes the mean of a node; the split that lowers its squared error most, undefined where none does. */
  #bestSplit(node: number, from: number, to: number): Split | undefined {
    const y = this.#y;
    const weights = this.#weights;
    let [n, total, squares] = [0, 0, 0];
    for (let k = from; k < to; k++) {
      const i = this.#orders[0]![k]!;
      n += weights[i]!;
      total += weights[i]! * y[i]!;
      squares += weights[i]! * y[i]! * y[i]!;
    }
    const mean = total / n;
    this.#value[node] = mean;
    if (n < 2 * this.#leaf || squares - total * mean <= 1e-12 * squares) return undefined;
    let best: Split | undefined;
    let most = 0;
    for (let c = 0; c < this.#columns.length; c++) {
      const column = this.#columns[c]!;
      const order = this.#orders[c]!;
      if (!(column[order[from]!]! < column[order[to - 1]!]!)) continue;
      let [count, sum] = [0, 0];
      for (let k = from; k + 1 < to; k++) {
        const i = order[k]!;
        count += weights[i]!;
        sum += weights[i]! * (y[i]! - mean);
        const [low, high] = [column[i]!, column[order[k + 1]!]!];
        if (!(low < high) || count < this.#leaf || n - count < this.#leaf) continue;
        const gain = sum * sum * (1 / count + 1 / (n - count)); // about the mean both sides sum to zero
        if (gain <= most) continue;
        most = gain;
        best = { axis: c, threshold: between(low, high) };
      }
    }
    return best;
  }

  /** Divides the node's stretch of every order, in order; gives where the right part begins. */
  #part({ axis, threshold }: Split, from: number, to: number): number {
    const column = this.#columns[axis]!;
    for (let k = from; k < to; k++) {
      const i = this.#orders[axis]![k]!;
      this.#goesLeft[i] = column[i]! < threshold ? 1 : 0;
    }
    let middle = from;
    for (const order of this.#orders) {
      let [left, right] = [from, 0];
      for (let k = from; k < to; k++) {
        const i = order[k]!;
        if (this.#goesLeft[i]) order[left++] = i;
        else this.#spare[right++] = i;
      }
      order.set(this.#spare.subarray(0, right), left);
      middle = left;
    }
    return middle;
  }
}

/** A number above `low` and at most `high`. */
function between(low: number, high: number): number {
  const middle = low + (high - low) / 2;
  return middle > low ? middle : high;
}
