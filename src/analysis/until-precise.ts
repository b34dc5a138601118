import type { Awaitable } from "../core/json.ts";
import { blockInflation, medianInterval, medianOf } from "../math/median.ts";
import { normalQuantile } from "../math/normal.ts";

/** A median and what is known of it. */
export interface Estimate {
  /** The median of the samples. */
  readonly value: number;
  /** The standard error that the interval amounts to: its width / 3.92. */
  readonly stderr: number;
  /** The ends of the 95 % confidence interval of the median. */
  readonly low: number;
  readonly high: number;
  /** The samples, in the order in which they were taken. */
  readonly samples: readonly number[];
  /** Whether the interval is as narrow as was asked for. */
  readonly settled: boolean;
}

/** When {@link untilPrecise} ends. */
export interface Precision {
  /** Half the width of the interval that is wanted, as a share of the value. */
  readonly precision: number;
  readonly maxRepeats: number;
  /** Whether there is no more time. */
  isOver(): boolean;
}

/** The fewest samples that an interval of 95 % can be had from. */
export const FEWEST = 6;
/** The samples before the first look. */
const FIRST = 10;
/** How many times as many samples the next look may have as the last one, and at least. */
const [MOST, LEAST] = [8, 1.2];
/** How many more samples are taken than the last look says are needed: so that the next is the last one, mostly. */
const MARGIN = 1.2;
/** The level of the interval at each look. Stopping at an interval because it is narrow costs one of a hundred. */
const LEVEL = 0.96;
/** Half the width of an interval of 95 %, in standard errors. */
const HALF = normalQuantile(0.975);

/**
 * Takes samples until the 95 % confidence interval of their median is as narrow as asked, in few looks: every look at
 * which one may stop makes it likelier to stop at an interval that is narrow by chance and elsewhere (the coverage that
 * sequential procedures lose: Y. S. Chow and H. Robbins, Annals of Mathematical Statistics 36, 1965). So each look says how
 * many samples the next one has, as the width shrinks with their root, and the level is 0.96. The coverage that results is
 * in docs/benchmarks.md.
 */
export async function untilPrecise(sample: () => Awaitable<number>, end: Precision): Promise<Estimate> {
  const samples: number[] = [];
  let next = Math.min(FIRST, end.maxRepeats);
  for (;;) {
    while (samples.length < next && (samples.length < FEWEST || !end.isOver())) samples.push(await sample());
    const { length } = samples;
    const found = estimate(samples, end.precision);
    if (found.settled || length < next || length >= end.maxRepeats) return found;
    const wanted = ((found.high - found.low) / 2 / (end.precision * Math.abs(found.value))) ** 2 * MARGIN;
    next = Math.min(end.maxRepeats, Math.ceil(length * Math.min(MOST, Math.max(LEAST, wanted))));
  }
}

function estimate(samples: readonly number[], precision: number): Estimate {
  const sorted = Float64Array.from(samples).sort();
  const value = medianOf(sorted);
  const [low, high] = medianInterval(sorted, LEVEL, blockInflation(samples, value));
  const half = (high - low) / 2;
  const settled = half <= precision * Math.abs(value);
  return { value, stderr: half / HALF, low, high, samples: [...samples], settled };
}
