import type { KernelPrior } from "../../math/fit-kernel.ts";

/**
 * What is held of kernels before anything is seen, over positions in [0, 1] and values of about variance 1. The densities
 * are Optuna's (4.9, `_gp/prior.py`), which were found by trial: weights between about 0.1 and 10, a scale that is Gamma(2, 1),
 * and little noise, Gamma(1.1, 30).
 */
export const prior: KernelPrior = {
  weight: (log) => {
    const w = Math.exp(log);
    return [-0.1 / w - 0.1 * w, 0.1 / w - 0.1 * w];
  },
  scale: (log) => gamma(log, 2, 1),
  noise: (log) => gamma(log, 1.1, 30),
};

/** The logarithm of a Gamma density, up to a constant, at e^log, and its derivative by log. */
function gamma(log: number, shape: number, rate: number): readonly [number, number] {
  const x = Math.exp(log);
  return [(shape - 1) * log - rate * x, shape - 1 - rate * x];
}
