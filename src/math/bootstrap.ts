/**
 * The bootstrap interval of the difference of two means, a − b, by percentiles of resampled means (B. Efron & R. J.
 * Tibshirani, "An Introduction to the Bootstrap", 1993, section 13.3). `uniform` draws from [0, 1).
 */
export function bootstrapDifference(
  a: readonly number[],
  b: readonly number[],
  uniform: () => number,
  { confidence = 0.95, rounds = 2_000 }: { readonly confidence?: number; readonly rounds?: number } = {},
): { readonly low: number; readonly high: number } {
  const differences = new Float64Array(rounds);
  for (let i = 0; i < rounds; i++) differences[i] = resampled(a, uniform) - resampled(b, uniform);
  differences.sort();
  const cut = (1 - confidence) / 2;
  const at = (q: number): number => differences[Math.min(rounds - 1, Math.max(0, Math.round(q * (rounds - 1))))]!;
  return { low: at(cut), high: at(1 - cut) };
}

function resampled(samples: readonly number[], uniform: () => number): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[Math.floor(uniform() * samples.length)]!;
  return sum / samples.length;
}
