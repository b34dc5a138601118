import { createRandom } from "../core/random.ts";
import { bootstrapDifference } from "../math/bootstrap.ts";
import { holm, mannWhitney } from "../math/mann-whitney.ts";
import { medianOf } from "../math/median.ts";

/** What the runs of one way of searching came to; less is better. */
export interface Rival {
  readonly name: string;
  /** One number per run; `Infinity` where nothing was found. */
  readonly scores: readonly number[];
}

/** How a rival stands to the first one. */
export interface Standing {
  readonly name: string;
  readonly n: number;
  readonly median: number;
  readonly quartiles: readonly [low: number, high: number];
  /** Of all but the first. */
  readonly against?: Against;
}

/** A rival beside the first. */
export interface Against {
  /** This median less that of the first, with the bootstrap interval of the difference; NaN where a run found nothing. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Of the two-sided Mann–Whitney test, and adjusted for the number of rivals (Holm). */
  readonly p: number;
  readonly adjusted: number;
  /** The probability that a run of this one is better than one of the first, ties counted as half. */
  readonly a12: number;
  /** "tie": no difference is shown, which does not mean that there is none. */
  readonly verdict: "better" | "worse" | "tie";
}

/**
 * Compares each way of searching with the first: medians with quartiles, a bootstrap interval of the difference of medians, and
 * the Mann–Whitney test adjusted by Holm. One is better or worse where the adjusted p is below 1 − `confidence`.
 */
export function standings(
  rivals: readonly Rival[],
  { confidence = 0.95 }: { readonly confidence?: number } = {},
): Standing[] {
  const [first, ...others] = rivals;
  if (first === undefined) return [];
  const tests = others.map(({ scores }) => mannWhitney(first.scores, scores));
  const adjusted = holm(tests.map(({ p }) => p));
  return rivals.map(({ name, scores }, i) => {
    const sorted = Float64Array.from(scores).sort();
    const median = medianOf(sorted);
    const standing = {
      name,
      n: scores.length,
      median,
      quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)] as const,
    };
    if (i === 0) return standing;
    const { p, a12 } = tests[i - 1]!;
    const shown = adjusted[i - 1]! < 1 - confidence;
    const random = createRandom("standings");
    const finite = [...first.scores, ...scores].every(Number.isFinite);
    const interval = finite
      ? bootstrapDifference(scores, first.scores, () => random.uniform(), {
          confidence,
          of: (drawn) => medianOf(drawn.sort()),
        })
      : { low: NaN, high: NaN };
    const difference = finite ? median - medianOf(Float64Array.from(first.scores).sort()) : NaN;
    const verdict = !shown ? "tie" : a12 > 0.5 ? "better" : "worse";
    return { ...standing, against: { difference, ...interval, p, adjusted: adjusted[i - 1]!, a12, verdict } };
  });
}

/** The quantile of sorted values, between neighbours by the line (R. J. Hyndman & Y. Fan, Am. Stat. 50(4), 1996, type 7). */
function quantile(sorted: Float64Array, q: number): number {
  const at = q * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  const above = sorted[Math.ceil(at)]!;
  return below === above ? below : below + (at - Math.floor(at)) * (above - below);
}
