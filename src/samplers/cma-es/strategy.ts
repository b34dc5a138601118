/** The strategy parameters of CMA-ES. */
export interface Strategy {
  readonly lambda: number;
  readonly mu: number;
  /** Positive for the better half, negative for the others. */
  readonly weights: Float64Array;
  readonly muEff: number;
  readonly cSigma: number;
  readonly dSigma: number;
  readonly cC: number;
  readonly c1: number;
  readonly cMu: number;
  /** The expected length of a standard normal vector. */
  readonly chi: number;
}

/** The default number of offspring in n dimensions: 4 + ⌊3 ln n⌋ (equation 48). */
export function defaultLambda(n: number): number {
  return 4 + Math.floor(3 * Math.log(Math.max(1, n)));
}

/**
 * The defaults of Hansen's tutorial (arXiv:1604.00772, table 1, equations 49 to 58). A diagonal covariance is learnt
 * (n + 2) / 3 times as fast (Ros & Hansen, PPSN 2008).
 */
export function strategyFor(n: number, lambda: number, diagonal: boolean): Strategy {
  const raw = Float64Array.from({ length: lambda }, (_, i) => Math.log((lambda + 1) / 2) - Math.log(i + 1));
  const mu = Math.floor(lambda / 2);
  const sums = (from: number, to: number): [number, number] => {
    const part = raw.subarray(from, to);
    return [part.reduce((a, b) => a + b, 0), part.reduce((a, b) => a + b * b, 0)];
  };
  const [sum, squares] = sums(0, mu);
  const [low, lowSquares] = sums(mu, lambda);
  const muEff = sum ** 2 / squares;
  const muEffLow = lowSquares === 0 ? 0 : low ** 2 / lowSquares;
  const cSigma = (muEff + 2) / (n + muEff + 5);
  const speed = diagonal ? (n + 2) / 3 : 1;
  const c1 = Math.min(0.5, (speed * 2) / ((n + 1.3) ** 2 + muEff));
  const cMu = Math.min(1 - c1, (speed * 2 * (0.25 + muEff + 1 / muEff - 2)) / ((n + 2) ** 2 + muEff));
  const cap = Math.min(1 + c1 / cMu, 1 + (2 * muEffLow) / (muEff + 2), (1 - c1 - cMu) / (n * cMu));
  return {
    lambda,
    mu,
    weights: raw.map((w) => (w >= 0 ? w / sum : (-cap * w) / low)),
    muEff,
    cSigma,
    dSigma: 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cSigma,
    cC: (4 + muEff / n) / (n + 4 + (2 * muEff) / n),
    c1,
    cMu,
    chi: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  };
}
