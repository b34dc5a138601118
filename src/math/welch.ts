import { studentCdf, studentQuantile } from "./student.ts";

/** A mean with its standard error, from `n` independent samples. */
export interface Estimate {
  readonly value: number;
  readonly stderr: number;
  /** At least 2. */
  readonly n: number;
}

/** A test of whether two means differ, and the interval of their difference. */
export interface Welch {
  readonly t: number;
  readonly df: number;
  /** Two-sided. */
  readonly p: number;
  /** The interval of a − b. */
  readonly low: number;
  readonly high: number;
}

/**
 * Welch's test for samples of unequal variance, with the Welch–Satterthwaite degrees of freedom (B. L. Welch, "The
 * generalization of 'Student's' problem when several different population variances are involved", Biometrika 34, 1947).
 */
export function welch(a: Estimate, b: Estimate, confidence = 0.95): Welch {
  const difference = a.value - b.value;
  const [va, vb] = [a.stderr ** 2, b.stderr ** 2];
  const stderr = Math.sqrt(va + vb);
  if (stderr === 0) {
    const [t, p] = difference === 0 ? [0, 1] : [Math.sign(difference) * Infinity, 0];
    return { t, df: a.n + b.n - 2, p, low: difference, high: difference };
  }
  const df = (va + vb) ** 2 / (va ** 2 / (a.n - 1) + vb ** 2 / (b.n - 1));
  const t = difference / stderr;
  const reach = studentQuantile((1 + confidence) / 2, df) * stderr;
  return { t, df, p: 2 * studentCdf(-Math.abs(t), df), low: difference - reach, high: difference + reach };
}

/** The mean of samples with its standard error. */
export function meanOf(samples: readonly number[]): Estimate {
  const n = samples.length;
  const value = samples.reduce((a, b) => a + b, 0) / n;
  const variance = samples.reduce((s, x) => s + (x - value) ** 2, 0) / Math.max(1, n - 1);
  return { value, stderr: Math.sqrt(variance / n), n };
}
