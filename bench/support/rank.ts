/** Spearman's rank correlation: Pearson's of ranks, ties at their mean rank. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  return pearson(ranks(a), ranks(b));
}

/** Kendall's τ-b. */
export function kendall(a: readonly number[], b: readonly number[]): number {
  let [sum, left, right] = [0, 0, 0];
  for (let i = 0; i < a.length; i++)
    for (let j = 0; j < i; j++) {
      const [x, y] = [Math.sign(a[i]! - a[j]!), Math.sign(b[i]! - b[j]!)];
      sum += x * y;
      left += x * x;
      right += y * y;
    }
  return sum / Math.sqrt(left * right);
}

function ranks(values: readonly number[]): number[] {
  return values.map((v) => {
    const below = values.filter((w) => w < v).length;
    return below + (values.filter((w) => w === v).length - 1) / 2;
  });
}

function pearson(a: readonly number[], b: readonly number[]): number {
  const mean = (xs: readonly number[]): number => xs.reduce((s, x) => s + x, 0) / xs.length;
  const [ma, mb] = [mean(a), mean(b)];
  const cross = a.reduce((s, x, i) => s + (x - ma) * (b[i]! - mb), 0);
  const size = (xs: readonly number[], m: number): number => Math.sqrt(xs.reduce((s, x) => s + (x - m) ** 2, 0));
  return cross / (size(a, ma) * size(b, mb));
}
