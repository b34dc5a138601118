import { erfcx } from "./erfcx.ts";

/** ln √(2π). */
const LOG_ROOT_TAU = 0.9189385332046728;
const ROOT_HALF_PI = 1.2533141373155003;

/** ln φ(z), the density of the standard normal distribution. */
export function logNormalDensity(z: number): number {
  return -0.5 * z * z - LOG_ROOT_TAU;
}

/** ln Φ(z), the standard normal distribution function, in either tail. */
export function logNormalCdf(z: number): number {
  const x = Math.abs(z) * Math.SQRT1_2;
  const tail = -x * x + Math.log(erfcx(x) / 2);
  return z <= 0 ? tail : Math.log1p(-Math.exp(tail));
}

/**
 * ln h(z) with h(z) = φ(z) + z Φ(z), so that the expected improvement below t of a normal deviate with mean μ and
 * deviation σ is σ h((t − μ) / σ). Keeps its digits where h itself is 0 in floating point (Ament et al., "Unexpected
 * improvements to expected improvement for Bayesian optimization", NeurIPS 2023, equation 9); below z = −1e3, where the
 * difference there runs out of digits, by the asymptotic series 1 / z² − 3 / z⁴.
 */
export function logImprovement(z: number): number {
  if (z > -1) return Math.log(Math.exp(logNormalDensity(z)) + z * Math.exp(logNormalCdf(z)));
  const rest = z > -1e3 ? 1 + z * ROOT_HALF_PI * erfcx(-z * Math.SQRT1_2) : (1 - 3 / (z * z)) / (z * z);
  return logNormalDensity(z) + Math.log(rest);
}

/** ln (eᵃ − eᵇ) for a > b. */
export function logDifference(a: number, b: number): number {
  const d = b - a;
  return a + (d > -Math.LN2 ? Math.log(-Math.expm1(d)) : Math.log1p(-Math.exp(d)));
}
