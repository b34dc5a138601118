import { eigenSymmetric } from "../../math/eigen.ts";
import type { Start } from "./distribution.ts";

/** Fewer trials say nothing about where to start. */
const LEAST = 10;
/** The share of trials that the start is fitted to, and the deviation around each of them. */
const GAMMA = 0.1;
const ALPHA = 0.1;

/**
 * Where to start from trials of another source, best first: the normal distribution nearest to a mixture of normal ones
 * around the best tenth of them (Nomura et al., "Warm starting CMA-ES", AAAI 2021, equations 7 and 8).
 */
export function warmStart(ranked: readonly { readonly x: Float64Array }[], n: number): Start | undefined {
  if (ranked.length < LEAST || n === 0) return undefined;
  const best = ranked.slice(0, Math.max(1, Math.floor(GAMMA * ranked.length)));
  const mean = new Float64Array(n);
  for (const { x } of best) for (let i = 0; i < n; i++) mean[i]! += x[i]! / best.length;
  const covariance = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      let sum = i === j ? ALPHA ** 2 : 0;
      for (const { x } of best) sum += ((x[i]! - mean[i]!) * (x[j]! - mean[j]!)) / best.length;
      covariance[i * n + j] = sum;
    }
  const { values } = eigenSymmetric(covariance, n);
  const sigma = Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / (2 * n));
  return { mean, sigma, covariance: covariance.map((value) => value / sigma ** 2) };
}
