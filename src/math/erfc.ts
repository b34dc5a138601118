/**
 * The complementary error function, relative error below 1.2e-7 everywhere (Press, Teukolsky, Vetterling & Flannery,
 * "Numerical Recipes", 2nd ed., section 6.2: a Chebyshev fit).
 */
export function erfc(x: number): number {
  const z = Math.abs(x);
  const t = 1 / (1 + z / 2);
  let sum = 0;
  for (let i = FIT.length - 1; i >= 0; i--) sum = FIT[i]! + t * sum;
  const tail = t * Math.exp(sum - z * z);
  return x < 0 ? 2 - tail : tail;
}

const FIT = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];

/** The probability that a normal deviate with that mean and deviation falls into [0, 1]. */
export function normalMassInUnit(mean: number, deviation: number): number {
  const scale = Math.SQRT1_2 / deviation;
  // erf(b) − erf(a) from the tails, which keep their digits
  return 1 - (erfc(mean * scale) + erfc((1 - mean) * scale)) / 2;
}
