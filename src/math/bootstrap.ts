/**
 * The bootstrap interval of the difference of two means, a − b, or of another statistic `of` samples, by percentiles of
 * what resampled ones give (B. Efron & R. J. Tibshirani, "An Introduction to the Bootstrap", 1993, section 13.3). `uniform` draws
 * from [0, 1).
 */
export function bootstrapDifference(
  a: readonly number[],
  b: readonly number[],
  uniform: () => number,
  {
    confidence = 0.95,
    rounds = 2_000,
    of = mean,
  }: {
    readonly confidence?: number;
    readonly rounds?: number;
    readonly of?: (samples: Float64Array) => number;
  } = {},
): { readonly low: number; readonly high: number } {
  const differences = new Float64Array(rounds);
  for (let i = 0; i < rounds; i++) differences[i] = of(resampled(a, uniform)) - of(resampled(b, uniform));
  differences.sort();
  const cut = (1 - confidence) / 2;
  const at = (q: number): number => differences[Math.min(rounds - 1, Math.max(0, Math.round(q * (rounds - 1))))]!;
  return { low: at(cut), high: at(1 - cut) };
}

function resampled(samples: readonly number[], uniform: () => number): Float64Array {
  const drawn = new Float64Array(samples.length);
  for (let i = 0; i < drawn.length; i++) drawn[i] = samples[Math.floor(uniform() * samples.length)]!;
  return drawn;
}

function mean(samples: Float64Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample;
  return sum / samples.length;
}
