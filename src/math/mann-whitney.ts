import { erfc } from "./erfc.ts";

/** A rank test of two samples, and how often one is below the other. */
export interface MannWhitney {
  /** The number of pairs in which a is the greater, ties counted as half. */
  readonly u: number;
  /** Two-sided. */
  readonly p: number;
  /**
   * The share of pairs in which a is the greater: ½ where they do not differ (A. Vargha & H. D. Delaney, "A critique and
   * improvement of the CL common language effect size statistics", J. Educ. Behav. Stat. 25(2), 2000).
   */
  readonly a12: number;
}

/** Up to so many of either, without ties, the distribution is counted. */
const EXACT = 8;

/**
 * The Mann–Whitney U test, two-sided (H. B. Mann & D. R. Whitney, Ann. Math. Stat. 18, 1947): exact for at most eight of either
 * without ties, else by the normal approximation, corrected for ties and continuity. Values may be infinite, not NaN.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): MannWhitney {
  const [n, m] = [a.length, b.length];
  let u = 0;
  for (const x of a) for (const y of b) u += x > y ? 1 : x === y ? 0.5 : 0;
  const a12 = u / (n * m);
  const sizes = tieSizes([...a, ...b]);
  const greater = Math.max(u, n * m - u);
  if (Math.min(n, m) <= EXACT && sizes.every((size) => size === 1)) return { u, p: exact(greater, n, m), a12 };
  const total = n + m;
  const ties = sizes.reduce((sum, t) => sum + t ** 3 - t, 0) / (total * (total - 1));
  const deviation = Math.sqrt(((n * m) / 12) * (total + 1 - ties));
  if (deviation === 0) return { u, p: 1, a12 };
  const z = (greater - (n * m) / 2 - 0.5) / deviation;
  return { u, p: Math.min(1, erfc(z / Math.SQRT2)), a12 };
}

/** P(U ≥ u) twice, by counting the arrangements: those of n and m either end with one of n, which beats all m, or with one of m. */
function exact(u: number, n: number, m: number): number {
  // ways[j][v]: arrangements of the values of a so far and j of b with U = v
  let ways = Array.from({ length: m + 1 }, () => [1]);
  for (let i = 1; i <= n; i++) {
    const next: number[][] = [[1]];
    for (let j = 1; j <= m; j++) {
      const sum = Array.from({ length: i * j + 1 }, () => 0);
      ways[j]!.forEach((count, v) => (sum[v + j]! += count));
      next[j - 1]!.forEach((count, v) => (sum[v]! += count));
      next.push(sum);
    }
    ways = next;
  }
  const counts = ways[m]!;
  const all = counts.reduce((x, y) => x + y, 0);
  const tail = counts.slice(Math.ceil(u)).reduce((x, y) => x + y, 0);
  return Math.min(1, (2 * tail) / all);
}

function tieSizes(values: readonly number[]): number[] {
  const sizes = new Map<number, number>();
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  return [...sizes.values()];
}

/**
 * p values adjusted for how many there are: each below a level holds it for all together (S. Holm, Scand. J. Stat. 6(2), 1979).
 */
export function holm(p: readonly number[]): number[] {
  const order = p.map((_, i) => i).sort((a, b) => p[a]! - p[b]!);
  const adjusted = [...p];
  let least = 0;
  for (const [rank, i] of order.entries()) {
    least = Math.max(least, Math.min(1, (p.length - rank) * p[i]!));
    adjusted[i] = least;
  }
  return adjusted;
}
